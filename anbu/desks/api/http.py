"""The door for those who send batches over HTTP: signed, answered message by message."""

from math import inf
from typing import Any, Literal

import msgspec
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema

from anbu.care.foundation.queries import now
from anbu.care.readings import actions, queries
from anbu.care.readings.rules import ATTEMPT_WITHIN_S, Answer, Verdict, signature_trouble
from anbu.desks.api.body_limit import TOO_LARGE
from anbu.desks.api.seats import Allowance, Full, Seats
from anbu.sources import Reason, Refusal
from anbu.sources.batches import batches
from anbu.sources.registry import CRIES, SOURCES

log = structlog.get_logger()
api = NinjaAPI(
    title="Anbu (안부)",
    version="1",
    description="Life signs come in here. A batch is answered when it is on disk, never before.",
)
seats = Seats(most=16, of_one=8, for_cries=8)
kept = Allowance(a_minute=120)
AGAIN_S = 2  # when to come again after 429 and 503


class VerdictOut(Schema):
    """What became of one message."""

    id: str
    verdict: Literal["accepted", "duplicate", "conflict", "rejected"]
    reason: str
    detail: str


class Verdicts(Schema):
    """One verdict per message, in the order of the batch."""

    verdicts: list[VerdictOut]


class Trouble(Schema):
    """Why a whole batch was not taken in."""

    error: str
    detail: str


class Turned(Exception):
    """Raised when a whole batch is turned away."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.error, self.detail = status, error, detail


class _Named(msgspec.Struct):
    source: str | None = None


_named = msgspec.json.Decoder(_Named)
_TROUBLES = dict.fromkeys([400, 401, 413, 429, 503], Trouble)
_HEADERS = {
    "webhook-provider": "code of the provider who sends",
    "webhook-id": "id of this batch",
    "webhook-timestamp": "seconds since 1970 of this sending attempt, within 5 minutes",
    "webhook-signature": "Standard Webhooks: `v1,` and HMAC-SHA256 of id.timestamp.body",
}
_EXAMPLE = {
    "source": "smart_plug",
    "messages": [
        {"id": "7f3-1", "device": "plug-1", "at": "2026-11-21T22:40:00+09:00", "watts": 12.3}
    ],
}


@api.post(
    "/readings",
    response={202: Verdicts, **_TROUBLES},
    summary="Send a batch of messages (about 500, at most 1 MB)",
    openapi_extra={
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "example": _EXAMPLE,
                    "schema": {
                        "type": "object",
                        "required": ["source", "messages"],
                        "properties": {
                            "source": {"type": "string", "enum": list(SOURCES)},
                            "messages": {"type": "array", "items": {"type": "object"}},
                        },
                    },
                },
                "text/csv": {"schema": {"type": "string"}},
            },
        },
    },
)
def readings(request: HttpRequest) -> HttpResponse:
    """Take in a batch; 202 means that every message marked `accepted` is on disk."""
    try:
        keys = _proven_sender(request)
        with seats.seat(keys.code, cries=keys.source in CRIES):
            verdicts = _take_in(request.body, keys)
        return _answer(202, {"verdicts": verdicts})
    except Turned as turned:
        return _turn_away(request, turned)
    except Full as full:
        return _answer(full.status, {"error": "busy", "detail": str(full)})
    except (OperationalError, InterfaceError) as error:
        log.warning("batch_not_taken_in", error=type(error).__name__)
        detail = "the database is away; send this batch again: what was kept is a duplicate"
        return _answer(503, {"error": "unavailable", "detail": detail})


def _proven_sender(request: HttpRequest) -> queries.ProviderKeys:
    """Return the sender who signed this batch with one of the live secrets."""
    code = request.headers.get("webhook-provider", "")[:30]
    if _is_too_large(request):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise Turned(413, Reason.TOO_LARGE, f"a batch has at most {most} bytes")
    keys = queries.provider_keys(code=code)
    # The unknown sender is answered like the one with a wrong signature.
    trouble = signature_trouble(
        keys.secrets if keys else (),
        id=request.headers.get("webhook-id", ""),
        timestamp=request.headers.get("webhook-timestamp", ""),
        signatures=request.headers.get("webhook-signature", ""),
        body=request.body,
        now=now().timestamp(),
        within_s=ATTEMPT_WITHIN_S * settings.CLOCK.speed,  # a rehearsal's minutes are shorter
    )
    if keys is None or trouble:
        raise Turned(401, Reason.BAD_SIGNATURE, trouble or "no signature matches")
    return keys


def _is_too_large(request: HttpRequest) -> bool:
    scope = getattr(request, "scope", {})
    return bool(scope.get(TOO_LARGE)) or _declared(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _declared(request: HttpRequest) -> int:
    declared = request.headers.get("content-length") or "0"
    return int(declared) if declared.isdigit() else 0


def _take_in(body: bytes, keys: queries.ProviderKeys) -> list[Verdict]:
    try:
        named = _named.decode(body).source if body[:1] == b"{" else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        named = None  # the parser will say what is wrong
    if named not in (None, keys.source):
        raise Turned(400, Reason.MALFORMED, f"you send {keys.source}, not {named[:30]}")
    messages = SOURCES[keys.source](body)
    if len(messages) == 1 and isinstance(messages[0], Refusal) and messages[0].body is body:
        raise Turned(400, messages[0].reason, messages[0].detail)
    # what the sender put together is not kept waiting for more; too much at once is cut
    verdicts = []
    for batch in batches(messages, at_most=settings.BATCH_ROWS, within_s=inf):
        verdicts += actions.take_in(messages=batch, provider=keys.code, now=now())
    return verdicts


def _turn_away(request: HttpRequest, turned: Turned) -> HttpResponse:
    """Answer in words, and keep the beginning of what was turned away."""
    code = request.headers.get("webhook-provider", "")[:30]
    log.info("batch_turned_away", provider=code, reason=str(turned.error))
    body = b"" if turned.status == 413 else request.body
    refusal = Refusal(
        id=_plain(request.headers.get("webhook-id", "")),
        reason=Reason(turned.error),
        detail=turned.detail,
        body=body,
    )
    moment = now()
    try:
        if kept.spend(now=moment.timestamp()):
            actions.refuse(refusals=[refusal], provider=_plain(code)[:30], now=moment)
        else:
            actions.count([Verdict("", Answer.REJECTED, str(turned.error))])
    except DatabaseError as error:  # the answer matters more than the record of a stranger
        log.warning("batch_not_set_aside", error=type(error).__name__)
    return _answer(turned.status, {"error": turned.error, "detail": turned.detail})


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:120]


def _answer(status: int, content: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(
        msgspec.json.encode(content), status=status, content_type="application/json"
    )
    response["Cache-Control"] = "no-store"
    if status in (429, 503):
        response["Retry-After"] = str(AGAIN_S)
    return response
