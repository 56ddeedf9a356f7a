"""Web Push against a push service of our own, and against the letter of the standard."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anbu.channels.port import Letter, Refused, Retry, Sent
from anbu.channels.push import Device, Gone, Keys, Push
from anbu.lab.push import PushService

LETTER = Letter(key="k-1", to="", text="새 신호 1건이 기다립니다.", kind="push")
HOSTS = ("fcm.googleapis.com", "*.notify.windows.com")
CONTACT = "mailto:duty@example.org"


def plain(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def browser() -> tuple[ec.EllipticCurvePrivateKey, str, str]:
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return own, base64.urlsafe_b64encode(point).rstrip(b"=").decode(), "A" * 22


def test_a_word_arrives_sealed_and_proven(tmp_path: Path) -> None:
    keys = Keys.load(tmp_path / "push" / "key")
    assert Keys.load(tmp_path / "push" / "key").public == keys.public  # made once
    assert (tmp_path / "push" / "key").stat().st_mode & 0o777 == 0o400
    own, public, secret = browser()
    at = datetime.now(UTC)
    service = PushService()
    with service.standing() as url:
        device = Device.at(endpoint=url + "/box/1", public=public, secret=secret)
        with Push(device=device, keys=keys, contact=CONTACT) as port:
            assert port.send(LETTER, at=at) == Sent()
            assert port.send(LETTER, at=at) == Sent()  # the same key: one word
    (headers, body), *more = service.boxes["/box/1"].values()
    assert more == []
    opened = http_ece.decrypt(body, private_key=own, auth_secret=plain(secret))
    assert json.loads(opened) == {"text": LETTER.text}
    assert LETTER.text.encode() not in body
    proof = headers["authorization"].removeprefix("vapid t=").split(", k=")
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), plain(proof[1]))
    told = jwt.decode(proof[0], point, algorithms=["ES256"], audience=url)
    assert told["sub"] == CONTACT
    assert told["exp"] - at.timestamp() < timedelta(days=1).total_seconds()


def test_what_a_push_service_answers_means_one_thing(tmp_path: Path) -> None:
    keys, (_, public, secret) = Keys.load(tmp_path / "key"), browser()
    service = PushService()
    service.misdeeds.extend(["429", "500"])
    with service.standing() as url:

        def send(box: str):
            device = Device.at(endpoint=url + box, public=public, secret=secret)
            with Push(device=device, keys=keys, contact=CONTACT) as port:
                return port.send(LETTER, at=datetime.now(UTC))

        first = send("/box/1")
        assert isinstance(first, Retry)
        assert first.after_s == 7
        assert isinstance(send("/box/1"), Retry)
        assert isinstance(send("/gone"), Gone)
        assert send("/full") == Refused("발송처가 거절함 (HTTP 413)")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://notify.windows.com/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_makes_us_call_another_address(endpoint: str) -> None:
    _, public, secret = browser()
    with pytest.raises(ValueError):
        Device.read(endpoint=endpoint, public=public, secret=secret, hosts=HOSTS)
    for known in ("https://fcm.googleapis.com/x", "https://db5.notify.windows.com/x"):
        Device.read(endpoint=known, public=public, secret=secret, hosts=HOSTS)


@pytest.mark.parametrize(("public", "secret"), [("", "A" * 22), ("A" * 87, "A" * 22), ("", "")])
def test_what_is_no_key_of_a_browser_is_refused(public: str, secret: str) -> None:
    with pytest.raises(ValueError):
        Device.at(endpoint="https://fcm.googleapis.com/x", public=public, secret=secret)


def test_a_browser_of_the_standard_s_own_example_opens_what_we_seal() -> None:
    """RFC 8291, appendix A: the receiver's keys, and the body that was sealed for them."""
    secret = int.from_bytes(plain("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    own = ec.derive_private_key(secret, ec.SECP256R1())
    auth = plain("BTBZMqHH6r4Tts7J_aSIgg")
    body = plain(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    opened = http_ece.decrypt(body, private_key=own, auth_secret=auth)
    assert opened == b"When I grow up, I want to be a watermelon"
