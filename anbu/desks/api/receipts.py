"""The door for the message gateway: what became of a message it took."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.rules import NotAllowed
from anbu.care.effects import actions as effect
from anbu.care.effects import queries as effects
from anbu.care.foundation.queries import now
from anbu.care.readings.rules import signature_trouble
from anbu.channels.gateway import signing_secret
from anbu.channels.port import Fate

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
    moment = now()
    trouble, ways = _who_tells(request, moment.timestamp())
    if trouble:
        return Status(401, {"error": "bad_signature", "detail": trouble})
    fate = Fate(told.status, told.detail[:120])
    try:
        news = effect.take_ring_receipt(key=told.id, ways=ways, fate=fate, now=moment)
        return Status(200, {"news": news})
    except effect.UnknownRing:
        pass  # no ring: a message of somebody at home, or a link to who goes there
    try:
        news = alarms.take_link_receipt(key=told.id, ways=ways, fate=fate, now=moment)
        return Status(200, {"news": news})
    except NotAllowed:
        pass
    try:
        if told.status == "answered":
            message = alarms.message_of(key=told.id, ways=ways)
            words = told.detail[:60]
            news = alarms.hear_answer(
                message_id=message, is_help=told.help, words=words, now=moment
            )
        else:
            opened = effects.ways()
            news = alarms.take_receipt(ways=ways, key=told.id, fate=fate, opened=opened, now=moment)
    except NotAllowed:
        return Status(404, {"error": "unknown_message", "detail": "no message has this id"})
    return Status(200, {"news": news})


def _who_tells(request: HttpRequest, moment: float) -> tuple[str, tuple[str, ...]]:
    """Return what is wrong with the signature, and whose letters the one who signed tells of."""
    trouble = "no secret is set"
    for secret, ways in effects.receipt_secrets().items():
        trouble = signature_trouble(
            [signing_secret(secret)],
            id=request.headers.get("webhook-id", ""),
            timestamp=request.headers.get("webhook-timestamp", ""),
            signatures=request.headers.get("webhook-signature", ""),
            body=request.body,
            now=moment,
        )
        if not trouble:
            return "", ways
    return trouble, ()
