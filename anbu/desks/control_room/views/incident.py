"""사건: one alarm with all that is needed to answer it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from .entry import reader


@login_required
@require_GET
def incident(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Show the incident; a browser that has the page already gets its inside alone."""
    found = alarms.open_incident(alarm_id=alarm_id, seen_by=reader(request), now=now())
    if found is None:
        raise Http404
    inside = request.headers.get("HX-Request") == "true"
    page = "control_room/_incident.html" if inside else "control_room/incident.html"
    return render(request, page, {"incident": found, "row": found.row})
