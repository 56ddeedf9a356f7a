"""The HTTP door, through a real server: signatures, sizes and clear words."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from anbu.care.alarms import jobs as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.people.actions import (
    NewPerson,
    give_consent,
    register_household,
    withdraw_consent,
)
from anbu.care.readings import actions
from anbu.care.readings.rules import new_signing_secret, sign
from anbu.config.asgi import application
from anbu.desks.api import http
from anbu.desks.api.seats import Allowance, Full, Seats
from tests.seoul import seoul

BY = "system:test"
EARLIER = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()


class Sender:
    """A plug maker's cloud."""

    def __init__(self, port: int, secret: str, provider: str = "plugs") -> None:
        self.port, self.secret, self.provider = port, secret, provider
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        self._sent = 0

    def close(self) -> None:
        self._client.close()

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def send(self, body: bytes, *, age: float = 0, **headers: str) -> httpx.Response:
        """Sign and send; headers may be overruled."""
        self._sent += 1
        stamp = str(int(datetime.now(UTC).timestamp() - age))
        signed = {
            "webhook-provider": self.provider,
            "webhook-id": f"batch-{self._sent}",
            "webhook-timestamp": stamp,
            "webhook-signature": sign(
                self.secret, id=f"batch-{self._sent}", timestamp=stamp, body=body
            ),
        }
        return self._client.post(
            "/api/v1/readings",
            content=body,
            headers=signed | {k.replace("_", "-"): v for k, v in headers.items()},
        )


def plug(id: str, **fields: object) -> dict[str, object]:
    return {"id": id, "device": "plug-1", "at": EARLIER, "watts": 3.5} | fields


def batch(*messages: dict[str, object], source: str = "smart_plug") -> bytes:
    return json.dumps({"source": source, "messages": messages}).encode()


