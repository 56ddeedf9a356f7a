"""울리고 있는 알림: what needs a human at one's post, and who was told of it so far."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anbu.care.effects import actions, queries
from anbu.care.foundation.queries import now

from ..forms import SeenForm
from .deeds import WRONG, faults_of
from .entry import reader

PAGES = {
    "alarm": "control_room:incident",
    "brake": "control_room:brake",
    "group": "control_room:group",
    "call": "control_room:inbound_call",
}
LISTS = {
    "doubt": "control_room:doubts",
    "handover": "control_room:handover",
    "risen": "control_room:handover",
    "hole": "control_room:roster",
    "visit": "control_room:visits",
}


@login_required
@require_GET
def tellings(request: HttpRequest) -> HttpResponse:
    """Show what rings for this post; nobody who lives anywhere is named here."""
    return _page(request)


@login_required
@require_POST
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Say that a human knows of what was shown."""
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    shown = form.cleaned_data["shown"]
    actions.acknowledge_tellings(tellings=shown, by=reader(request), now=now())
    return redirect("control_room:tellings")


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    rows = queries.tellings(seen_by=reader(request), now=now())
    context: dict[str, Any] = {
        "rows": [(row, _where(row.kind, row.cause)) for row in rows],
        "shown": ",".join(str(row.id) for row in rows),
        "faults": faults or [],
    }
    return render(request, "control_room/tellings.html", context, status=status)


def _where(kind: str, cause: UUID) -> str:
    """Return the page on which this is dealt with."""
    return reverse(PAGES[kind], args=[cause]) if kind in PAGES else reverse(LISTS[kind])
