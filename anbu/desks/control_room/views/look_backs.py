"""놓친 기회 돌아보기: what each source knew, hour by hour, and what is learnt from it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from ...asking import AskForm
from .. import look_back_words
from ..look_back_forms import AddForm, LearntForm, OpenLookBackForm, SecondForm
from ..opening_forms import PrintForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def look_backs(request: HttpRequest) -> HttpResponse:
    """Show what is open, and what was signed."""
    return _list(request, OpenLookBackForm())


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open one at a signal that has ended."""
    form = OpenLookBackForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=WRONG)
    opened: list[UUID] = []
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: opened.append(alarms.open_look_back(**told)))
    if faults:
        return _list(request, form, faults=faults, status=status)
    return redirect("control_room:look_back", alarm_id=opened[0])


@login_required
@require_GET
def look_back(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Show one."""
    return _page(request, alarm_id)


@login_required
@require_POST
def take(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Answer for it oneself."""
    return _do(request, alarm_id, AskForm, alarms.take_look_back)


@login_required
@require_POST
def write(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Write and sign the result, as its owner."""
    return _do(request, alarm_id, LearntForm, alarms.write_look_back)


@login_required
@require_POST
def sign(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Sign it, as the second person."""
    return _do(request, alarm_id, SecondForm, alarms.sign_look_back)


@login_required
@require_POST
def add(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Add a line to a signed result."""
    return _do(request, alarm_id, AddForm, alarms.add_to_look_back)


@login_required
@require_http_methods(["GET", "POST"])
def printed(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Ask why, then show it as a sheet of paper."""
    page = _seen(request, alarm_id)
    form = PrintForm(request.POST or None)
    status = WRONG if form.errors else 200
    if request.method == "POST" and form.is_valid():
        told = {"reason": form.cleaned_data["reason"], "by": reader(request), "now": now()}
        made: list[alarms.LookBackSheet] = []
        faults, status = attempt(
            lambda: made.append(alarms.print_look_back(alarm_id=alarm_id, **told))
        )
        if made:
            found = {"page": made[0].page, "row": made[0].page.row, "sheet": made[0]}
            return render(request, "control_room/look_back/sheet.html", found)
        for fault in faults:
            form.add_error("reason", fault)
    found = {"form": form, "row": page.row}
    return render(request, "control_room/look_back/why.html", found, status=status)


def _do(request: HttpRequest, alarm_id: UUID, kind: type[forms.Form], deed: Any) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, alarm_id, form=form, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: deed(alarm_id=alarm_id, **told))
    if faults:
        return _page(request, alarm_id, form=form, faults=faults, status=status)
    return redirect("control_room:look_back", alarm_id=alarm_id)


def _seen(request: HttpRequest, alarm_id: UUID) -> Any:
    seen: list[Any] = []
    told = {"alarm_id": alarm_id, "by": reader(request), "now": now()}
    attempt(lambda: seen.append(alarms.see_look_back(**told)))
    return seen[0]


def _page(
    request: HttpRequest,
    alarm_id: UUID,
    *,
    form: forms.Form | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = _seen(request, alarm_id)
    is_result = isinstance(form, LearntForm)
    context = {
        "page": page,
        "row": page.row,
        "faults": faults or [],
        "typed": form.data if form else {},
        "missed": form.data.getlist("missed") if is_result else page.missed,  # type: ignore[union-attr]
        "changes": form.data.getlist("changes") if is_result else page.changes,  # type: ignore[union-attr]
        "all_missed": look_back_words.MISSED.items(),
        "all_changes": look_back_words.CHANGES.items(),
    }
    return render(request, "control_room/look_back/page.html", context, status=status)


def _list(
    request: HttpRequest,
    form: OpenLookBackForm,
    *,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = alarms.list_look_backs(seen_by=reader(request), now=now())
    context = {
        "rows": rows,
        "waiting": sum(row.state != "signed" for row in rows),
        "form": form,
        "faults": [*(faults or []), *faults_of(form)],
    }
    return render(request, "control_room/look_back/list.html", context, status=status)
