"""Coming and going: the start and end of a shift, language, theme."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from anbu.care.alarms import queries
from anbu.care.effects import queries as effects
from anbu.care.foundation.queries import now
from anbu.care.rosters import actions as rosters
from anbu.care.rosters import queries as roster_queries
from anbu.care.staff import actions as staff_actions
from anbu.care.staff import queries as staff_queries
from anbu.care.staff.rules import TAKES_PART

from ..forms import PaceForm, ThemeForm
from ..roster_forms import LeaveForm, StartForm
from .deeds import WRONG, attempt, faults_of

ONE_YEAR_S = 365 * 24 * 3600


def reader(request: HttpRequest) -> Any:
    """Return who is asking, as a row of staff; only behind `login_required`."""
    return request.user


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the shift and log out; who would leave the post short is told so first."""
    if request.user.is_authenticated:
        if staff_queries.on_shift(staff=reader(request)):
            form = LeaveForm(request.POST)
            is_sure = form.is_valid() and form.cleaned_data["sure"]
            try:
                rosters.leave_work(is_sure=is_sure, by=reader(request), now=now())
            except rosters.WorkNobodyFollows:
                left = roster_queries.followers(staff=reader(request), now=now())
                return render(request, "control_room/leave.html", {"left": left}, status=409)
        staff_actions.note_going(staff=reader(request), now=now())
    logout(request)
    return redirect("account_login")


@login_required
@require_http_methods(["GET", "POST"])
def shift(request: HttpRequest) -> HttpResponse:
    """Start the shift: choose the theme, hear the tone, go to the queue."""
    if reader(request).role not in TAKES_PART:
        return redirect("start")
    form, status = StartForm(request.POST or None), 200
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        told = {key: form.cleaned_data[key] for key in ("reason", "heard", "extension")}
        told |= {"by": reader(request), "now": now()}
        faults, status = attempt(lambda: rosters.start_work(**told))
        if not faults:
            theme = form.cleaned_data["theme"]
            return _remember(redirect("control_room:queue"), "anbu-theme", theme)
    context = {
        "form": form,
        "faults": [*faults, *faults_of(form)],
        "shift": staff_queries.on_shift(staff=reader(request)),
        "work": roster_queries.work_card(staff=reader(request), now=now()),
        "dials": effects.telephone() is not None,
        "extension": staff_queries.last_extension(staff=reader(request)),
        "second_kind": getattr(request, "second_kind", ""),
        "counts": queries.counts(seen_by=reader(request), now=now()),
        "handovers": queries.waiting_for(seen_by=reader(request)),
    }
    status = WRONG if form.errors else status
    return render(request, "control_room/shift.html", context, status=status)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Korean and English and stay on the page."""
    known = dict(settings.LANGUAGES)
    chosen = request.POST.get("language", settings.LANGUAGE_CODE)
    answer = redirect(_back(request))
    return _remember(answer, settings.LANGUAGE_COOKIE_NAME, chosen) if chosen in known else answer


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch between day and night and stay on the page."""
    form = ThemeForm(request.POST)
    answer = redirect(_back(request))
    return (
        _remember(answer, "anbu-theme", form.cleaned_data["theme"]) if form.is_valid() else answer
    )


@login_required
@require_POST
def pace(request: HttpRequest) -> HttpResponse:
    """Change how fast a rehearsal's time runs. A real city has no such address."""
    form = PaceForm(request.POST)
    change = getattr(settings.CLOCK, "set_pace", None)  # only a rehearsal's clock has one
    if change is None or not form.is_valid():
        raise Http404
    change(speed=form.cleaned_data["speed"])
    return redirect(_back(request))


def _remember(answer: HttpResponse, name: str, value: str) -> HttpResponse:
    answer.set_cookie(
        name,
        value,
        max_age=ONE_YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return answer


def _back(request: HttpRequest) -> str:
    to = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()})
    return to if safe else "/"
