"""SOLAPI, a short message centre and a mail server: real peers on this machine, good and bad."""

import itertools
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from anbu.channels import smpp
from anbu.channels.gateway import Gateway
from anbu.channels.mail import Mail
from anbu.channels.port import Fate, Letter, Refused, Retry, Sent
from anbu.channels.smpp import Line, Smpp
from anbu.channels.solapi import Solapi
from anbu.lab.rude import Desk
from anbu.lab.smsc import Centre
from anbu.lab.solapi import SolapiPeer

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LETTER = Letter(key="k-1", to="010-0000-4321", text="안부가 궁금합니다")
PATIENCE_S = 0.5


# ---- HTTP: what nonsense means ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("misdeed", "pause_s"), [("500", 0), ("429", 7), ("hang", 0), ("half", 0), ("lost", 0)]
)
def test_an_answer_that_says_nothing_is_no_success_and_the_key_makes_it_one_letter(
    misdeed: str, pause_s: float
) -> None:
    desk = Desk()
    desk.misdeeds.append(misdeed)
    with desk.standing() as url, Gateway(url=url, client=impatient()) as gateway:
        first = gateway.send(LETTER, at=NOW)
        assert isinstance(first, Retry)
        assert first.after_s == pause_s
        assert gateway.send(LETTER, at=NOW) == Sent()
    assert (desk.calls, list(desk.came)) == (2, ["k-1"])


def impatient() -> httpx.Client:
    return httpx.Client(timeout=PATIENCE_S, trust_env=False)


# ---- SOLAPI ----------------------------------------------------------------------------------


@pytest.fixture
def peer() -> SolapiPeer:
    return SolapiPeer(key="K", secret="S")


@pytest.fixture
def account(peer: SolapiPeer) -> Iterator[Solapi]:
    with (
        peer.standing() as url,
        Solapi(
            key="K",
            secret="S",
            sender="02-000-0000",
            channel="PF1",
            address=url,
            client=impatient(),
        ) as made,
    ):
        yield made


def test_a_text_goes_out_as_a_group_of_one(peer: SolapiPeer, account: Solapi) -> None:
    assert account.send(LETTER, at=NOW) == Sent("G1")
    assert peer.sent == [
        {"to": "01000004321", "from": "020000000", "type": "SMS", "text": LETTER.text}
    ]
    assert account.ask("G1", at=NOW) == Fate("delivered")


def test_an_alimtalk_names_its_template_and_what_stands_in_it(
    peer: SolapiPeer, account: Solapi
) -> None:
    words = {"이름": "윤정례"}
    letter = Letter(key="k", to="01000004321", text="글", kind="ata", code="KA01", words=words)
    peer.cannot = {"ATA"}
    sent = account.send(letter, at=NOW)
    assert sent == Sent("G1")
    assert peer.sent[0]["kakaoOptions"] == {
        "pfId": "PF1",
        "templateId": "KA01",
        "variables": {"#{이름}": "윤정례"},
        "disableSms": True,
    }
    fate = account.ask("G1", at=NOW)
    assert fate is not None
    assert fate.status == "failed"


MISDEEDS = ("500", "429", "half", "lost", "nonsense")


@pytest.mark.parametrize(
    ("call", "misdeed"), [*itertools.product((0, 1, 2), MISDEEDS), (2, "hang")]
)
def test_wherever_it_breaks_the_next_try_sends_one_letter_and_no_second(
    peer: SolapiPeer, account: Solapi, misdeed: str, call: int
) -> None:
    peer.misdeeds.extend([""] * call + [misdeed])
    kept: list[str] = []
    first = account.send(letter_with(kept), at=NOW)
    assert isinstance(first, Retry | Sent)  # nonsense after the last call: it was sent
    again = account.send(letter_with(kept, kept[-1] if kept else ""), at=NOW)
    assert isinstance(again, Sent)
    assert [group["times"] for group in peer.groups.values() if group["message"]] == [1]


def letter_with(kept: list[str], ref: str = "") -> Letter:
    return Letter(key="k", to="01000004321", text="글", ref=ref, remember=kept.append)


def test_two_at_once_send_one_letter(peer: SolapiPeer, account: Solapi) -> None:
    assert account.send(LETTER, at=NOW) == Sent("G1")
    tell = peer._tell
    peer._tell = lambda *of: tell(*of) | {"status": "PENDING"}  # what the other saw before us
    again = Letter(key="k-1", to=LETTER.to, text=LETTER.text, ref="G1")
    assert account.send(again, at=NOW) == Sent("G1")
    assert peer.groups["G1"]["times"] == 1


