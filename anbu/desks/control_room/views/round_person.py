"""안부 기록: the round of one person, on the household's page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from anbu.care.foundation.queries import now
from anbu.care.rounds.actions import (
    appeal_hazard,
    decide_hazard,
    end_hazard,
    end_pace,
    links,
    note_hazard,
    note_refusal,
    note_yes,
    renew_hazard,
    set_pace,
)

from ...asking import AskForm
from ..round_forms import (
    AHazardForm,
    HazardForm,
    LinkForm,
    PaceForm,
    RefusalForm,
    TellForm,
    YesForm,
)
from .deeds import WRONG, attempt, faults_of
from .entry import reader
from .household import show_tab
from .openings import opened

TAB = "rounds"


@login_required
@require_POST
@opened
def tell(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down a try to reach this person, or put an own one right."""
    form = TellForm(request.POST, auto_id=False)
    return _do(request, household_id, "tell_form", form, links.tell, lambda: form.told(now()))


@login_required
@require_POST
@opened
def link(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down help that was brought about."""
    form = LinkForm(request.POST, auto_id=False)
    return _do(request, household_id, "link_form", form, links.add_link, lambda: form.cleaned_data)


@login_required
@require_POST
@opened
def pace(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say how often a word is due with this person."""
    form = PaceForm(request.POST, auto_id=False)
    return _do(request, household_id, "pace_form", form, _at_home(set_pace), form.told)


@login_required
@require_POST
@opened
def pace_end(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Let the cadence of the tier hold again."""
    return _do(request, household_id, "", AskForm(request.POST), _at_home(end_pace), dict)


@login_required
@require_POST
@opened
def refusal(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that this person wants no calls."""
    form = RefusalForm(request.POST, auto_id=False)
    deed = _at_home(note_refusal)
    return _do(request, household_id, "refusal_form", form, deed, lambda: form.cleaned_data)


@login_required
@require_POST
@opened
def yes(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that who refused says yes again."""
    form = YesForm(request.POST, auto_id=False)
    deed = _at_home(note_yes)
    return _do(request, household_id, "yes_form", form, deed, lambda: form.cleaned_data)


@login_required
@require_POST
@opened
def hazard(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down what a worker should know before this door."""
    form = HazardForm(request.POST, auto_id=False)
    return _do(request, household_id, "hazard_form", form, note_hazard, lambda: form.cleaned_data)


@login_required
@require_POST
@opened
def hazard_deed(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Renew a note, end it, object to it, or decide about an objection."""
    form = AHazardForm(request.POST, auto_id=False)
    return _do(request, household_id, "", form, _of_hazard, lambda: form.cleaned_data)


def _of_hazard(
    *, household: UUID, hazard: int, deed: str, until: Any, words: str, by: Any, now: Any
) -> None:
    told: dict[str, Any] = {"hazard": hazard, "by": by, "now": now}
    match deed:
        case "renew":
            renew_hazard(until=until or localdate(now), **told)
        case "end":
            end_hazard(**told)
        case "appeal":
            appeal_hazard(words=words, **told)
        case _:
            decide_hazard(is_upheld=deed == "uphold", **told)


def addresses() -> list[URLPattern]:
    """Return the addresses of what is done on this tab."""
    deeds: dict[str, Callable[..., HttpResponse]] = {
        "tell": tell,
        "link": link,
        "pace": pace,
        "pace_end": pace_end,
        "refusal": refusal,
        "yes": yes,
        "hazard": hazard,
        "hazard_deed": hazard_deed,
    }
    return [
        path(f"households/<uuid:household_id>/rounds/{name}", view, name=f"rounds_home_{name}")
        for name, view in deeds.items()
    ]


def _at_home(deed: Callable[..., object]) -> Callable[..., object]:
    """Return a deed of the room that calls a household a home."""
    return lambda household, **told: deed(home=household, **told)


def _do(
    request: HttpRequest,
    household_id: UUID,
    name: str,
    form: Any,
    deed: Callable[..., object],
    told: Callable[[], dict[str, Any]],
) -> HttpResponse:
    faults, status = faults_of(form), WRONG
    if form.is_valid():
        faults, status = attempt(
            lambda: deed(household=household_id, by=reader(request), now=now(), **told())
        )
    if faults:
        more = {**({name: form} if name else {}), "faults": faults}
        return show_tab(request, household_id, TAB, more=more, status=status)
    return redirect("control_room:household_tab", household_id=household_id, slug=TAB)
