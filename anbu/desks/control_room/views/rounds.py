"""오늘 안부: how far the round of today is, who is past the bound, what is asked."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms.queries import cares_waiting
from anbu.care.foundation.queries import now
from anbu.care.rounds.actions import looking, open_refusals, questions

from ..round_forms import ChooseForm, SettleForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Show the round of today."""
    who, moment = reader(request), now()
    found, changed = looking.open_round(seen_by=who, now=moment)
    context = {
        "found": found,
        "changed": changed,
        "refusing": open_refusals(seen_by=who, now=moment) if found.names else (),
        "requests": looking.open_requests(seen_by=who, now=moment) if found.names else (),
        "cares": cares_waiting(seen_by=who),
        "asked": len(questions.open_questions(seen_by=who, now=moment)) if found.names else 0,
    }
    return render(request, "control_room/rounds/today.html", context)


@login_required
@require_GET
def asked(request: HttpRequest) -> HttpResponse:
    """Show what is told in two ways."""
    return _asked(request)


@login_required
@require_POST
def choose(request: HttpRequest, question: int) -> HttpResponse:
    """Say which of two values is right."""
    form = ChooseForm(request.POST)
    if not form.is_valid():
        return _asked(request, at=question, faults=faults_of(form), status=WRONG)
    told = {key: form.cleaned_data[key] for key in ("value", "unit")}
    return done(
        request,
        lambda: questions.choose(question=question, by=reader(request), now=now(), **told),
        "rounds_questions",
        lambda faults, status: _asked(request, at=question, faults=faults, status=status),
    )


@login_required
@require_POST
def settle(request: HttpRequest, unread: int) -> HttpResponse:
    """Say what became of something a telephone told that nobody could take."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _asked(request, faults=faults_of(form), status=WRONG)
    told = form.cleaned_data["decided"]
    return done(
        request,
        lambda: questions.settle_unread(unread=unread, decided=told, by=reader(request), now=now()),
        "rounds_questions",
        lambda faults, status: _asked(request, faults=faults, status=status),
    )


def _asked(
    request: HttpRequest, *, at: int = 0, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    rows = questions.open_questions(seen_by=reader(request), now=now())
    context = {
        "rows": rows,
        "unread": questions.open_unread(seen_by=reader(request), now=now()),
        "faults": faults or [],
        "fault_at": at,
    }
    return render(request, "control_room/rounds/questions.html", context, status=status)


def done(
    request: HttpRequest,
    deed: Callable[[], object],
    then: str,
    again: Callable[[list[str], int], HttpResponse],
    *args: Any,
    query: str = "",
) -> HttpResponse:
    """Do a deed and go on to a page, or show the page again with why not."""
    faults, status = attempt(deed)
    if faults:
        return again(faults, status)
    answer = redirect(f"control_room:{then}", *args)
    if query:
        answer["Location"] += f"?{query}"
    return answer
