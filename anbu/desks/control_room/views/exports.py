"""내보내기: ask for a file, allow what somebody else asked for, fetch it while it lives."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.exports import actions, queries
from anbu.care.exports.rules import LIVES, MAY_ASK, MOST_FETCHES
from anbu.care.foundation.queries import now
from anbu.care.places import queries as places

from ..export_forms import AnswerExportForm, ExportForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """List what waits for this person's word and what was asked for, and take a new request."""
    who = reader(request)
    asks = any(who.role in roles for roles in MAY_ASK.values())
    form = ExportForm(request.POST or None, role=who.role, dongs=places.dongs() if asks else ())
    if request.method == "POST":
        if not asks:
            raise Http404
        if form.is_valid():
            made: list[UUID] = []
            faults, _status = attempt(lambda: made.append(_ask(form, who)))
            if not faults:
                return redirect("control_room:export", export_id=made[0])
            for fault in faults:
                form.add_error(None, fault)
    context = {"form": form, "asks": asks, "exports": queries.exports(seen_by=who, now=now())}
    status = 422 if form.errors else 200
    return render(request, "control_room/exports/list.html", context, status=status)


@login_required
@never_cache
@require_GET
def one(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Show one export; while it is made, the page asks every other second."""
    return _page(request, export_id)


@login_required
@require_POST
def allow(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Allow what somebody else asked for."""
    return _answer(request, export_id, actions.allow)


@login_required
@require_POST
def refuse(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Refuse it, and say why."""
    return _answer(request, export_id, actions.refuse)


@login_required
@require_POST
def withdraw(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    return _act(request, export_id, actions.withdraw)


@login_required
@never_cache
@require_POST
def password(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Show the password of the file, once."""
    shown: list[str] = []
    faults, status = attempt(
        lambda: shown.append(actions.show_password(export=export_id, by=reader(request), now=now()))
    )
    if faults:
        return _page(request, export_id, faults=faults, status=status)
    return _page(request, export_id, password=shown[0])


@login_required
@never_cache
@require_POST
def file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Hand the encrypted file out."""
    found: list[tuple[str, bytes]] = []
    faults, status = attempt(
        lambda: found.append(actions.fetch(export=export_id, by=reader(request), now=now()))
    )
    if faults:
        return _page(request, export_id, faults=faults, status=status)
    name, body = found[0]
    answer = HttpResponse(body, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _ask(form: ExportForm, who: Any) -> UUID:
    given = form.cleaned_data
    return actions.ask(
        data_set=given["data_set"], scope=form.scope(), reason=given["reason"], by=who, now=now()
    )


def _answer(request: HttpRequest, export_id: UUID, deed: Callable[..., None]) -> HttpResponse:
    form = AnswerExportForm(request.POST)
    if not form.is_valid():
        return _page(request, export_id, faults=faults_of(form), status=WRONG)
    return _act(request, export_id, deed, why=form.cleaned_data["why"])


def _act(
    request: HttpRequest, export_id: UUID, deed: Callable[..., None], **more: Any
) -> HttpResponse:
    faults, status = attempt(lambda: deed(export=export_id, by=reader(request), now=now(), **more))
    if faults:
        return _page(request, export_id, faults=faults, status=status)
    return redirect("control_room:export", export_id=export_id)


def _page(
    request: HttpRequest,
    export_id: UUID,
    *,
    faults: list[str] | None = None,
    password: str = "",
    status: int = 200,
) -> HttpResponse:
    card = queries.export(export=export_id, seen_by=reader(request), now=now())
    if card is None:
        raise Http404
    inside = request.headers.get("HX-Request") == "true"
    context = {
        "card": card,
        "faults": faults or [],
        "password": password,
        "most": MOST_FETCHES,
        "hours": int(LIVES.total_seconds() // 3600),
    }
    name = "_progress" if inside else "export"
    answer = render(request, f"control_room/exports/{name}.html", context, status=status)
    if inside and not card.is_under_way:
        answer["HX-Refresh"] = "true"
    return answer
