"""응답 수치: how soon people answered, and how many alarms were real. Nobody's name stands here."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anbu.care.alarms import queries
from anbu.care.foundation.queries import now

from .. import words
from .entry import reader

DAYS = (1, 7, 30, 90)
GOALS = (90, 100)  # [%] of those sent, within 45 and 60 minutes: rules.field.ON_SITE_WITHIN


@login_required
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of the last days, so many as are asked for."""
    asked = request.GET.get("days", "7")
    if asked not in {str(days) for days in DAYS}:
        raise Http404
    days, until = int(asked), now()
    found = queries.figures(
        since=until - timedelta(days=days), until=until, seen_by=reader(request)
    )
    context = {
        "found": found,
        "answered": found.answered,
        "on_site": found.on_site,
        "look_backs": found.look_backs,
        "on_site_within": [
            (*pair, goal) for pair, goal in zip(found.on_site.within, GOALS, strict=True)
        ],
        "by": [(str(words.FIGURES_BY[kind]), kind, rows) for kind, rows in found.by],
        "days": days,
        "choices": DAYS,
    }
    return render(request, "control_room/figures.html", context)
