"""판단 기준: hold a rule against the past of a district, and put it in force."""

from datetime import datetime, time
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions, queries
from anbu.care.readings.queries import Rule, StudyCard
from anbu.care.readings.rules import MAY_STUDY, Detector

from .. import reasons
from ..forms import AdoptForm, StudyForm
from .deeds import WRONG, attempt
from .entry import reader


@login_required
@require_http_methods(["GET", "POST"])
def studies(request: HttpRequest) -> HttpResponse:
    """List what was previewed, and ask for one more."""
    who = reader(request)
    if who.role not in MAY_STUDY:
        raise Http404
    form = StudyForm(
        request.POST or None,
        dongs=places.dongs(),
        feeds=queries.feed_health(now=now()),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        draft = Rule(
            detector=Detector(given["detector"]),
            hours=given["hours"],
            theta=given["theta"],
            watch=given["watch"],
        )
        scope = {key: given[key] for key in ("district", "dong", "tier", "provider") if given[key]}
        try:
            made = actions.ask_study(scope=scope, draft=draft, by=who, now=now())
        except Refused as refused:
            form.add_error(None, reasons.refusal(refused))
        else:
            return redirect("control_room:study", study_id=made)
    context = {"form": form, "studies": queries.studies(seen_by=who)}
    status = 422 if form.errors else 200
    return render(request, "control_room/study/list.html", context, status=status)


@login_required
@require_GET
def study(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Show how far a study is, and then what came of it."""
    return _page(request, _found(request, study_id), AdoptForm())


@login_required
@require_GET
def figures(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Hand out the figures as a file."""
    found = _found(request, study_id)
    if found.result is None:
        raise Http404
    told = {"scope": found.scope, "asked_at": found.asked_at.isoformat(), **found.result}
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="anbu-study-{study_id}.json"'
    return answer


@login_required
@require_POST
def cancel(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Stop a study."""
    by = reader(request)  # a refusal says that it ended meanwhile: the page shows how
    attempt(lambda: actions.cancel_study(study=study_id, by=by, now=now()))
    return redirect("control_room:study", study_id=study_id)


@login_required
@require_POST
def adopt(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Put the rule in force from a day on, when it was asked for twice and with a reason."""
    found = _found(request, study_id)
    form = AdoptForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=WRONG)
    told = {"reason": form.cleaned_data["reason"], "by": reader(request), "now": now()}
    valid_from = datetime.combine(form.cleaned_data["valid_from"], time(), SEOUL)
    faults, status = attempt(
        lambda: actions.adopt_study(study=study_id, valid_from=valid_from, **told)
    )
    if faults:
        form.add_error(None, faults[0])
        return _page(request, found, form, status=status)
    return redirect("control_room:study", study_id=study_id)


def _found(request: HttpRequest, study_id: UUID) -> StudyCard:
    found = queries.study(study=study_id, seen_by=reader(request))
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, found: StudyCard, form: AdoptForm, *, status: int = 200
) -> HttpResponse:
    inside = request.headers.get("HX-Request") == "true"
    page = "control_room/study/_study.html" if inside else "control_room/study/study.html"
    context = {"study": found, "result": found.result, "form": form}
    answer = render(request, page, context, status=status)
    if inside and not found.is_open:
        answer["HX-Refresh"] = "true"  # the whole page, with its focus and its title
    return answer
