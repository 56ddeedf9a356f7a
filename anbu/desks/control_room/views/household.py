"""가구: one household, a tab at a time; the opening is written down before the page leaves."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anbu.care.alarms import actions as alarms
from anbu.care.assess.queries import open_crises
from anbu.care.foundation.queries import now

from ..assess_forms import CrisisEndForm
from ..forms import FindForm
from ..household_tabs import BY_SLUG, Asked, tabs_of
from ..opening_forms import GlassForm
from .entry import reader
from .openings import opened


@login_required
@require_http_methods(["GET", "POST"])
def households(request: HttpRequest) -> HttpResponse:
    """List the households of this reader's area, or those that bear the words asked for.

    Words come by POST: a name in an address stays in histories and logs.
    """
    form = FindForm(
        request.POST if request.method == "POST" else {"after": request.GET.get("after")}
    )
    words = form.cleaned_data["q"] if form.is_valid() else ""
    after = (form.cleaned_data["after"] or 0) if form.is_valid() else 0
    found = alarms.list_households(words=words, after=after, seen_by=reader(request), now=now())
    context = {
        "form": form,
        "words": words,
        "found": found,
        "after": after,
        "next": after + len(found.rows) if found.has_more and not words else None,
    }
    return render(
        request,
        "control_room/household/list.html",
        context,
        status=200 if form.is_valid() else 422,
    )


@login_required
@require_GET
@opened
def household(request: HttpRequest, household_id: UUID, slug: str = "") -> HttpResponse:
    """Show one tab of a household."""
    return show_tab(request, household_id, slug)


def show_tab(
    request: HttpRequest,
    household_id: UUID,
    slug: str,
    *,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with one tab of a household that is open; `more` goes before what usually fills it."""
    tab = BY_SLUG.get(slug)
    who, moment = reader(request), now()
    tabs = tabs_of(who.role)
    if tab not in tabs:
        raise Http404
    head = alarms.open_household(
        household=household_id,
        tab=slug or "glance",
        purpose=request.purpose,  # type: ignore[attr-defined]  # put there by `opened`
        seen_by=who,
        now=moment,
    )
    if head is None:
        raise Http404
    asked = Asked(household=household_id, head=head, seen_by=who, now=moment, words=request.GET)
    context = {"head": head, "home": head.home, "tab": tab, "tabs": tabs, **tab.fill(asked)}
    context["glass_form"] = GlassForm()
    context["crises"] = open_crises(seen_by=who, now=moment, household=household_id)
    context["crisis_form"] = CrisisEndForm()
    context |= more or {}
    return render(request, f"control_room/household/{tab.template}.html", context, status=status)
