"""The message gateway: one HTTP POST for each message, to the address the city has set."""

import base64
import json
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx
from standardwebhooks import Webhook

from anbu.channels import http
from anbu.channels.port import Answer, Letter, Sent


class Gateway:
    """Posts `{"kind", "to", "text", "receipt_url"}`, signed, with an Idempotency-Key."""

    def __init__(
        self,
        *,
        url: str,
        secret: str = "",
        receipts: str = "",
        client: httpx.Client | None = None,
    ) -> None:
        self._url = url
        self._receipts = {"receipt_url": receipts} if receipts else {}
        self._webhook = Webhook(signing_secret(secret)) if secret else None
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
        """Hand over one message and say what came of it."""
        subject = {"subject": letter.subject} if letter.kind == "lms" and letter.subject else {}
        message = {"kind": letter.kind, "to": letter.to, "text": letter.text}
        body = json.dumps(message | subject | self._receipts, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Idempotency-Key": letter.key}
        if self._webhook:
            headers |= {
                "webhook-id": letter.key,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": self._webhook.sign(letter.key, at, body),
            }
        try:
            answer = self._client.post(self._url, content=body.encode(), headers=headers)
        except httpx.HTTPError as error:
            return http.not_reached(error)
        return Sent() if answer.is_success else http.read_trouble(answer, at=at)


def signing_secret(secret: str) -> str:
    """Return the secret as Standard Webhooks writes it, given so or plain."""
    if secret.startswith("whsec_"):
        return secret
    return "whsec_" + base64.b64encode(secret.encode()).decode()
