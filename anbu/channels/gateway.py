"""The message gateway: one HTTP POST for each text message, to the address the city has set."""

import base64
import json
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx
from standardwebhooks import Webhook

from anbu.channels.port import Answer, Refused, Retry, Sent

CONNECT_S, ANSWER_S = 3.0, 10.0
BUSY = {408, 425, 429}


class Gateway:
    """Posts `{"kind", "to", "text", "receipt_url"}`, signed, with an Idempotency-Key."""

    def __init__(
        self,
        *,
        url: str,
        secret: str = "",
        receipts: str = "",
        kind: str = "sms",
        client: httpx.Client | None = None,
    ) -> None:
        self._url, self._kind = url, kind
        self._receipts = {"receipt_url": receipts} if receipts else {}
        self._webhook = Webhook(signing_secret(secret)) if secret else None
        self._client = client or httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,  # no proxy from the environment: messages go where the city said
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, *, key: str, to: str, text: str, at: datetime) -> Answer:
        """Hand over one message and say what came of it."""
        message = {"kind": self._kind, "to": to, "text": text, **self._receipts}
        body = json.dumps(message, ensure_ascii=False)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._webhook:
            headers |= {
                "webhook-id": key,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": self._webhook.sign(key, at, body),
            }
        try:
            answer = self._client.post(self._url, content=body.encode(), headers=headers)
        except httpx.HTTPError as error:
            return Retry(f"발송처에 닿지 않음 ({type(error).__name__})")
        return _read(answer.status_code)


def _read(status: int) -> Answer:
    if 200 <= status < 300:
        return Sent()
    if status in BUSY or status >= 500:
        return Retry(f"발송처가 바쁨 (HTTP {status})")
    return Refused(f"발송처가 거절함 (HTTP {status})")


def signing_secret(secret: str) -> str:
    """Return the secret as Standard Webhooks writes it, given so or plain."""
    if secret.startswith("whsec_"):
        return secret
    return "whsec_" + base64.b64encode(secret.encode()).decode()
