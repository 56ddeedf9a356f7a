"""인계: what passes on when duty does, and what the other side says back."""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.alarms.queries import HandRow
from anbu.care.foundation.queries import now

from ...asking import AskForm
from ..handover_forms import AfterForm, ReadBackForm, RefuseHandoverForm, RequestForm
from ..opening_forms import PrintForm
from . import today
from .deeds import WRONG, attempt, faults_of
from .entry import reader

ONE_LIST = 10  # more than these are put together by dong: design/README.md


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show one switch: what nobody has accepted on top."""
    return _page(request)


@login_required
@require_http_methods(["GET", "POST"])
def printed(request: HttpRequest) -> HttpResponse:
    """Ask why, then show the board as a sheet of paper."""
    form = PrintForm(request.POST or None)
    found: dict[str, Any] = {"form": form, "switch_at": request.GET.get("at", "")}
    status = WRONG if form.errors else 200
    if request.method == "POST" and form.is_valid():
        told = {"reason": form.cleaned_data["reason"], "switch_at": _moment(request)}
        made: list[alarms.BoardSheet] = []
        faults, status = attempt(
            lambda: made.append(alarms.print_board(**told, by=reader(request), now=now()))
        )
        if made:
            found = {"board": made[0].board, "sheet": made[0]}
            return render(request, "control_room/handover/sheet.html", found)
        for fault in faults:
            form.add_error("reason", fault)
    return render(request, "control_room/handover/why.html", found, status=status)


@login_required
@require_POST
def accept(request: HttpRequest, handover: UUID) -> HttpResponse:
    """Take it over in one's own words."""
    return _do(request, ReadBackForm, alarms.accept_handover, handover=handover)


@login_required
@require_POST
def refuse(request: HttpRequest, handover: UUID) -> HttpResponse:
    """Leave it with the sender, and say why."""
    return _do(request, RefuseHandoverForm, alarms.refuse_handover, handover=handover)


@login_required
@require_POST
def withdraw(request: HttpRequest, handover: UUID) -> HttpResponse:
    """Take it back before anybody accepted it."""
    return _do(request, AskForm, alarms.withdraw_handover, handover=handover)


@login_required
@require_POST
def word(request: HttpRequest, handover: UUID) -> HttpResponse:
    """Ask in other words."""
    return _do(request, RequestForm, alarms.word_request, handover=handover)


@login_required
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign for the side that leaves."""
    at = _moment(request)
    if at is None:
        raise Http404
    return _do(request, AskForm, alarms.sign_board, switch_at=at)


@login_required
@require_POST
def hand_over(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Ask the other side to take an open signal over now."""
    return _do(request, RequestForm, alarms.hand_over, alarm_id=alarm_id)


@login_required
@require_POST
def ask_after(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Leave a request about a closed signal with the dong office."""
    return _do(request, AfterForm, alarms.ask_after, alarm_id=alarm_id)


def _do(
    request: HttpRequest, kind: type[AskForm], deed: Callable[..., object], **what: Any
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _refused(request, faults_of(form), WRONG)
    told = {**what, **form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: deed(**told))
    return _refused(request, faults, status) if faults else redirect(_here(request))


def _refused(request: HttpRequest, faults: list[str], status: int) -> HttpResponse:
    """Say why not, on the page it was asked from."""
    if request.POST.get("back") == "today":
        return today.page(request, faults=faults, status=status)
    return _page(request, faults=faults, status=status)


def _here(request: HttpRequest) -> str:
    """Return to the board that was looked at, or to the list of today."""
    if request.POST.get("back") == "today":
        return "/today"
    at = _moment(request)
    return "/handover" + (f"?at={at.isoformat().replace('+', '%2B')}" if at else "")


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    at = _moment(request)
    page = alarms.open_board(switch_at=at, seen_by=reader(request), now=now())
    context = {
        "board": page,
        "parts": _parts(page.rows),
        "is_past": at is not None,
        "cares": queries.cares_waiting(seen_by=reader(request)),
        "look_backs": queries.look_backs_waiting(seen_by=reader(request)),
        "typed": request.POST if faults else {},
        "faults": faults or [],
    }
    return render(request, "control_room/handover/board.html", context, status=status)


def _parts(rows: tuple[HandRow, ...]) -> list[tuple[str, list[HandRow]]]:
    """Return the rows as one list, or by dong where they are many; the latest dong first."""
    if len(rows) <= ONE_LIST:
        return [("", list(rows))]
    order = list(dict.fromkeys(row.dong for row in rows))
    found = sorted(rows, key=lambda row: order.index(row.dong))
    return [(dong, list(some)) for dong, some in groupby(found, key=lambda row: row.dong)]


def _moment(request: HttpRequest) -> datetime | None:
    """Return which switch is asked for; None: the one at hand."""
    asked = request.POST.get("at") or request.GET.get("at") or ""
    if not asked:
        return None
    try:
        found = parse_datetime(asked)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Http404
    return found
