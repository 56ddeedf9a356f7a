"""From tables to rows, for many alarms in a constant number of questions."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from anbu.care.people import queries as people
from anbu.care.people.models import Contact
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.readings import queries as readings
from anbu.care.readings.queries import Strip
from anbu.care.staff.models import Staff

from ..models import Alarm, Blindness, Step
from ..rules import (
    KIN_LABELS,
    Colleague,
    Kin,
    Result,
    is_about_worker,
    reason,
    who_is_called,
    workers_of,
)
from .cards import PeopleMark, Row
from .sight import health_told

HOURS = 72
LONGEST_CHIP = 8
REACHED = {Result.SAFE, Result.HELP}
VISITS = {"dispatched", "joint"}
OF_ALARM = (  # what a row shows of its alarm; two hundred rows need no model objects
    "id",
    "version",
    "number",
    "kind",
    "level",
    "state",
    "household_id",
    "reason",
    "facts",
    "rung",
    "rung_started_at",
    "rung_due_at",
    "owner_staff_id",
    "owner_post_id",
    "tries",
    "waits_for",
    "shelved_until",
    "shelved_reason",
    "raised_at",
    "last_sign_at",
    "sign_returned_at",
    "closed_at",
    "closed_by_id",
    "outcome",
)
AT_HOME = (
    "household_id",
    "name",
    "birth_year",
    "sex",
    "health_note",
    "phone",
    "household__unit",
    "household__dong__name",
)


@dataclass(frozen=True)
class Names:
    """Who can hold or close an alarm: few people and posts, for many alarms."""

    staff: dict[int | None, str]
    posts: dict[int | None, str]


def rows_of(
    *, found: QuerySet[Alarm], seen_by: Staff, now: datetime, whole: int | None = None
) -> tuple[Row, ...]:
    """Return the rows of these alarms, in their order; beyond the first `whole` without strips."""
    told = found.annotate(frozen=Cast("ladder", TextField()))
    alarms = list(told.values_list(*OF_ALARM, "frozen", named=True))
    homes = {alarm.household_id for alarm in alarms}
    near = {alarm.household_id for alarm in alarms[:whole]}
    sight = people.seen(seen_by=seen_by)
    living = sight.people.filter(household__in=homes)
    persons = {one.household_id: one for one in living.values_list(*AT_HOME, named=True)}
    asking = {alarm.household_id for alarm in alarms if _asks_contact(alarm)}
    contacts = _contacts(sight, asking)
    marks = marks_of(near, now) if near else {}
    blind = set(
        Blindness.objects.filter(household__in=homes, ended_at=None).values_list(
            "household_id", flat=True
        )
    )
    open_homes = {alarm.household_id for alarm in alarms[:whole] if alarm.closed_at is None}
    names = _names(alarms)
    strips = {}
    if open_homes:
        strips = readings.strips(households=open_homes, now=now, hours=HOURS, seen_by=seen_by)
    return tuple(
        _row(
            alarm,
            persons[alarm.household_id],
            contacts.get(alarm.household_id, ()),
            marks.get(alarm.household_id, ()),
            strips.get(alarm.household_id),
            alarm.household_id not in near,
            alarm.household_id in blind,
            names,
            seen_by,
            now,
        )
        for alarm in alarms
    )


def _row(
    alarm: Any,
    person: Any,
    contacts: Sequence[Contact],
    marks: tuple[PeopleMark, ...],
    strip: Strip | None,
    strip_later: bool,
    blind: bool,
    names: Names,
    seen_by: Staff,
    now: datetime,
) -> Row:
    ladder = _ladder(alarm.frozen)
    do = ladder[alarm.rung]
    # The second contact rung asks the second contact, and so on; the last one is asked again.
    asked = ladder[: alarm.rung].count("contact")
    contact = contacts[min(asked, len(contacts) - 1)] if do == "contact" and contacts else None
    colleague = who_is_called(alarm.facts, do)
    if is_about_worker(alarm.facts):
        contact = None
    return Row(
        id=alarm.id,
        version=alarm.version,
        number=alarm.number,
        kind=alarm.kind,
        level=alarm.level,
        state=alarm.state,
        household=alarm.household_id,
        name=person.name,
        age=now.astimezone(SEOUL).year - person.birth_year,
        sex=person.sex,
        chips=_chips(health_told(person.health_note, seen_by=seen_by)),
        dong=person.household__dong__name,
        unit=person.household__unit,
        place=" · ".join(filter(None, (person.household__dong__name, person.household__unit))),
        reason=reason(alarm.facts, alarm.closed_at or now),
        facts=alarm.facts,
        strip_later=strip_later,
        strip=replace(strip, level=alarm.level) if strip else None,
        people=marks,
        next_do=do,
        next_whom=_whom(contact, colleague),
        next_phone=(contact or colleague or person).phone,
        next_contact=contact.pk if contact else None,
        next_to=str(colleague.kin if colleague else contact.pk if contact else "person"),
        workers=workers_of(alarm.facts),
        of_worker=is_about_worker(alarm.facts),
        after_do=_after(ladder, alarm.rung),
        rung_no=alarm.rung + 1,
        rungs=ladder,
        rung_started_at=alarm.rung_started_at,
        due_at=alarm.rung_due_at or alarm.rung_started_at,
        owner_name=names.staff.get(alarm.owner_staff_id),
        owner_post=names.posts.get(alarm.owner_post_id),
        owner_is_me=alarm.owner_staff_id == seen_by.pk,
        tries=alarm.tries,
        waits_for=alarm.waits_for,
        shelved_until=alarm.shelved_until,
        shelved_reason=alarm.shelved_reason,
        blind_now=blind,
        raised_at=alarm.raised_at,
        last_sign_at=alarm.last_sign_at,
        sign_returned_at=alarm.sign_returned_at,
        closed_at=alarm.closed_at,
        closed_by=names.staff.get(alarm.closed_by_id, ""),
        outcome=alarm.outcome,
    )


def _whom(contact: Contact | None, colleague: Colleague | None) -> str:
    if colleague is not None:
        return f"{KIN_LABELS[colleague.kin]} {colleague.name}"
    return f"{contact.relation} {contact.name}" if contact else ""


def _names(alarms: Sequence[Any]) -> Names:
    hands = {one for alarm in alarms for one in (alarm.owner_staff_id, alarm.closed_by_id) if one}
    posts = {alarm.owner_post_id for alarm in alarms if alarm.owner_post_id}
    return Names(
        staff=dict(Staff.objects.filter(id__in=hands).values_list("id", "name")),
        posts=dict(Post.objects.filter(id__in=posts).values_list("id", "name")),
    )


@lru_cache(maxsize=256)
def _ladder(frozen: str) -> tuple[str, ...]:
    """Return what the rungs of a ladder do; a city's alarms run on few different ones."""
    return tuple(rung["do"] for rung in json.loads(frozen))


