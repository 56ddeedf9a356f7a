"""What stands in a packet for 119 and 112, and what was given to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import queries as people
from anbu.care.people.queries import ContactCard, Home
from anbu.care.people.rules import Deed, Leave
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import FieldJob, Provision, Step
from ..rules import (
    LONGEST_ASIDE,
    MOST_ATTEMPTS,
    MOST_CALLERS,
    MOST_CONTACTS,
    PARTS,
    Caller,
    Part,
    State,
    To,
    aside,
    at_stake,
    code_of,
    size_of,
)
from .cards import Row, TimelineEntry
from .incident import timeline
from .queue import row as row_of
from .sight import visible

LATELY = 20  # provisions shown of one home
AROUND = 20  # letters beside a name and a number: who they are, since when they are there


@dataclass(frozen=True, kw_only=True)
class Given:
    """One provision, without what was given: that is not kept."""

    code: str  # 2026-0001
    to: str  # 119 | 112
    office: str
    person: str
    way: str
    ground: str  # consent | vital
    parts: tuple[str, ...]
    given_at: datetime
    given_by: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the form about a packet has to know."""

    row: Row
    leave: Leave  # on which basis it may be given, or why not without a reason
    reply_to: str  # the number that this post gave last time
    given: tuple[Given, ...]  # for this signal so far, the newest first


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Somebody who is at the home, on the way there, or told us of it: whom to ask and where."""

    role: str  # rules.AgentKind of who was sent, rules.Caller of who telephoned, "" unknown
    is_sent: bool  # else they telephoned
    name: str
    phone: str
    at: datetime  # sent, or telephoned
    arrived_at: datetime | None

    @property
    def letters(self) -> int:
        """Return about how much there is to set: the words around it too."""
        return len(self.name) + len(self.phone) + AROUND


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One packet as it is read aloud or printed: only the parts that its recipient needs."""

    id: UUID
    given: Given
    reply_to: str
    urgent: str
    row: Row
    home: Home
    age: int
    health: str  # "" where the recipient needs none
    contacts: tuple[ContactCard, ...]
    attempts: tuple[TimelineEntry, ...]  # calls out and in, the newest first
    beside: tuple[Beside, ...]  # who is at the door, then who telephoned
    rescue_since: date | None  # of the consent to tell 119 and 112
    made_by: str
    office: str

    @property
    def letters(self) -> int:
        """Return how much there is to set on one page."""
        home = self.home
        told: list[str] = [home.address, home.unit, home.building, self.health, home.key_holder]
        told += [home.hazard_note, self.row.reason, self.urgent]
        told += [each.name + each.relation + each.phone for each in self.contacts]
        told += [aside(each.note) for each in self.contacts]
        told += [each.sentence[: LONGEST_ASIDE * 2] for each in self.attempts]
        return sum(map(len, told)) + sum(each.letters for each in self.beside)

    @property
    def size(self) -> int:
        """Return how small it is set: 0 large … 3."""
        return size_of(self.letters)


