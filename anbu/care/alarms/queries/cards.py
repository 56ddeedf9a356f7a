"""What the control room shows, as plain values: a template cannot ask for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anbu.care.people.queries import ConsentLine, ContactCard
from anbu.care.people.rules import Leave
from anbu.care.readings.queries import Strip

from ..rules import is_flood
from .brakes import BrakeRow
from .calls import CallRow
from .field import EntryCard, Field
from .groups import GroupRow, Held

VIEWS = ("now", "mine", "waiting", "dispatched", "shelved", "unseen", "done")


@dataclass(frozen=True, kw_only=True)
class PeopleMark:
    at: datetime
    kind: str  # reached | missed | visit


@dataclass(frozen=True, kw_only=True)
class Row:
    id: UUID
    version: int
    number: str
    kind: str  # of models.Alarm.Kind
    level: int  # 1 관심, 2 주의, 3 심각
    state: str
    household: UUID
    name: str
    age: int
    sex: str
    chips: tuple[str, ...]
    dong: str
    unit: str
    place: str
    reason: str
    facts: dict[str, Any]  # what the sentence is made of, for the other language
    strip: Strip | None
    strip_later: bool  # the strip was not asked for: a far row's follows when the page is idle
    people: tuple[PeopleMark, ...]
    next_do: str  # message | call | contact | dispatch | joint
    next_whom: str  # "딸 윤OO" for a contact rung
    next_phone: str
    next_contact: int | None
    next_to: str  # who is rung, as the forms say it: person | worker | partner | a contact's id
    workers: tuple[dict[str, Any], ...]  # of the care corps, whom this is about; none: of the home
    of_worker: bool  # its present steps are for a worker, not for who lives there
    after_do: str  # what comes by itself if nobody acts; "" on the last rung, which repeats
    rung_no: int
    rungs: tuple[str, ...]  # the frozen ladder, what is done on each rung
    rung_started_at: datetime
    due_at: datetime
    owner_name: str | None
    owner_post: str | None
    owner_is_me: bool
    tries: int
    waits_for: str  # "" | answer | visit | morning | brake
    shelved_until: datetime | None
    shelved_reason: str
    blind_now: bool
    raised_at: datetime
    last_sign_at: datetime | None
    sign_returned_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    outcome: str

    @property
    def rung_count(self) -> int:
        return len(self.rungs)


@dataclass(frozen=True, kw_only=True)
class CauseRow:
    """Homes that one provider stopped showing at about the same time: one cause, one row."""

    key: str
    provider: str
    provider_name: str
    cause: str  # device | feed
    since: datetime
    homes: int
    with_alarm: int  # of them, homes with an open alarm
    seen_otherwise: int  # homes this provider shows no more either, but another device still does
    owner_post: str


@dataclass(frozen=True, kw_only=True)
class BlindHome:
    """One home that cannot be seen, alone with its trouble: somebody looks after its device."""

    household: UUID
    name: str
    age: int
    sex: str
    place: str
    provider_name: str
    since: datetime
    last_at: datetime | None  # the newest reading
    has_alarm: bool
    owner_post: str


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came in ten minutes: to one person, and to the post."""

    own: int
    arrived: int  # at the post; what a brake holds, or waits for the office, is not counted
    hands: int  # on shift there

    @property
    def is_flood(self) -> bool:
        """Return whether it is more than people can look at one by one."""
        return is_flood(own=self.own, arrived=self.arrived, hands=self.hands)


@dataclass(frozen=True, kw_only=True)
class Mate:
    id: int
    name: str
    open_alarms: int
    is_me: bool


@dataclass(frozen=True, kw_only=True)
class Queue:
    view: str
    rows: tuple[Row, ...]
    total: int  # of this view; the rows stop at 200
    counts: dict[str, int]
    levels: dict[int, int]  # of this view
    causes: tuple[CauseRow, ...]
    brakes: tuple[BrakeRow, ...]  # the mass brake, with what it holds
    groups: tuple[GroupRow, ...]  # one cause for many homes
    calls: tuple[CallRow, ...]  # that came in about a home nobody found yet
    blind_homes: tuple[BlindHome, ...]  # those that no cause row counts; in view 6 only
    crew: tuple[Mate, ...]
    watched: int
    night_consents: int


@dataclass(frozen=True, kw_only=True)
class Attempt:
    at: datetime
    kind: str  # call | message
    whom: str
    result: str  # a call's Result, a message's status
    by: str  # "" = the system
    detail: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    figure: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RuleRecord:
    """How often this rule was right, counted, with nothing left out."""

    rule: str
    days: int
    closed: int
    crises: int
    delay: timedelta | None = None  # median, from the last life sign to the alarm


@dataclass(frozen=True, kw_only=True)
class Preview:
    row: Row
    address: str
    district: str
    building: str
    health: str
    phone: str
    patience_hours: int
    learned: dict[str, Any] | None  # the facts of the learned rule, where it rang
    held: Held | None  # what had kept it back before it rang
    facts: tuple[Fact, ...]
    record: RuleRecord
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    id: int
    at: datetime
    kind: str
    by: str
    detail: dict[str, Any]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class ProtocolStep:
    no: int
    do: str  # raised | call | contact | dispatch | joint | closed
    label: str
    state: str  # done | now | next
    at: datetime | None
    times: int


@dataclass(frozen=True, kw_only=True)
class EntryPage:
    """The decisions to open one door, and whether one may be signed now."""

    row: Row
    address: str
    may_sign: bool
    entries: tuple[EntryCard, ...]


@dataclass(frozen=True, kw_only=True)
class Incident:
    row: Row
    address: str
    district: str
    unit: str
    building: str
    has_door_note: bool
    key_holder: str
    hazard_note: str
    health_note: str
    phone: str
    tier: str
    patience_hours: int
    contacts: tuple[ContactCard, ...]
    consents: tuple[ConsentLine, ...]
    leaves: Mapping[str, Leave]  # by people.rules.Deed: what may be done, and why (not)
    protocol: tuple[ProtocolStep, ...]
    timeline: tuple[TimelineEntry, ...]
    attempts: tuple[Attempt, ...]
    learned: dict[str, Any] | None
    held: Held | None  # what had kept it back before it rang
    facts: tuple[Fact, ...]
    record: RuleRecord
    outcome_groups: dict[str, tuple[str, ...]]
    colleagues: tuple[Mate, ...]
    field: Field  # who is at the door, what they found, what was decided there