def _asks_contact(alarm: Any) -> bool:
    return bool(_ladder(alarm.frozen)[alarm.rung] == "contact")


def _after(ladder: Sequence[str], rung: int) -> str:
    return ladder[rung + 1] if rung + 1 < len(ladder) else ""


def _chips(health: str) -> tuple[str, ...]:
    first = health.split("·")[0].strip()
    return (first,) if 0 < len(first) <= LONGEST_CHIP else ()


def _contacts(sight: people.Sight, homes: Collection[UUID]) -> dict[UUID, list[Contact]]:
    found: dict[UUID, list[Contact]] = {}
    for contact in sight.contacts.filter(household__in=homes):
        found.setdefault(contact.household_id, []).append(contact)
    return found


def marks_of(homes: Collection[UUID], now: datetime) -> dict[UUID, tuple[PeopleMark, ...]]:
    """Return who was reached or visited in these homes; only for a reader already let in."""
    steps = (
        Step.objects.filter(
            alarm__household__in=homes,
            at__gt=now - timedelta(hours=HOURS),
            kind__in=[Step.Kind.CALL, Step.Kind.STATE],
        )
        .order_by("at", "id")
        .values_list("alarm__household_id", "at", "kind", "detail")
    )
    found: dict[UUID, list[PeopleMark]] = {}
    for home, at, kind, detail in steps:
        if detail.get("whom") in set(Kin):
            continue  # a colleague was rung, not who lives there
        if kind == Step.Kind.CALL:
            mark = "reached" if detail.get("result") in REACHED else "missed"
        elif detail.get("to") in VISITS:
            mark = "visit"
        else:
            continue
        found.setdefault(home, []).append(PeopleMark(at=at, kind=mark))
    return {home: tuple(marks) for home, marks in found.items()}
