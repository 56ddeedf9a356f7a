"""The tabs of a household's page, one line each. A new tab is a function and a line in TABS."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as lazy

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.alarms.queries import Head
from anbu.care.alarms.rules import Level
from anbu.care.assess import queries as assess
from anbu.care.assess.rules import ASSESSES, DECIDES, READS
from anbu.care.people.queries import (
    AbsenceCard,
    absences,
    all_leaves,
    asking_of,
    consent_history,
    health_notes,
    history,
    lost_with,
    numbers,
)
from anbu.care.places import queries as places
from anbu.care.readings import queries as readings
from anbu.care.readings.queries import Rule
from anbu.care.readings.rules import Detector
from anbu.care.rounds.actions import looking as rounds
from anbu.care.rounds.queries.hazards import hazards_of
from anbu.care.rounds.queries.paces import pace_lines
from anbu.care.staff.rules import CARES

from .assess_forms import AnswersForm, ReplyForm, RequestForm, TierForm
from .consent_forms import ConsentForm, WithdrawForm
from .details_forms import (
    AddressForm,
    ContactForm,
    EnrolForm,
    HealthForm,
    PhoneForm,
    RefuseHelpForm,
    SendForm,
)
from .forms import AbsenceEndForm, AbsenceForm, RuleForm
from .round_forms import HazardForm, LinkForm, PaceForm, RefusalForm, TellForm, YesForm
from .wish_forms import AskingForm, PatienceForm

UUID_WORDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNHEARD = timedelta(hours=24)  # how far back the page counts what was not taken in
ZOOMS = {"72h": 0, "2w": 14, "1y": 365}  # days; nought: the strip of 72 hours


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a tab is made of: the household that was opened, its reader, and the address's words."""

    household: UUID
    head: Head
    seen_by: Any
    now: datetime
    words: QueryDict


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab: its place in the address, its name, its template, and what fills it."""

    slug: str
    label: Any
    template: str
    fill: Callable[[Asked], dict[str, Any]]
    roles: frozenset[str] = frozenset()  # who may open it; none named: who may open the page


def _glance(asked: Asked) -> dict[str, Any]:
    zoom = asked.words.get("zoom", "72h")
    if zoom not in ZOOMS:
        raise Http404
    glance = queries.glance(head=asked.head, days=ZOOMS[zoom], seen_by=asked.seen_by, now=asked.now)
    course = queries.protocol_of(household=asked.household, seen_by=asked.seen_by, now=asked.now)
    return {"glance": glance, "course": course, "zoom": zoom, "zooms": list(ZOOMS)}


def _signals(asked: Asked) -> dict[str, Any]:
    present = readings.present_rule(household=asked.household, seen_by=asked.seen_by, now=asked.now)
    form = RuleForm(asked.words if "detector" in asked.words else None, present=present)
    found = None
    if form.is_bound and form.is_valid() and present is not None:
        rule = Rule(
            detector=Detector(form.cleaned_data["detector"]),
            hours=form.cleaned_data["hours"] or present.hours,
            theta=form.cleaned_data["theta"] or present.theta,
            watch=form.cleaned_data["watch"] or present.watch,
        )
        found = alarms.try_rule(
            household=asked.household, rule=rule, seen_by=asked.seen_by, now=asked.now
        )
    return {
        "learned": readings.learned(household=asked.household, seen_by=asked.seen_by),
        "present": present,
        "form": form,
        "found": found,
        "tried": form.is_bound and not form.errors,
    }


def _records(asked: Asked) -> dict[str, Any]:
    rows = queries.records(
        household=asked.household, seen_by=asked.seen_by, before=_before(asked.words)
    )
    return {"records": rows, "more": rows[-1].id if len(rows) == queries.AT_ONCE else None}


def _consents(asked: Asked) -> dict[str, Any]:
    who = {"household": asked.household, "seen_by": asked.seen_by, "at": asked.now}
    cards = consent_history(**who)
    found = {
        "consents": cards,
        "leaves": all_leaves(**who, urgent=_at_stake(asked.head)).items(),
        "unheard": readings.unheard(
            household=asked.household, since=asked.now - UNHEARD, seen_by=asked.seen_by
        ),
        "form": ConsentForm(vendors=places.organisations("vendor")),
    }
    chosen = _number(asked.words, "withdraw")
    leaving = next((card for card in cards if card.id == chosen), None)
    loss = lost_with(**who, consent=leaving.id) if leaving else None
    if loss:
        found |= {"leaving": leaving, "loss": loss, "withdraw_form": WithdrawForm()}
    return found


def _at_stake(head: Head) -> bool:
    return head.level is not None and head.level >= Level.CRITICAL


def _looks(asked: Asked) -> dict[str, Any]:
    rows = queries.looks(
        household=asked.household, seen_by=asked.seen_by, before=_before(asked.words)
    )
    more = rows[-1][0] if len(rows) == queries.AT_ONCE else None
    return {"looks": [look for _id, look in rows], "more": more}


def _before(words: QueryDict) -> int | None:
    return _number(words, "before")


def _number(words: QueryDict, name: str) -> int | None:
    text = words.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _absence(asked: Asked) -> dict[str, Any]:
    rows = absences(household=asked.household, seen_by=asked.seen_by)
    present = next((row for row in rows if row.ended_at is None), None)
    return {
        "present": present,
        "past": [row for row in rows if row.ended_at is not None],
        "form": AbsenceEndForm() if present else AbsenceForm(),
        "sign_away": _sign_in(asked.head, present),
    }


def _sign_in(head: Head, present: AbsenceCard | None) -> datetime | None:
    """Return the last life sign that came although nobody is at home."""
    last = head.clock.last_sign_at if head.clock else None
    return last if present and last and last > present.begins_at else None


def _assess(asked: Asked) -> dict[str, Any]:
    folder = assess.folder(household=asked.household, seen_by=asked.seen_by, now=asked.now)
    code = asked.words.get("with", "")
    instrument = assess.instrument(code) if code else None
    if folder is None or (code and (instrument is None or not instrument.can_be_used)):
        raise Http404
    return {
        "folder": folder,
        "instruments": assess.instruments(),
        "instrument": instrument,
        "form": AnswersForm(instrument=instrument) if instrument else None,
        "tier_form": TierForm(),
        "request_form": RequestForm(),
        "reply_form": ReplyForm(),
        "may_assess": asked.seen_by.role in ASSESSES,
        "may_decide": asked.seen_by.role in DECIDES,
    }


def _asking(asked: Asked) -> dict[str, Any]:
    """Fill in how this person is asked and how long the machine waits. Three queries more."""
    wish = asking_of(household=asked.household, seen_by=asked.seen_by)
    told = (
        {}
        if wish is None
        else {
            "quiet_from": wish.quiet_from,
            "quiet_until": wish.quiet_until,
            "ask_by": wish.by,
            "ask_hour": wish.hour,
        }
    )
    lines = readings.own_patience(household=asked.household, seen_by=asked.seen_by)
    hours = asked.head.clock.hours if asked.head.clock else None
    return {
        "asking_form": AskingForm(initial=told),
        "patience_form": PatienceForm(),
        "hours": hours,
        "lines": lines,
    }


def _details(asked: Asked) -> dict[str, Any]:
    """Fill in what is written down about person and home. Thirteen queries more."""
    home = asked.head.home
    told = {"household": asked.household, "seen_by": asked.seen_by}
    past = history(**told)
    services = past.services if past else ()
    return {
        "past": past,
        "taking_part": [each for each in services if not each.is_refusal and not each.until],
        "refused": [each for each in services if each.is_refusal and not each.until],
        "services_past": [each for each in services if each.until],
        "numbers": numbers(**told, now=asked.now),
        "notes": health_notes(**told),
        "may_change": asked.seen_by.role in CARES,
        "address_form": AddressForm(
            initial={"address": home.address, "unit": home.unit, "is_protected": home.is_protected}
        ),
        "send_form": SendForm(dongs=places.dongs()),
        "phone_form": PhoneForm(),
        "contact_form": ContactForm(),
        "health_form": HealthForm(),
        "enrol_form": EnrolForm(agencies=places.organisations("agency")),
        "refuse_form": RefuseHelpForm(),
    }


def _rounds(asked: Asked) -> dict[str, Any]:
    """Fill in the round of this person: the clock, the log a page at a time, promises, help."""
    before = asked.words.get("before", "")
    found = rounds.open_person(
        household=asked.household,
        before=UUID(before) if UUID_WORDS.fullmatch(before) else None,
        seen_by=asked.seen_by,
        now=asked.now,
    )
    return {
        "round": found,
        "tell_form": TellForm(auto_id=False),
        "link_form": LinkForm(auto_id=False, initial={"on": localdate(asked.now)}),
        "may_tell": asked.seen_by.role in ("planner", "nurse"),
        "right": asked.words.get("right", ""),
        "paces": pace_lines(household=asked.household, seen_by=asked.seen_by),
        "hazards": hazards_of(household=asked.household, seen_by=asked.seen_by, now=asked.now),
        "hazard_form": HazardForm(auto_id=False),
        "pace_form": PaceForm(auto_id=False),
        "refusal_form": RefusalForm(auto_id=False),
        "yes_form": YesForm(auto_id=False),
    }


TABS = (
    Tab(slug="", label=lazy("한눈에"), template="glance", fill=_glance),
    Tab(slug="signals", label=lazy("생활신호"), template="signals", fill=_signals),
    Tab(slug="details", label=lazy("등록 정보"), template="details", fill=_details),
    Tab(slug="absence", label=lazy("부재"), template="absence", fill=_absence),
    Tab(slug="asking", label=lazy("묻는 방법"), template="asking", fill=_asking),
    Tab(slug="rounds", label=lazy("안부 기록"), template="rounds", fill=_rounds, roles=CARES),
    Tab(slug="records", label=lazy("기록"), template="records", fill=_records),
    Tab(slug="assess", label=lazy("평가"), template="assess", fill=_assess, roles=READS),
    Tab(slug="consents", label=lazy("동의"), template="consents", fill=_consents),
    Tab(slug="looks", label=lazy("열람 기록"), template="looks", fill=_looks),
)


def tabs_of(role: str) -> tuple[Tab, ...]:
    """Return the tabs that this role may open."""
    return tuple(tab for tab in TABS if not tab.roles or role in tab.roles)


BY_SLUG = {tab.slug: tab for tab in TABS}
