"""명단 가져오기: look at a file, match its columns, bring it in, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.foundation.queries import now
from anbu.care.register import actions, queries
from anbu.care.register.rules import MOST_BYTES, BadFile
from anbu.care.staff.queries import actor_of

from .. import reasons
from ..forms import ColumnsForm, RegisterFileForm
from .deeds import attempt
from .entry import reader

TOO_LARGE = BadFile("파일이 너무 큽니다. %(most)dMB까지 올릴 수 있습니다.", most=MOST_BYTES >> 20)


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """List what this reader brought in, and take a new file."""
    form = RegisterFileForm(request.POST, request.FILES) if request.method == "POST" else None
    if form is not None and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise TOO_LARGE
            brought = actions.look_at(
                body=file.read(), file_name=file.name, by=actor_of(reader(request)), now=now()
            )
            return redirect("control_room:import", import_id=brought)
        except BadFile as bad:
            form.add_error("file", reasons.refusal(bad))
    context = {
        "form": form or RegisterFileForm(),
        "imports": queries.imports(seen_by=reader(request)),
    }
    status = 422 if form is not None else 200
    return render(request, "control_room/register/imports.html", context, status=status)


@login_required
@require_GET
def one(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show what stands in a file and what is wrong with it."""
    return _page(request, import_id)


@login_required
@require_GET
def progress(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Return how far it is; the page asks every other second."""
    card = queries.import_card(brought=import_id, seen_by=reader(request))
    if card is None:
        raise Http404
    answer = render(request, "control_room/register/_progress.html", {"card": card})
    if card.state not in ("running", "undoing"):
        answer["HX-Refresh"] = "true"  # the whole page says what came of it
    return answer


@login_required
@require_POST
def columns(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Say which column means what."""
    page = queries.import_page(brought=import_id, seen_by=reader(request))
    if page is None:
        raise Http404
    form = ColumnsForm(page.header, page.columns, request.POST)
    if not form.is_valid():
        faults = [str(fault) for faults in form.errors.values() for fault in faults]
        return _page(request, import_id, faults=faults, status=422)
    return _act(request, import_id, actions.match_columns, columns=form.columns())


@login_required
@require_POST
def start(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Begin to bring in what can be read."""
    return _act(request, import_id, actions.start)


@login_required
@require_POST
def drop(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Forget the file."""
    return _act(request, import_id, actions.drop)


@login_required
@require_POST
def undo(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Begin to take back what was brought in."""
    return _act(request, import_id, actions.undo)


def _act(
    request: HttpRequest, import_id: UUID, deed: Callable[..., None], **more: Any
) -> HttpResponse:
    by = actor_of(reader(request))
    faults, status = attempt(lambda: deed(brought=import_id, by=by, now=now(), **more))
    if faults:
        return _page(request, import_id, faults=faults, status=status)
    return redirect("control_room:import", import_id=import_id)


def _page(
    request: HttpRequest, import_id: UUID, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    page = queries.import_page(brought=import_id, seen_by=reader(request))
    if page is None:
        raise Http404
    context = {
        "page": page,
        "card": page.card,
        "form": ColumnsForm(page.header, page.columns),
        "faulty": [
            (line.number, [(fault.title, reasons.refusal(fault)) for fault in line.faults])
            for line in page.faulty
        ],
        "faults": faults or [],
    }
    return render(request, "control_room/register/import.html", context, status=status)
