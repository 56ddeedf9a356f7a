"""Coming and going: the start and end of a shift, language, theme."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from anbu.care.foundation.queries import now
from anbu.care.staff import actions as staff_actions
from anbu.care.staff import queries as staff_queries
from anbu.care.staff.rules import ANSWERS

from ..forms import PaceForm, ThemeForm

ONE_YEAR_S = 365 * 24 * 3600


def reader(request: HttpRequest) -> Any:
    """Return who is asking, as a row of staff; only behind `login_required`."""
    return request.user


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the shift and log out."""
    if request.user.is_authenticated:
        if staff_queries.on_shift(staff=reader(request)):
            staff_actions.end_shift(by=reader(request), now=now())
        staff_actions.note_going(staff=reader(request), now=now())
    logout(request)
    return redirect("account_login")


@login_required
@require_http_methods(["GET", "POST"])
def shift(request: HttpRequest) -> HttpResponse:
    """Start the shift: choose the theme, hear the tone, go to the queue."""
    if reader(request).role not in ANSWERS:
        return redirect("start")
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff_actions.start_shift(by=reader(request), now=now())
        return _remember(redirect("control_room:queue"), "anbu-theme", form.cleaned_data["theme"])
    card = staff_queries.on_shift(staff=reader(request))
    return render(
        request,
        "control_room/shift.html",
        {"form": form, "shift": card},
        status=422 if form.errors else 200,
    )


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