def enrol(code: str, now: datetime, *, provider: str = "plugs", channel: str = "power_w") -> UUID:
    """Register one more home that agreed, with one device."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM places_dong ORDER BY id LIMIT 1")
        (dong,) = cursor.fetchone()
    home = register_household(
        dong=dong,
        address="효창원로 1",
        tier="mid",
        patience_hours=24,
        person=NewPerson(name="김안부", birth_year=1950, sex="f"),
        by=BY,
        now=now,
    )
    give_consent(household=home, kind="monitoring", obtained_how="방문", by=BY, now=now)
    actions.add_device(
        code=code,
        household=home,
        provider=provider,
        interval=timedelta(minutes=1),
        channels=[channel],
        by=BY,
        now=now,
    )
    return home


@pytest.fixture(scope="module")
def sender(django_db_setup: None, django_db_blocker: object) -> Iterator[Sender]:
    """A server on this machine with one home, emptied at the end."""
    with django_db_blocker.unblock():
        now = datetime.now(UTC)
        seoul(now=now)
        secret = actions.add_provider(
            code="plugs", name="플러그", source="smart_plug", by=BY, now=now
        )
        enrol("plug-1", now)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        made = Sender(listener.getsockname()[1], secret)
        yield made
        made.close()
        server.should_exit = True
        thread.join()
        connection.close()
        call_command("flush", interactive=False, verbosity=0)
        connection.close()


@pytest.fixture(autouse=True)
def _may_read(django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connection.close()


def set_aside(reason: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM readings_quarantine WHERE reason = %s", [reason])
        return cursor.fetchone()[0]


def test_each_message_gets_its_verdict_and_a_bad_one_stops_nothing(sender):
    body = batch(
        plug("1"),
        plug("2", watts="12"),
        plug("3", watts=-5),
        plug("4", at="1970-01-01T00:00:00Z"),
        plug("5", at=(datetime.now(UTC) + timedelta(days=7)).isoformat()),
        plug("6", device="nobody"),
        plug("1"),
        plug("1", watts=9),
        plug("8"),
    )
    answer = sender.send(body)
    assert answer.status_code == 202
    assert [(v["id"], v["reason"] or v["verdict"]) for v in answer.json()["verdicts"]] == [
        ("1", "accepted"),
        ("2", "not_a_number"),
        ("3", "absurd_value"),
        ("4", "too_old"),
        ("5", "in_the_future"),
        ("6", "unknown_device"),
        ("1", "duplicate"),
        ("1", "conflict"),
        ("8", "accepted"),
    ]
    assert all(v["detail"] for v in answer.json()["verdicts"] if v["verdict"] == "rejected")
    assert sender.send(batch(plug("8"))).json()["verdicts"][0]["verdict"] == "duplicate"


def test_a_withdrawn_consent_stops_the_next_batch_of_the_same_line(sender):
    def heard(id: str, **fields: object) -> tuple[str, str]:
        told = plug(id, device="plug-w", **fields)
        (said,) = sender.send(batch(told)).json()["verdicts"]
        return said["verdict"], said["reason"]

    home = enrol("plug-w", datetime.now(UTC))
    assert heard("w-1") == ("accepted", "")
    now = datetime.now(UTC)
    withdraw_consent(household=home, kind="monitoring", by=BY, now=now)
    assert heard("w-2") == ("rejected", "no_consent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM readings_quarantine WHERE message = 'w-2'")
        assert [bytes(body) for (body,) in cursor.fetchall()] == [b""]
    again = datetime.now(UTC)
    give_consent(household=home, kind="monitoring", obtained_how="방문", by=BY, now=again)
    assert heard("w-2") == ("rejected", "no_consent")  # said while the home did not agree
    assert heard("w-3", at=datetime.now(UTC).isoformat()) == ("accepted", "")


def test_a_wrong_signature_is_turned_away_and_set_aside(sender):
    before = set_aside("bad_signature")
    body = batch(plug("s-1"))
    for wrong in (
        {"webhook_signature": sign(new_signing_secret(), id="x", timestamp="1", body=body)},
        {"webhook_signature": "v1,"},
        {"webhook_signature": ""},
        {"webhook_provider": "nobody"},
        {"webhook_id": "another"},
        {"webhook_timestamp": "now"},
    ):
        answer = sender.send(body, **wrong)
        assert answer.status_code == 401
        assert answer.json()["error"] == "bad_signature"
        assert answer.json()["detail"]
    assert sender.send(body, age=400).status_code == 401
    assert sender.send(body, age=-400).status_code == 401
    assert set_aside("bad_signature") == before + 8
    assert sender.send(body, age=200).status_code == 202


def test_two_secrets_are_live_while_they_turn(sender):
    old = sender.secret
    new = actions.rotate_provider_secret(code="plugs", by=BY, now=datetime.now(UTC))
    assert sender.send(batch(plug("r-1"))).status_code == 202
    sender.secret = new
    assert sender.send(batch(plug("r-2"))).status_code == 202
    sender.secret = actions.rotate_provider_secret(code="plugs", by=BY, now=datetime.now(UTC))
    newest, sender.secret = sender.secret, old
    assert sender.send(batch(plug("r-3"))).status_code == 401
    sender.secret = newest


def test_ten_megabytes_are_turned_away_and_the_next_batch_is_taken_in(sender):
    before = set_aside("too_large")
    answer = sender.send(b"x" * 10_000_000)
    assert answer.status_code == 413
    assert answer.json() == {"error": "too_large", "detail": "a batch has at most 1048576 bytes"}

    def pieces() -> Iterator[bytes]:  # no content-length
        for _ in range(100):
            yield b"x" * 100_000

    headers = {"webhook-provider": "plugs"}
    answer = sender._client.post("/api/v1/readings", content=pieces(), headers=headers)
    assert answer.status_code == 413
    assert set_aside("too_large") == before + 2
    assert sender.send(batch(plug("after-10-mb"))).json()["verdicts"][0]["verdict"] == "accepted"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'{"source":"smart_plug"}', b"\xff\xfe"])
def test_what_is_no_batch_is_a_400_in_words(sender, body):
    answer = sender.send(body)
    assert answer.status_code == 400
    assert answer.json()["error"] == "malformed"
    assert answer.json()["detail"]


def test_a_sender_may_not_change_its_kind(sender):
    answer = sender.send(batch(plug("k-1"), source="ai_speaker"))
    assert answer.status_code == 400
    assert answer.json()["detail"] == "you send smart_plug, not ai_speaker"


def test_nan_in_one_message_does_not_spoil_the_batch(sender):
    body = batch(plug("n-1", watts=float("nan")), plug("n-2"))
    reasons = [v["reason"] for v in sender.send(body).json()["verdicts"]]
    assert reasons == ["not_a_number", ""]


def test_a_full_house_says_when_to_come_again(sender, monkeypatch):
    monkeypatch.setattr(http, "seats", Seats(most=0, of_one=1, for_cries=0))
    answer = sender.send(batch(plug("f-1")))
    assert (answer.status_code, answer.json()["error"]) == (503, "busy")
    assert answer.headers["retry-after"] == "2"
    monkeypatch.setattr(http, "seats", Seats(most=9, of_one=0, for_cries=0))
    assert sender.send(batch(plug("f-1"))).status_code == 429


@pytest.mark.django_db  # one such mark makes pytest-django prepare the tests' own database
def test_cries_find_a_seat_when_all_others_are_taken():
    seats = Seats(most=1, of_one=1, for_cries=1)
    with seats.seat("plugs"):
        with pytest.raises(Full) as full, seats.seat("others"):
            pass
        assert full.value.status == 503
        with seats.seat("speaker", cries=True):
            pass


def test_a_stranger_cannot_fill_the_disk(sender, monkeypatch):
    monkeypatch.setattr(http, "kept", Allowance(a_minute=0))
    before = set_aside("bad_signature")
    assert sender.send(b"x", webhook_provider="nobody").status_code == 401
    assert set_aside("bad_signature") == before
    allowance = Allowance(a_minute=1)
    assert [allowance.spend(now=second) for second in (0, 59, 60)] == [True, False, True]


def test_the_description_is_openapi_3_1_and_its_page_asks_nobody_else(sender):
    description = sender.get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]["/api/v1/readings"]["post"]["responses"]) == {
        "202",
        "400",
        "401",
        "413",
        "429",
        "503",
    }
    page = sender.get("/api/v1/docs").text
    assert "swagger" in page
    assert "https://" not in page
    assert "ninja" in settings.INSTALLED_APPS


def test_a_telephone_companys_file_gets_a_word_for_each_line(sender):
    now = datetime.now(UTC)
    secret = actions.add_provider(code="telecom", name="통신사", source="telecom", by=BY, now=now)
    home = enrol("plug-line", now)
    actions.add_device(
        code="line-1", household=home, provider="telecom", interval=timedelta(days=1),
        channels=["calls", "sms"], by=BY, now=now,
    )  # fmt: skip
    day = f"{now + timedelta(hours=9) - timedelta(days=1):%Y%m%d}"
    lines = ["회선,일자,시,전송차수,통화,문자,데이터KB", f"line-1,{day},,1,2,0,"]
    body = "\n".join(
        [*lines, f"line-1,{day},,2,많음,0,", f"line-9,{day},,1,0,0,", lines[1]]
    ).encode()
    plugs, sender.secret = sender.secret, secret
    try:
        answer = sender.send(body, webhook_provider="telecom")
        assert sender.send(body + b"\n", webhook_signature="v1,AAAA").status_code == 401
        again = sender.send(body, webhook_provider="telecom")
    finally:
        sender.secret = plugs
    told = [(v["id"], v["reason"] or v["verdict"], v["detail"]) for v in answer.json()["verdicts"]]
    assert told == [
        (f"{day}/day/1", "accepted", ""),
        ("line-3", "not_a_number", "line 3: count '많음'"),
        (f"{day}/day/1", "unknown_device", "no device of this name is enrolled"),
        (f"{day}/day/1", "duplicate", ""),
    ]
    assert again.json()["verdicts"][0]["verdict"] == "duplicate"


def kinds_of_alarms(home: UUID) -> list[str]:
    return list(Alarm.objects.filter(household_id=home).values_list("kind", flat=True))


@contextmanager
def standing_still(device: str) -> Iterator[None]:
    """Hold a device's home: whatever it says waits until the end of this."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT FROM readings_watch w JOIN readings_device d USING (household_id)"
                " WHERE d.code = %s FOR UPDATE OF w",
                [device],
            )
        yield
    finally:
        other.rollback()
        other.close()


