"""What the telephone asks for and tells: JSON, each a deed of the worker who signed in."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.rounds.actions import danger, devices, taking_in
from anbu.care.rounds.queries import visit_on_phone

SIGN_IN, WRONG, GONE = 401, 422, 410
OF_TODAY = frozenset({"pack", "sync", "end"})  # asked only by who has, or had, today's list

type Member = Any  # of staff: desks know no tables
type View = Callable[[HttpRequest, Member], HttpResponse]


class Asked(msgspec.Struct, frozen=True):
    """What a telephone says of itself."""

    device: UUID | None = None


class Help(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call for help, or the number that calls it off."""

    visit: UUID | None = None
    pin: str | None = None


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two numbers that seem to end a call for help."""

    own: str
    duress: str


def by_worker(view: View) -> Callable[[HttpRequest], HttpResponse]:
    """Answer in JSON; who is not signed in is asked to, and a refusal is said in its words."""

    @wraps(view)
    @require_POST
    @ensure_csrf_cookie
    def asked(request: HttpRequest) -> HttpResponse:
        answer = answered(request)
        answer["X-Anbu-Now"] = now().isoformat()  # a telephone's own clock may be wrong
        return answer

    def answered(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated and not (view.__name__ in OF_TODAY and _is_cut_off(request)):
            return said({"why": "sign_in"}, status=SIGN_IN)
        try:
            if not user.is_authenticated:
                raise devices.KeyGone  # cut off by the office: it deletes what it keeps
            return view(request, user)
        except devices.KeyGone as refused:
            return said({"why": "key_gone", "text": _in_words(refused)}, status=GONE)
        except Refused as refused:
            return said({"why": "refused", "text": _in_words(refused)}, status=WRONG)
        except msgspec.MsgspecError:
            return said({"why": "unread", "text": _("읽을 수 없는 요청입니다.")}, status=WRONG)

    return asked


@by_worker
def unlock(request: HttpRequest, by: Member) -> HttpResponse:
    """Hand out the server's half of the key, to hold in memory."""
    told = msgspec.json.decode(request.body, type=Asked)
    halves = devices.unlock(by=by, device=told.device, now=now())
    return said(
        {
            "device": halves.device,
            "key_half": base64.b64encode(halves.key_half).decode(),
            "out_half": base64.b64encode(halves.out_half).decode(),
            "until": halves.until,
            "last_seq": halves.last_seq,
        }
    )


@by_worker
def pack(request: HttpRequest, by: Member) -> HttpResponse:
    """Hand out today's pack."""
    found, until = devices.take_pack(by=by, device=_device(request), now=now())
    return said({"pack": found, "until": until})


@by_worker
def sync(request: HttpRequest, by: Member) -> HttpResponse:
    """Take in what the telephone tells, and say which of it needs not be told again."""
    device = devices.hear_from(by=by, device=_device(request), now=now())
    receipt = taking_in.take_in(device=device.pk, body=request.body, by=by, now=now())
    return said(
        {
            "taken": receipt.taken,
            "unread": receipt.unread,
            "upto": receipt.upto,
            "until": device.key_ends_at,
            "inside": visit_on_phone(worker=device.worker, now=now()),
        }
    )


@by_worker
def call_help(request: HttpRequest, by: Member) -> HttpResponse:
    """Call for help without a sound, or take the number that ends the call."""
    told = msgspec.json.decode(request.body, type=Help)
    worker = devices.going_round(by)
    if told.pin is not None:
        return said({"ended": danger.end_call(worker=worker, pin=told.pin, by=by, now=now())})
    danger.call_for_help(worker=worker, visit=told.visit, by=by, now=now())
    return said(
        {"called": True}
    )  # not where it stands: after the number under threat it still does


@by_worker
def pins(request: HttpRequest, by: Member) -> HttpResponse:
    """Set the two numbers, the worker's own and the one under duress."""
    told = msgspec.json.decode(request.body, type=Pins)
    danger.set_pins(
        worker=devices.going_round(by), own=told.own, duress=told.duress, by=by, now=now()
    )
    return said({"set": True})


@by_worker
def end(request: HttpRequest, by: Member) -> HttpResponse:
    """End the day of this telephone."""
    devices.end_shift(by=by, device=_device(request), now=now())
    return said({"ended": True})


def said(told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return an answer in JSON."""
    body = msgspec.json.encode(told)
    return HttpResponse(body, status=status, content_type="application/json")


def _device(request: HttpRequest) -> UUID:
    return msgspec.convert(request.headers.get("X-Anbu-Device", ""), type=UUID, strict=False)


def _is_cut_off(request: HttpRequest) -> bool:
    try:
        return devices.is_cut_off(_device(request))
    except msgspec.MsgspecError:
        return False


def _in_words(refused: Refused) -> str:
    values = {key: _(v) if isinstance(v, str) else v for key, v in refused.values}
    return _(refused.sentence) % values
