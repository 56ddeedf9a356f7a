"""열람: a household's page stays shut until a task or a reason opens it; and breaking the glass."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anbu.care.foundation.queries import now
from anbu.care.looking import actions as looking
from anbu.care.people import queries as people
from anbu.care.people.actions import UnknownHome
from anbu.care.people.rules import BadInput

from .. import reasons
from ..opening_forms import GlassFindForm, GlassForm, ReasonForm
from .entry import reader

TOLD_FOR = timedelta(days=7)  # how long broken glass stays on the list of its post
REFUSED = 422
type View = Callable[..., HttpResponse]


def opened(view: View) -> View:
    """Let a view about one household run only where its page stands open to this reader.

    Who may not know of the household, and who asks for one that is not there, get one answer.
    """

    @wraps(view)
    def ask(request: HttpRequest, household_id: UUID, *args: Any, **more: Any) -> HttpResponse:
        entry = looking.enter(household=household_id, seen_by=reader(request), now=now())
        if entry is None:
            raise Http404
        if entry.purpose is None:
            slug = str(more.get("slug", ""))
            return _ask(request, household_id, slug)
        request.purpose = entry.purpose  # type: ignore[attr-defined]
        return view(request, household_id, *args, **more)

    ask.stays_shut = True  # type: ignore[attr-defined]  # a test asks every address of a household
    return ask


@login_required
@require_POST
def say_why(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Open a page of the own area for a typed reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _shut(request, household_id, form, "")
    slug = form.cleaned_data["tab"]
    try:
        looking.open_for_reason(
            household=household_id,
            reason=form.cleaned_data["reason"],
            by=reader(request),
            now=now(),
        )
    except UnknownHome as gone:
        raise Http404 from gone
    except BadInput as refusal:
        form.add_error("reason", reasons.refusal(refusal))
        return _shut(request, household_id, form, slug)
    return _to(household_id, slug)


@login_required
@require_http_methods(["GET", "POST"])
def glass(request: HttpRequest) -> HttpResponse:
    """Break the glass of a home that somebody names; show who broke that of our own homes."""
    form = GlassFindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            found = looking.find_behind_glass(by=reader(request), now=now(), **form.cleaned_data)
            if found is not None:
                looking.break_glass(
                    household=found,
                    reason=form.cleaned_data["reason"],
                    by=reader(request),
                    now=now(),
                )
                return _to(found, "")
            form.add_error(
                None, _("한 사람으로 찾아지지 않습니다. 이름과 번호나 길을 확인해 주세요.")
            )
        except BadInput as refusal:
            form.add_error("reason", reasons.refusal(refusal))
    return _glass_page(request, form)


@login_required
@require_POST
def break_glass(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Break the glass of this home at once."""
    form = GlassForm(request.POST)
    if form.is_valid():
        try:
            looking.break_glass(
                household=household_id,
                reason=form.cleaned_data["reason"],
                by=reader(request),
                now=now(),
            )
            return _to(household_id, "")
        except UnknownHome as gone:
            raise Http404 from gone
        except BadInput as refusal:
            form.add_error("reason", reasons.refusal(refusal))
    # Nothing here tells whether there is such a home: the reason is asked for first.
    return render(
        request,
        "control_room/opening/break.html",
        {"form": form, "household": household_id},
        status=REFUSED,
    )


@login_required
@require_POST
def see_glass(request: HttpRequest, opening: int) -> HttpResponse:
    """Say for one's post that one has seen it."""
    try:
        looking.see_glass(opening=opening, by=reader(request), now=now())
    except UnknownHome as gone:
        raise Http404 from gone
    except BadInput as refusal:
        return _glass_page(request, GlassFindForm(), faults=[reasons.refusal(refusal)])
    return redirect("control_room:glass")


def _ask(request: HttpRequest, household_id: UUID, slug: str) -> HttpResponse:
    if request.method == "POST":  # the deed is not done; the page says what is missing
        return redirect("control_room:household", household_id=household_id)
    return _shut(request, household_id, ReasonForm(initial={"tab": slug}), slug)


def _shut(request: HttpRequest, household_id: UUID, form: ReasonForm, slug: str) -> HttpResponse:
    """Show the shut door: a field for a reason, and nothing about who lives behind it."""
    return render(
        request,
        "control_room/opening/why.html",
        {"form": form, "household": household_id, "slug": slug},
        status=REFUSED if form.is_bound else 200,
    )


def _glass_page(
    request: HttpRequest, form: GlassFindForm, *, faults: list[str] | None = None
) -> HttpResponse:
    moment = now()
    told = people.glass_told(seen_by=reader(request), since=moment - TOLD_FOR)
    wrong = bool(faults) or (form.is_bound and not form.is_valid())
    return render(
        request,
        "control_room/opening/glass.html",
        {"form": form, "told": told, "faults": faults or [], "now": moment},
        status=REFUSED if wrong else 200,
    )


def _to(household_id: UUID, slug: str) -> HttpResponse:
    if slug:
        return redirect("control_room:household_tab", household_id=household_id, slug=slug)
    return redirect("control_room:household", household_id=household_id)