def test_a_cry_is_taken_in_and_raised_while_ordinary_readings_fill_the_house(sender, monkeypatch):
    now = datetime.now(UTC)
    secret = actions.add_provider(code="voices", name="스피커", source="ai_speaker", by=BY, now=now)
    home = enrol("speaker-1", now, provider="voices", channel="presence")
    voices = Sender(sender.port, secret, "voices")
    seats = Seats(most=2, of_one=3, for_cries=1)
    monkeypatch.setattr(http, "seats", seats)
    at = datetime.now(UTC).isoformat()
    cry = {"id": "sos-1", "device": "speaker-1", "type": "sos", "at": at, "words": "살려줘"}
    with ThreadPoolExecutor(2) as pool, standing_still("plug-1"):
        waiting = [pool.submit(sender.send, batch(plug(f"wait-{n}"))) for n in range(2)]
        while seats.taken < 2:
            threading.Event().wait(0.01)
        turned = sender.send(batch(plug("wait-2")))
        assert (turned.status_code, turned.headers["retry-after"]) == (503, "2")
        heard = voices.send(batch(cry, source="ai_speaker"))
        assert (heard.status_code, heard.json()["verdicts"][0]["verdict"]) == (202, "accepted")
        assert alarms.raise_sos(datetime.now(UTC))
        assert kinds_of_alarms(home) == [Alarm.Kind.SOS]
        assert not any(each.done() for each in waiting)
    assert [each.result().status_code for each in waiting] == [202, 202]
    voices.close()


def test_every_seat_has_a_connection_of_its_own():
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]
    assert pool["max_size"] >= http.seats.places + 4  # and the consumer, the pulse, two at the door
