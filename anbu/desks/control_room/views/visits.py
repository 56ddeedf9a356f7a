"""방문 중인 돌봄단원: who is behind a door now, and of whom nobody has heard in time."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anbu.care.foundation.queries import now
from anbu.care.rounds import actions

from .entry import reader


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """List the visits that go on, the latest first, with whom to ring."""
    rows = actions.open_late_visits(seen_by=reader(request), now=now())
    late = sum(row.stage != "inside" for row in rows)
    return render(request, "control_room/visits.html", {"rows": rows, "late": late})