def packet_asked(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Asked | None:
    """Return what the form needs; None: there is no such open signal for this person."""
    alarm = visible(seen_by=seen_by).filter(id=alarm_id, closed_at=None).first()
    shown = row_of(alarm_id=alarm_id, seen_by=seen_by, now=now) if alarm else None
    if alarm is None or shown is None:
        return None
    urgent = at_stake(kind=alarm.kind, level=alarm.level)
    urgent = urgent or alarm.ladder[alarm.rung]["do"] == "joint"
    leaves = people.all_leaves(household=alarm.household_id, urgent=urgent, seen_by=seen_by, at=now)
    mine = Provision.objects.filter(given_by__post=seen_by.post_id)
    last = mine.order_by("-given_at", "-id").values_list("reply_to", flat=True).first()
    return Asked(
        row=shown,
        leave=leaves[Deed.SHARE],
        reply_to=last or "",
        given=_lines(Provision.objects.filter(alarm=alarm)),
    )


def packet(*, provision: UUID, seen_by: Staff, now: datetime) -> Packet | None:
    """Return one packet, made anew of what is true now; None: not there, or its signal is over."""
    made = _open(provision, seen_by)
    if made is None:
        return None
    alarm = made.alarm
    task = Purpose("signal", str(alarm.id))
    shown = row_of(alarm_id=alarm.id, seen_by=seen_by, now=now)
    home = people.home(household=alarm.household_id, seen_by=seen_by, purpose=task)
    if shown is None or home is None:
        return None
    entries = timeline(alarm_id=alarm.id, seen_by=seen_by)
    lines = people.consents(household=home.id, seen_by=seen_by, at=now)
    since = next((one.given_at for one in lines if one.kind == "rescue" and one.given_at), None)
    return Packet(
        id=made.id,
        given=_line(made),
        reply_to=made.reply_to,
        urgent=made.urgent,
        row=shown,
        home=home,
        age=now.astimezone(SEOUL).year - home.birth_year,
        health=home.health_note if Part.HEALTH in PARTS[To(made.to)] else "",
        contacts=home.contacts[:MOST_CONTACTS],
        attempts=_attempts(entries),
        beside=(*_at_door(alarm.id, entries), *_callers(entries)),
        rescue_since=since.astimezone(SEOUL).date() if since else None,
        made_by=made.given_by.name,
        office=made.given_by.organisation.name if made.given_by.organisation else "",
    )


def provisions_of(*, household: UUID, actor: Actor) -> tuple[Given, ...]:
    """Return what was given of one home to 119 and 112, the newest first, for who reaches it."""
    sight = people.for_actor(actor, Purpose("citizen"))
    rows = Provision.objects.filter(alarm__household__in=sight.households.filter(id=household))
    return _lines(rows)


def _open(provision: UUID, seen_by: Staff) -> Provision | None:
    """Return a provision whose signal is open and in this person's sight."""
    near = visible(seen_by=seen_by).filter(closed_at=None)
    rows = Provision.objects.select_related("alarm", "given_by__organisation")
    return rows.filter(id=provision, alarm__in=near).first()


def _attempts(entries: Sequence[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    found = [entry for entry in entries if entry.kind in (Step.Kind.CALL, Step.Kind.EVIDENCE)]
    return tuple(found[:MOST_ATTEMPTS])


def _at_door(alarm: UUID, entries: Sequence[TimelineEntry]) -> tuple[Beside, ...]:
    """Return who is on the way or at the door; who has reported and left is not there any more.

    Of somebody sent without a name there is what was noted with it.
    """
    rows = FieldJob.objects.filter(alarm=alarm, done_at=None, withdrawn_at=None).order_by("id")
    return tuple(
        Beside(
            role=row.kind,
            is_sent=True,
            name=row.name or _sent_with(entries),
            phone=row.phone,
            at=row.sent_at,
            arrived_at=row.arrived_at,
        )
        for row in rows
    )


def _sent_with(entries: Sequence[TimelineEntry]) -> str:
    """Return the note that was written when somebody was sent last."""
    for entry in entries:
        if entry.kind == Step.Kind.STATE and entry.detail.get("to") == State.DISPATCHED:
            return str(entry.detail.get("note") or "")
    return ""


def _callers(entries: Sequence[TimelineEntry]) -> tuple[Beside, ...]:
    """Return who else telephoned about this home, the newest first."""
    told = [one for one in entries if one.detail.get("what") == "call"]
    calls = [one for one in told if one.detail["caller"] != Caller.SELF]
    return tuple(
        Beside(
            role=str(call.detail["caller"]),
            is_sent=False,
            name="",
            phone=str(call.detail["call_back"]),
            at=call.at,
            arrived_at=None,
        )
        for call in calls[:MOST_CALLERS]
    )


def _lines(rows: Any) -> tuple[Given, ...]:
    found = rows.select_related("given_by").order_by("-given_at", "-nth", "id")[:LATELY]
    return tuple(_line(row) for row in found)


def _line(row: Provision) -> Given:
    return Given(
        code=code_of(row.year, row.nth),
        to=row.to,
        office=row.office,
        person=row.person,
        way=row.way,
        ground=row.ground,
        parts=tuple(row.parts),
        given_at=row.given_at,
        given_by=row.given_by.name,
    )
