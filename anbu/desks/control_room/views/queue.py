"""지금 할 일: the queue and its pieces, which the browser fetches one by one."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.assess.queries import open_crises
from anbu.care.errands.queries import due_today
from anbu.care.foundation.queries import now
from anbu.care.people.queries import glass_unseen
from anbu.care.rosters.queries import holes_to_answer
from anbu.care.staff.queries import on_shift

from .. import row_html, words
from .entry import reader

AT_ONCE = 100  # names of 36 letters: within the 8 KB that proxies grant an address


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the whole queue."""
    return render(request, "control_room/queue.html", _queue(request))


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Return the list alone, after a lost link."""
    return render(request, "control_room/_list.html", _queue(request))


@login_required
@require_GET
def side(request: HttpRequest) -> HttpResponse:
    """Return what stands around the list: counts, load, feeds."""
    moment, who, view = now(), reader(request), _view(request)
    crew = queries.crew(seen_by=who)
    context = {
        "view": view,
        "views": _views(queries.counts(seen_by=who, now=moment)),
        "load": queries.load_10min(staff=who, hands=len(crew), now=moment),
        "feeds": queries.feeds(now=moment),
        "crew": crew,
        "crises": open_crises(seen_by=who, now=moment),
        "glass": glass_unseen(seen_by=who),
        "holes": holes_to_answer(seen_by=who),
        "doubts": queries.undecided(seen_by=who, now=moment),
        "handovers": queries.waiting_for(seen_by=who),
        "errands": due_today(seen_by=who, now=moment),
    }
    return render(request, "control_room/_around.html", context)


@login_required
@require_GET
def row(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Return one row, or nothing when it is not in this reader's view."""
    found = alarms.open_row(
        alarm_id=alarm_id, seen_by=reader(request), now=now(), view=_view(request)
    )
    if found is None:
        return HttpResponse(status=204)
    who: Any = reader(request)
    return HttpResponse(row_html.row(found, post=row_html.post_of(who), now=now()))


@login_required
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """Return several rows at once; what is not in this reader's view is left out."""
    who, moment, view = reader(request), now(), _view(request)
    found = alarms.open_rows(alarm_ids=_asked(request), seen_by=who, view=view, now=moment)
    return HttpResponse(row_html.rows(found, post=row_html.post_of(who), now=moment))


@login_required
@require_GET
def strips(request: HttpRequest) -> HttpResponse:
    """Return the strips of rows that came without, as many as an address can name."""
    found = alarms.open_strips(alarm_ids=_asked(request), seen_by=reader(request), now=now())
    return HttpResponse(row_html.strips(found))


@login_required
@require_GET
def preview(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Return the panel at the right for one alarm."""
    found = alarms.open_preview(alarm_id=alarm_id, seen_by=reader(request), now=now())
    if found is None:
        raise Http404
    return render(request, "control_room/_preview.html", {"preview": found, "row": found.row})


def _queue(request: HttpRequest) -> dict[str, Any]:
    moment, who = now(), reader(request)
    asked = alarms.open_queue(seen_by=who, view=_view(request), now=moment)
    return {
        "queue": asked,
        "view": asked.view,
        "crew": asked.crew,
        "title": words.VIEWS[asked.view],
        "views": _views(asked.counts),
        "load": queries.load_10min(staff=who, hands=len(asked.crew), now=moment),
        "feeds": queries.feeds(now=moment),
        "shift": on_shift(staff=who),
        "crises": open_crises(seen_by=who, now=moment),
        "glass": glass_unseen(seen_by=who),
        "holes": holes_to_answer(seen_by=who),
        "doubts": queries.undecided(seen_by=who, now=moment),
    }


def _asked(request: HttpRequest) -> list[UUID]:
    asked = request.GET.get("alarms", "").split(",")[:AT_ONCE]
    try:
        return [UUID(each) for each in asked]
    except ValueError as strange:
        raise Http404 from strange


def _views(counts: dict[str, int]) -> list[tuple[str, str, str, int]]:
    return [
        (str(n), code, str(label), counts.get(code, 0))
        for n, (code, label) in enumerate(words.VIEWS.items(), start=1)
    ]


def _view(request: HttpRequest) -> str:
    asked = request.GET.get("view", "now")
    if asked not in words.VIEWS:
        raise Http404
    return asked
