"""계획: who goes to whom on a day; what a change costs is said before it is made."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.places import queries as places
from anbu.care.rounds.actions import day as deeds
from anbu.care.rounds.actions import let_plan
from anbu.care.rounds.rules import is_round_day

from ..round_forms import DayForm, MoveForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """Show a day worker by worker."""
    return _page(request, _day(request.GET.get("day")))


@login_required
@require_POST
def ask(request: HttpRequest, home: UUID) -> HttpResponse:
    """Say what a change would cost; nothing is changed yet."""
    form = MoveForm(request.POST)
    day = _day(request.POST.get("day"))
    if not form.is_valid():
        return _page(request, day, home=home, faults=faults_of(form), status=WRONG)
    told = {key: form.cleaned_data[key] for key in ("worker", "way")}
    cost: list[Any] = []
    faults, status = attempt(
        lambda: cost.append(
            deeds.ask_cost(home=home, day=day, by=reader(request), now=now(), **told)
        )
    )
    asked = {"cost": cost[0], **told} if cost else None
    return _page(request, day, home=home, asked=asked, faults=faults, status=status)


@login_required
@require_POST
def move(request: HttpRequest, home: UUID) -> HttpResponse:
    """Make the change whose cost was seen."""
    form = MoveForm(request.POST)
    day = _day(request.POST.get("day"))
    if not form.is_valid():
        return _page(request, day, home=home, faults=faults_of(form), status=WRONG)
    told = {key: form.cleaned_data[key] for key in ("worker", "way", "seen")}
    return _done(
        request,
        day,
        home,
        lambda: deeds.move(home=home, day=day, by=reader(request), now=now(), **told),
    )


@login_required
@require_POST
def let(request: HttpRequest, home: UUID) -> HttpResponse:
    """Let the plan decide again about what was set by hand."""
    day = _day(request.POST.get("day"))
    return _done(
        request,
        day,
        home,
        lambda: let_plan(home=home, day=day, by=reader(request), now=now()),
    )


def _done(request: HttpRequest, day: date, home: UUID, deed: Any) -> HttpResponse:
    faults, status = attempt(deed)
    if faults:
        return _page(request, day, home=home, faults=faults, status=status)
    answer = redirect("control_room:rounds_plan")
    answer["Location"] += f"?day={day.isoformat()}#h-{home}"
    return answer


def _day(text: str | None) -> date:
    """Return the day that is asked for; none: today."""
    if not text:
        return localdate(now())
    form = DayForm({"day": text})
    if not form.is_valid():
        raise Http404
    found: date = form.cleaned_data["day"]
    return found


def _page(
    request: HttpRequest,
    day: date,
    *,
    home: UUID | None = None,
    asked: dict[str, Any] | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = deeds.open_plan(day=day, seen_by=reader(request), now=now())
    context = {
        "page": page,
        "home": home,
        "asked": asked,
        "asked_row": page.row(home) if home else None,
        "asked_name": dict(page.team).get(asked["worker"], "") if asked else "",
        "faults": faults or [],
        "is_past": day < localdate(now()),
        "is_round_day": is_round_day(day, places.calendar(now()).holidays),
    }
    return render(request, "control_room/rounds/plan.html", context, status=status)
