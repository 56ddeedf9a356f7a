"""등록 정보: what is written down about a person and a home, and how it is put right."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anbu.care.foundation.queries import now
from anbu.care.people import actions as people
from anbu.care.places import queries as places
from anbu.care.register import actions as register
from anbu.care.staff.queries import actor_of

from ..details_forms import (
    AddressForm,
    AgreeForm,
    ContactForm,
    EndForm,
    EnrolForm,
    HealthForm,
    NumberForm,
    PhoneForm,
    RefuseHelpForm,
    SendForm,
    WhichForm,
)
from .deeds import WRONG, attempt, faults_of
from .entry import reader
from .household import show_tab
from .openings import opened

TAB = "details"
type Deed = Callable[..., object]


@login_required
@require_POST
@opened
def address(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down where this person lives now."""
    form = AddressForm(request.POST)
    return _act(request, household_id, form, people.move_home, shown_as="address_form")


@login_required
@require_POST
@opened
def send(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Send this home to another dong; nothing changes until that one accepts."""
    form = SendForm(request.POST, dongs=places.dongs())
    return _act(request, household_id, form, register.send, shown_as="send_form")


@login_required
@require_POST
@opened
def phone(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down the person's own number."""
    form = PhoneForm(request.POST)
    return _act(request, household_id, form, people.change_phone, shown_as="phone_form")


@login_required
@require_POST
@opened
def number(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say whether a number is answered, or dead."""
    return _act(request, household_id, NumberForm(request.POST), people.say_number)


@login_required
@require_POST
@opened
def contact(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Add somebody to ask."""
    form = ContactForm(request.POST)
    return _act(request, household_id, form, people.add_contact, shown_as="contact_form")


@login_required
@require_POST
@opened
def contact_remove(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Take somebody off the list of those to ask."""
    return _act(
        request,
        household_id,
        WhichForm(request.POST),
        lambda line, **told: people.remove_contact(contact=line, **told),
    )


@login_required
@require_POST
@opened
def health(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down something about somebody's health."""
    form = HealthForm(request.POST)
    return _act(request, household_id, form, people.write_health_note, shown_as="health_form")


@login_required
@require_POST
@opened
def health_end(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Say that a note about health no longer holds."""
    return _act(
        request,
        household_id,
        WhichForm(request.POST),
        lambda line, **told: people.end_health_note(note=line, **told),
    )


@login_required
@require_POST
@opened
def enrol(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that a service takes part from now on."""
    form = EnrolForm(request.POST, agencies=places.organisations("agency"))
    return _act(request, household_id, form, people.enrol, shown_as="enrol_form")


@login_required
@require_POST
@opened
def enrol_end(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that a service no longer takes part."""
    return _act(request, household_id, EndForm(request.POST), people.end_enrolment)


@login_required
@require_POST
@opened
def refuse(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down a no."""
    form = RefuseHelpForm(request.POST)
    return _act(request, household_id, form, people.refuse_help, shown_as="refuse_form")


@login_required
@require_POST
@opened
def agree(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write down that somebody changed their mind."""
    return _act(request, household_id, AgreeForm(request.POST), people.end_refusal)


def _act(
    request: HttpRequest, household_id: UUID, form: forms.Form, deed: Deed, *, shown_as: str = ""
) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    if not form.is_valid():
        told = [_("적은 것을 고쳐 주세요.")] if shown_as else faults_of(form)
        faults, status = told, WRONG
    else:
        given = {"by": actor_of(reader(request)), "now": now(), **form.cleaned_data}
        faults, status = attempt(lambda: deed(household=household_id, **given))
    if faults:
        more: dict[str, Any] = {"faults": faults, **({shown_as: form} if shown_as else {})}
        return show_tab(request, household_id, TAB, more=more, status=status)
    return redirect("control_room:household_tab", household_id=household_id, slug=TAB)
