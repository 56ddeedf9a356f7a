"""Web Push: a word to a colleague's own browser, sealed for it alone (RFC 8030, 8291, 8292)."""

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import http_ece
import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from anbu.channels import http
from anbu.channels.port import Answer, Letter, Refused, Sent

KEPT_S = 300  # a push service forgets what it could not bring in this time: it is no news then
PROOF_LASTS = timedelta(hours=12)  # at most a day, says RFC 8292
GONE = {404, 410}
POINT, AUTH = 65, 16  # bytes of a browser's public key and of its secret


@dataclass(frozen=True)
class Gone(Refused):
    """This browser takes no more: its subscription is over."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """One browser that asked to be told: where its push service is, and how it is sealed."""

    endpoint: str
    public: bytes
    secret: bytes

    @classmethod
    def read(cls, *, endpoint: str, public: str, secret: str, hosts: tuple[str, ...]) -> Self:
        """Read what a browser told; refuse an address that no push service of ours has."""
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        known = any(fnmatchcase(host, allowed) for allowed in hosts)
        if parts.scheme != "https" or not known or parts.username or parts.port not in (None, 443):
            raise ValueError("no push service that we know")
        return cls.at(endpoint=endpoint, public=public, secret=secret)

    @classmethod
    def at(cls, *, endpoint: str, public: str, secret: str) -> Self:
        """Read the keys of a browser, wherever its service is."""
        point, auth = _bytes(public), _bytes(secret)
        if len(point) != POINT or len(auth) != AUTH:
            raise ValueError("no keys of a browser")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return cls(endpoint=endpoint, public=point, secret=auth)


class Keys:
    """Our own key at every push service (VAPID), in a file outside of the database."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self.private = private

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the key; the first who needs one makes it, readable for us alone."""
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = ec.generate_private_key(ec.SECP256R1())
            raw = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            draft = file.with_name(f"{file.name}.{os.getpid()}")
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as out:
                out.write(raw)
            try:
                os.link(draft, file)  # whoever is first wins; nobody's key is written over
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        key = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file}: no key of the curve P-256")
        return cls(key)

    @property
    def public(self) -> str:
        """Return the public half as a browser wants it."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return _text(point)

    def proof(self, endpoint: str, *, contact: str, at: datetime) -> str:
        """Return the header that proves who sends."""
        parts = urlsplit(endpoint)
        told = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((at + PROOF_LASTS).timestamp()),
            "sub": contact,
        }
        return f"vapid t={jwt.encode(told, self.private, algorithm='ES256')}, k={self.public}"


class Push:
    """Posts a sealed word to the push service of one browser."""

    def __init__(
        self, *, device: Device, keys: Keys, contact: str, client: httpx.Client | None = None
    ) -> None:
        self._device, self._keys, self._contact = device, keys, contact
        self._client = client or http.client()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, letter: Letter, *, at: datetime) -> Answer:
        """Hand over one word; a second under the same key takes the place of the first."""
        told = json.dumps({"text": letter.text}, ensure_ascii=False)
        headers = {
            "Authorization": self._keys.proof(self._device.endpoint, contact=self._contact, at=at),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Urgency": "high",
            "Topic": _text(sha256(letter.key.encode()).digest()[:24]),
        }
        body = seal(told.encode(), self._device)
        try:
            answer = self._client.post(self._device.endpoint, content=body, headers=headers)
        except httpx.HTTPError as error:
            return http.not_reached(error)
        if answer.is_success:
            return Sent()
        if answer.status_code in GONE:
            return Gone("이 기기는 더는 받지 않음")
        return http.read_trouble(answer, at=at)


def seal(plain: bytes, device: Device) -> bytes:
    """Return the word so that this browser alone can read it."""
    return http_ece.encrypt(  # type: ignore[no-any-return]
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=device.public,
        auth_secret=device.secret,
        version="aes128gcm",
    )


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
