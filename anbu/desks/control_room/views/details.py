"""등록 정보: what is written down about a person and a home, and how it is put right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
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


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that can be put right: its place in the address, its form, and what it does."""

    slug: str
    form: Callable[..., forms.Form]
    deed: Deed
    shown_as: str = ""  # where the tab shows the form again; "": it is one button
    takes: Callable[[], Mapping[str, Any]] = dict  # what there is to choose from


def _remove_contact(line: int, **told: Any) -> None:
    people.remove_contact(contact=line, **told)


def _end_note(line: int, **told: Any) -> None:
    people.end_health_note(note=line, **told)


def _dongs() -> Mapping[str, Any]:
    return {"dongs": places.dongs()}


def _agencies() -> Mapping[str, Any]:
    return {"agencies": places.organisations("agency")}


ENTRIES = (
    # Where this person lives now.
    Entry(slug="address", form=AddressForm, deed=people.move_home, shown_as="address_form"),
    # To another dong; nothing changes until that one accepts.
    Entry(slug="send", form=SendForm, deed=register.send, shown_as="send_form", takes=_dongs),
    # The person's own number; whether a number is answered, or dead.
    Entry(slug="phone", form=PhoneForm, deed=people.change_phone, shown_as="phone_form"),
    Entry(slug="number", form=NumberForm, deed=people.say_number),
    # Somebody to ask, and nobody to ask any more.
    Entry(slug="contact", form=ContactForm, deed=people.add_contact, shown_as="contact_form"),
    Entry(slug="contact-remove", form=WhichForm, deed=_remove_contact),
    # A note about health, and that it no longer holds.
    Entry(slug="health", form=HealthForm, deed=people.write_health_note, shown_as="health_form"),
    Entry(slug="health-end", form=WhichForm, deed=_end_note),
    # A service that takes part from now on, or no longer.
    Entry(slug="enrol", form=EnrolForm, deed=people.enrol, shown_as="enrol_form", takes=_agencies),
    Entry(slug="enrol-end", form=EndForm, deed=people.end_enrolment),
    # A no, and a changed mind.
    Entry(slug="refuse", form=RefuseHelpForm, deed=people.refuse_help, shown_as="refuse_form"),
    Entry(slug="agree", form=AgreeForm, deed=people.end_refusal),
)


def addresses() -> list[URLPattern]:
    """Return the address of each entry, behind the door of the household."""
    return [
        path(
            f"households/<uuid:household_id>/{TAB}/{entry.slug}",
            _view(entry),
            name=f"{TAB}_{entry.slug.replace('-', '_')}",
        )
        for entry in ENTRIES
    ]


def _view(entry: Entry) -> Callable[..., HttpResponse]:
    @opened
    def act(request: HttpRequest, household_id: UUID) -> HttpResponse:
        return _act(request, household_id, entry)

    view: Callable[..., HttpResponse] = login_required(require_POST(act))
    return view


def _act(request: HttpRequest, household_id: UUID, entry: Entry) -> HttpResponse:
    """Do the deed, or show the tab again with what was typed and what is wrong with it."""
    form, shown_as = entry.form(request.POST, **entry.takes()), entry.shown_as
    if not form.is_valid():
        told = [_("적은 것을 고쳐 주세요.")] if shown_as else faults_of(form)
        faults, status = told, WRONG
    else:
        given = {"by": actor_of(reader(request)), "now": now(), **form.cleaned_data}
        faults, status = attempt(lambda: entry.deed(household=household_id, **given))
    if faults:
        more: dict[str, Any] = {"faults": faults, **({shown_as: form} if shown_as else {})}
        return show_tab(request, household_id, TAB, more=more, status=status)
    return redirect("control_room:household_tab", household_id=household_id, slug=TAB)
