"""나의 기록: who looked at me, what is held, what I take back, what I want put right."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.alarms import queries as alarms
from anbu.care.assess import queries as assess
from anbu.care.citizens import actions, queries
from anbu.care.citizens.actions import Guest
from anbu.care.citizens.rules import IDLE, keys_of, told_of
from anbu.care.foundation.actions import act_as, hold, source
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.staff.rules import TooManyTries
from anbu.channels.identity.port import Errand, Proof

from . import identity
from .forms import CorrectForm, PracticeForm, WishForm
from .words import KINDS

log = structlog.get_logger()
NOT_SHOWN, TOO_OFTEN, WRONG, IN_CONFLICT = 403, 429, 422, 409

type View[**P] = Callable[Concatenate[HttpRequest, Guest, P], HttpResponse]


def own[**P](view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a view act for the one who proved who they are; anybody else goes to the door."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        token = request.COOKIES.get(identity.SITTING, "")
        hold()  # the walls hold this request, whichever process serves it
        guest = actions.sitting(token=token, now=now()) if token else None
        if guest is None:
            answer = redirect("me")
            identity.forget(answer, identity.SITTING)
            return answer
        act_as(guest.actor, now=now())
        return view(request, guest, *args, **kwargs)

    return guarded


@require_GET
@never_cache
def door(request: HttpRequest) -> HttpResponse:
    """Say what is behind the door, and how one proves who one is."""
    return render(request, "citizen/door.html", {"open": identity.port() is not None})


@require_POST
@never_cache
def go(request: HttpRequest) -> HttpResponse:
    """Count the try, and send the browser to the identity service."""
    port = identity.port()
    if port is None:
        raise Http404
    try:
        _knock(None)
    except TooManyTries as shut:
        return _too_often(request, shut)
    errand = Errand()
    answer = redirect(port.send_off(errand=errand, back=identity.way_back(request)))
    identity.remember(answer, errand)
    return answer


@require_GET
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Hear who came back. Nobody learns here whether somebody stands in the register."""
    port, errand = identity.port(), identity.remembered(request)
    if port is None or errand is None:
        return _not_shown(request)
    heard = port.hear(errand=errand, told=request.GET.dict(), back=identity.way_back(request))
    if not isinstance(heard, Proof):
        log.info("identity_refused", why=heard.detail)
        return _not_shown(request)
    proof = told_of(heard.name, heard.born, heard.phone)
    try:
        _knock(proof)
    except TooManyTries as shut:
        return _too_often(request, shut)
    token = actions.come_in(proof=proof, now=now())
    if token is None:
        return _not_shown(request)
    answer = redirect("me_record")
    identity.sit(answer, token)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """Play the identity service, in a rehearsal only."""
    if settings.IDENTITY != "double":
        raise Http404
    form = PracticeForm(request.POST or None)
    state = request.POST.get("state") or request.GET.get("state", "")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        proof = Proof(given["name"], given["born"], given["phone"])
        words = identity.double().vouch(proof, state=state)
        return redirect(f"{identity.way_back(request)}?{words}")
    status = WRONG if form.errors else 200
    return render(request, "citizen/practice.html", {"form": form, "state": state}, status=status)


@require_GET
@own
def record(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Show the own record, and write down that it was looked at."""
    actions.look(guest=guest, now=now())
    held = queries.held(actor=guest.actor)
    if held is None:
        raise Http404
    context = {
        "held": held,
        "looks": queries.looks(actor=guest.actor, now=now()),
        "given": alarms.provisions_of(household=queries.home_of(guest.actor), actor=guest.actor),
        "agreements": queries.agreements(actor=guest.actor, now=now()),
        "corrections": queries.own_corrections(actor=guest.actor, now=now()),
        "requests": assess.own_requests(
            household=queries.home_of(guest.actor), actor=guest.actor, now=now()
        ),
        "idle_minutes": int(IDLE.total_seconds() // 60),
        "done": request.GET.get("done", "") if request.GET.get("done") in DONE else "",
    }
    return render(request, "citizen/record.html", context)


DONE = ("withdrawn", "corrected", "asked")


@require_http_methods(["GET", "POST"])
@own
def withdraw(request: HttpRequest, guest: Guest, kind: str) -> HttpResponse:
    """Say what ends with a consent; then take it back, at once."""
    standing = {each.kind for each in queries.agreements(actor=guest.actor, now=now())}
    if kind not in KINDS or kind not in standing:
        raise Http404
    if request.method == "POST":
        actions.withdraw(kind=kind, by=guest.actor, now=now())
        return redirect(f"{_record()}?done=withdrawn")
    return render(request, "citizen/withdraw.html", {"kind": kind})


@require_http_methods(["GET", "POST"])
@own
def correct(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Ask that something be put right."""
    form = CorrectForm(request.POST or None)

    def deed() -> UUID:
        given = form.cleaned_data
        return actions.ask_correction(
            what=given["what"], words=given["words"], by=guest.actor, now=now()
        )

    return _asked(request, form, deed, "correct", "corrected")


@require_http_methods(["GET", "POST"])
@own
def ask(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Ask why, or that a person look again."""
    form = WishForm(request.POST or None)

    def deed() -> UUID:
        given = form.cleaned_data
        return actions.ask_review(
            asks=given["asks"], words=given["words"], by=guest.actor, now=now()
        )

    return _asked(request, form, deed, "ask", "asked")


@require_POST
@own
def leave(request: HttpRequest, guest: Guest) -> HttpResponse:
    """End the sitting."""
    actions.leave(guest=guest, now=now())
    answer = redirect("me")
    identity.forget(answer, identity.SITTING)
    return answer


def _asked(
    request: HttpRequest, form: Any, deed: Callable[[], UUID], page: str, done: str
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = WRONG
        if form.is_valid():
            try:
                deed()
                return redirect(f"{_record()}?done={done}")
            except Refused as refused:
                form.add_error(None, _(refused.sentence) % dict(refused.values))
                status = IN_CONFLICT
    return render(request, f"citizen/{page}.html", {"form": form}, status=status)


def _record() -> str:
    return str(redirect("me_record")["Location"])


def _knock(proof: Any) -> None:
    keys = keys_of(address=source.get(), proof=proof, secret=settings.SECRET_KEY)
    actions.knock(keys=keys if proof is None else keys[1:], now=now())


def _not_shown(request: HttpRequest) -> HttpResponse:
    """Say the same to who is not proven, not known, or not for certain."""
    answer = render(request, "citizen/not_shown.html", status=NOT_SHOWN)
    identity.forget(answer, identity.ERRAND)
    return answer


def _too_often(request: HttpRequest, shut: TooManyTries) -> HttpResponse:
    minutes = max(1, round((shut.until - now()).total_seconds() / 60))
    return render(request, "citizen/too_often.html", {"minutes": minutes}, status=TOO_OFTEN)
