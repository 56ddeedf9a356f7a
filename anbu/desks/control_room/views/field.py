"""현장: who is sent, what they told on the telephone, when 119 came, and why a door is opened."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.foundation.queries import now

from ...asking import AskForm
from ..field_forms import EntryForm, EntryNoteForm, JointForm, VisitForm
from .acts import act, with_link
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_POST
def renew(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Make the link anew and show it, once; the old one is dead."""
    return with_link(
        request,
        alarm_id,
        lambda link_of: alarms.renew_link(
            alarm_id=alarm_id, link_of=link_of, by=reader(request), now=now()
        ),
    )


@login_required
@require_POST
def call_off(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Tell that nobody needs to go any more."""
    form = AskForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.call_off_agent(alarm_id=id, by=by, now=at),
    )


@login_required
@require_POST
def visit(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Write down what was told from the door on the telephone."""
    form = VisitForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.record_visit(
            alarm_id=id,
            arrived=form.cleaned_data["arrived"],
            finding=form.cleaned_data["finding"],
            signs=form.signs(),
            note=form.cleaned_data["note"],
            by=by,
            now=at,
        ),
    )


@login_required
@require_POST
def joint(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Write down when 119 or 112 was told, and when they came."""
    form = JointForm(request.POST)
    return act(
        request,
        alarm_id,
        form,
        lambda id, by, at: alarms.note_joint(alarm_id=id, **form.cleaned_data, by=by, now=at),
    )


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Show the decisions to open the door; sign one."""
    if request.method == "GET":
        return _entry_page(request, alarm_id, EntryForm(), [])
    form = EntryForm(request.POST)
    if not form.is_valid():
        return _entry_page(request, alarm_id, form, faults_of(form), status=WRONG)
    told = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
    deed = {"alarm_id": alarm_id, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: alarms.sign_entry(**told, **deed))
    if faults:
        return _entry_page(request, alarm_id, form, faults, status=status)
    return redirect("control_room:entry", alarm_id=alarm_id)


@login_required
@require_POST
def entry_note(request: HttpRequest, alarm_id: UUID, entry: UUID) -> HttpResponse:
    """Add a line to a signed decision."""
    form = EntryNoteForm(request.POST)
    faults, status = faults_of(form), WRONG
    if form.is_valid():
        told = {"alarm_id": alarm_id, "entry": entry, "text": form.cleaned_data["text"]}
        faults, status = attempt(lambda: alarms.add_to_entry(**told, by=reader(request), now=now()))
        if not faults:
            return redirect("control_room:entry", alarm_id=alarm_id)
    return _entry_page(request, alarm_id, EntryForm(), faults, status=status)


def _entry_page(
    request: HttpRequest, alarm_id: UUID, form: EntryForm, faults: list[str], *, status: int = 200
) -> HttpResponse:
    found = alarms.open_entries(alarm_id=alarm_id, seen_by=reader(request), now=now())
    if found is None:
        raise Http404
    context = {"page": found, "form": form, "faults": faults, "typed": request.POST}
    return render(request, "control_room/field/entry.html", context, status=status)
