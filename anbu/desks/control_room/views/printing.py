"""인쇄: paper about one home. A reason is asked for first; each sheet shown is a trace."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.alarms.queries import Sheet
from anbu.care.foundation.queries import now

from ..opening_forms import PrintForm
from .deeds import WRONG, attempt
from .entry import reader
from .openings import opened


@login_required
@require_http_methods(["GET", "POST"])
@opened
def household(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Ask why, then show the sheet of a home."""
    form = PrintForm(request.POST or None)

    def deed() -> Sheet:
        return alarms.print_household(
            household=household_id,
            purpose=request.purpose,  # type: ignore[attr-defined]  # put there by `opened`
            reason=form.cleaned_data["reason"],
            by=reader(request),
            now=now(),
        )

    return _print(request, form, deed, {"household": household_id})


@login_required
@require_http_methods(["GET", "POST"])
def incident(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Ask why, then show the sheet of an open signal."""
    found = queries.printable(alarm_id=alarm_id, seen_by=reader(request), now=now())
    if found is None:
        raise Http404
    form = PrintForm(request.POST or None)

    def deed() -> Sheet:
        return alarms.print_incident(
            alarm_id=alarm_id,
            reason=form.cleaned_data["reason"],
            with_door=form.cleaned_data["with_door"],
            by=reader(request),
            now=now(),
        )

    return _print(request, form, deed, {"alarm": alarm_id, "printable": found})


def _print(
    request: HttpRequest, form: PrintForm, deed: Callable[[], Sheet], shown: dict[str, object]
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = WRONG
        made: list[Sheet] = []
        if form.is_valid():
            faults, status = attempt(lambda: made.append(deed()))
            if made:
                context = {**shown, "sheet": made[0]}
                return render(request, "control_room/print/sheet.html", context)
            for fault in faults:
                form.add_error(None, fault)
    context = {**shown, "form": form}
    return render(request, "control_room/print/why.html", context, status=status)