def test_what_it_refuses_is_said_with_its_own_word(peer: SolapiPeer, account: Solapi) -> None:
    refused = account.send(Letter(key="k", to="없음", text="글"), at=NOW)
    assert isinstance(refused, Refused)
    with peer_of_another() as url, Solapi(key="K", secret="bad", sender="0", address=url) as other:
        assert other.send(LETTER, at=NOW) == Refused("발송처가 거절함 (HTTP 401, Unauthorized)")


def peer_of_another():
    return SolapiPeer(key="K", secret="S").standing()


# ---- SMPP ------------------------------------------------------------------------------------


@pytest.fixture
def centre() -> Centre:
    return Centre(password="pass")


@pytest.fixture
def line(centre: Centre) -> Iterator[Line]:
    with centre.standing() as port:
        yield Line.read(f"smpp://anbu:pass@127.0.0.1:{port}")


def test_a_centre_gets_korean_short_long_and_rare(centre: Centre, line: Line) -> None:
    texts = ["안부가 궁금합니다", "안부 " * 100, "똠방각하 님"]
    with Smpp(line=line, sender="02-000-0000") as port:
        answers = [port.send(Letter(key="k", to="010-1", text=text), at=NOW) for text in texts]
    assert answers == [Sent("c1"), Sent("c2"), Sent("c3")]
    assert centre.came == [("0101", text) for text in texts]


def test_a_centre_says_later_never_or_nothing(centre: Centre, line: Line) -> None:
    centre.misdeeds.extend(["throttle", "refuse", "lost"])
    with Smpp(line=line, sender="020000000") as port:
        kinds = [type(port.send(LETTER, at=NOW)) for _ in range(3)]
        assert kinds == [Retry, Refused, Retry]
    stranger = Line(line.host, line.port, "anbu", "wrong")
    with Smpp(line=stranger, sender="020000000") as port:
        assert isinstance(port.send(LETTER, at=NOW), Retry)


def test_receipts_of_a_centre_are_answered_once_they_are_written_down(
    centre: Centre, line: Line
) -> None:
    said = "id:{} sub:001 dlvrd:001 submit date:2611220600 done date:2611220601 stat:{} err:00A"
    centre.receipts.extend(
        [said.format("c1", "DELIVRD"), said.format("c2", "UNDELIV"), said.format("c3", "ENROUTE")]
    )
    heard: list[tuple[str, str, str]] = []
    stop = threading.Event()

    def write(*told: str) -> bool:
        heard.append(told)
        return told[0] == "c1"  # the other is unknown

    listener = threading.Thread(
        target=smpp.listen, args=(line, write, stop), kwargs={"wait_s": 0.1}
    )
    listener.start()
    try:
        assert all(centre.told.acquire(timeout=60) for _ in range(3))
    finally:
        stop.set()
        listener.join(10)
    assert heard == [("c1", "delivered", "DELIVRD"), ("c2", "failed", "UNDELIV")]
    assert centre.answers == [0, smpp.UNKNOWN_STATUS_LATER, 0]


# ---- mail ------------------------------------------------------------------------------------


class Box:
    """What a mail server does with mail: takes it, or says why not."""

    def __init__(self) -> None:
        self.came: list[bytes] = []
        self.says = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.says.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.came.append(envelope.content)
        return self.says


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop(no_assert=True)


def test_a_mail_arrives_with_its_key_and_what_is_refused_says_so(box: tuple[Box, str]) -> None:
    kept, url = box
    letter = Letter(key="k-1", to="duty@example.org", text="멈춤: clock", subject="안부: 멈춤")
    with Mail(url=url, sender="anbu@example.org") as port:
        assert port.send(letter, at=NOW) == Sent()
        mail = message_from_bytes(kept.came[0], policy=default)
        assert (mail["Subject"], mail["Message-ID"]) == ("안부: 멈춤", "<k-1@example.org>")
        assert mail.get_content().strip() == "멈춤: clock"
        kept.says = "451 later"
        assert isinstance(port.send(letter, at=NOW), Retry)
        kept.says = "554 never"
        assert isinstance(port.send(letter, at=NOW), Refused)
        headers = Letter(key="k", to="a@example.org\nBcc: b@example.org", text="글")
        assert isinstance(port.send(headers, at=NOW), Refused)
    with Mail(url="smtp://127.0.0.1:9", sender="a@example.org") as nobody:
        assert isinstance(nobody.send(letter, at=NOW), Retry)
