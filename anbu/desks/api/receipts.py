"""The door for the message gateway: what became of a message it took."""

from typing import Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema, Status

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import NotAllowed
from anbu.care.foundation.queries import now
from anbu.care.readings.rules import signature_trouble
from anbu.channels.gateway import signing_secret

router = Router()


class Receipt(Schema):
    """What became of one message; `id` is the Idempotency-Key it was handed over with."""

    id: UUID
    status: Literal["delivered", "failed", "answered"]
    detail: str = ""  # why it failed, or the words of the answer
    help: bool = False  # the answer was a call for help


class Heard(Schema):
    """Whether the receipt told anything new."""

    news: bool


class Trouble(Schema):
    error: str
    detail: str


@router.post(
    "/receipts",
    response={200: Heard, 401: Trouble, 404: Trouble},
    summary="Tell what became of a message (signed like a batch, with the gateway's secret)",
)
def receipt(request: HttpRequest, told: Receipt) -> Status[dict[str, object]]:
    """Write a signed receipt on the timeline of its alarm; twice is as good as once."""
    keys = [signing_secret(settings.GATEWAY_SECRET)] if settings.GATEWAY_SECRET else []
    trouble = signature_trouble(
        keys,
        id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=request.body,
        now=now().timestamp(),
    )
    if trouble:
        return Status(401, {"error": "bad_signature", "detail": trouble})
    try:
        news = (
            alarms.hear_answer(
                message_id=told.id, is_help=told.help, words=told.detail[:60], now=now()
            )
            if told.status == "answered"
            else alarms.settle_message(
                message_id=told.id, status=told.status, failure=told.detail[:120], now=now()
            )
        )
    except NotAllowed:
        return Status(404, {"error": "unknown_message", "detail": "no message has this id"})
    return Status(200, {"news": news})
