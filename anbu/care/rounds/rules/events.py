"""What a telephone tells: events that never change, each with an id and a number of its own.

A batch is JSON: `{"events": [...]}`. Each event is read by itself, so that one that cannot be read
keeps none of the others out; what cannot be read is kept as it came, for a person.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from .contacts import Heard, Kind, LinkKind, Mood, NotAllowed, Result, check_contact
from .diary import check_amount
from .merge import Guarded

NUL = rb"\u0000"  # no table can hold it
MOST_AT_ONCE = 500  # a day's work is some thirty; what waited for a week goes in parts
NOTE_LENGTH = 300
WHAT_LENGTH = 80  # of what was brought about
MOST_MINUTES = 240
AHEAD_S = 300.0  # a telephone's clock may be so far before ours
BEHIND = timedelta(days=92)  # older than a quarter: the telephone's clock began anew
MOST = 2**31 - 1  # of any number that is counted here


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="what"):
    """What every event has: its id (UUIDv7), its number on the telephone, and its moment."""

    id: UUID
    seq: int
    at: datetime
    home: UUID


class Logged(Event, frozen=True, tag="contact"):
    """A try to reach somebody, and what came of it."""

    kind: Kind
    result: Result
    mood: Mood | None = None
    heard: tuple[Heard, ...] = ()
    note: str = ""
    minutes: int = 0
    next_on: date | None = None
    partner: int | None = None
    replaces: UUID | None = None
    wants: tuple[Heard, ...] = ()  # of what was heard, what the dong is asked to look after


class Linked(Event, frozen=True, tag="link"):
    """Help that was brought about."""

    kind: LinkKind
    text: str
    amount_krw: int = 0
    contact: UUID | None = None


class Said(Event, frozen=True, tag="told"):
    """Another word about something that changes only when a person chooses."""

    field: Guarded
    value: str
    was: str = ""


class Begun(Event, frozen=True, tag="inside"):
    """A visit begins: from here on the clock of the server runs."""

    minutes: int
    partner: int


class Longer(Event, frozen=True, tag="longer"):
    """Ten minutes more."""

    visit: UUID


class Fine(Event, frozen=True, tag="fine"):
    """The worker is well, and stays."""

    visit: UUID


class Out(Event, frozen=True, tag="out"):
    """The worker is out of the door."""

    visit: UUID


type AnyEvent = Logged | Linked | Said | Begun | Longer | Fine | Out


class Unreadable(msgspec.Struct, frozen=True):
    """What came and is no event, with the reason in the reader's words."""

    raw: bytes
    why: str


def read_events(body: bytes, *, now: datetime) -> tuple[list[AnyEvent], list[Unreadable]]:
    """Return the events of a batch, and what in it could not be read.

    Raises:
        NotAllowed: the batch is no batch.
    """
    try:
        raw = msgspec.json.decode(body, type=dict[str, list[msgspec.Raw]])["events"]
    except (msgspec.MsgspecError, KeyError):
        raise NotAllowed("전화가 보낸 것을 읽을 수 없습니다.") from None
    if len(raw) > MOST_AT_ONCE:
        raise NotAllowed("한 번에 보낸 기록이 너무 많습니다.")
    events: list[AnyEvent] = []
    strange: list[Unreadable] = []
    for each in raw:
        try:
            if NUL in bytes(each):
                raise NotAllowed("적을 수 없는 글자가 있습니다.")
            event = msgspec.json.decode(each, type=AnyEvent.__value__)
            check_event(event, now=now)
        except (msgspec.MsgspecError, NotAllowed) as trouble:
            strange.append(Unreadable(raw=bytes(each), why=str(trouble)))
        else:
            events.append(event)
    return events, strange


def check_event(event: AnyEvent, *, now: datetime) -> None:
    """Refuse what says something that cannot be so."""
    if event.at.tzinfo is None:
        raise NotAllowed("언제인지에 시간대가 없습니다.")
    if (event.at - now).total_seconds() > AHEAD_S:
        raise NotAllowed("전화의 시계가 앞서 있습니다. 시각을 확인해 주세요.")
    if now - event.at > BEHIND:
        raise NotAllowed("전화의 시계가 너무 늦습니다. 시각을 확인해 주세요.")
    if not 1 <= event.seq <= MOST:
        raise NotAllowed("전화가 센 번호가 맞지 않습니다.")
    if isinstance(event, Logged | Begun) and not 0 <= (event.partner or 0) <= MOST:
        raise NotAllowed("짝을 다시 골라 주세요.")
    if isinstance(event, Begun) and not 0 <= event.minutes <= 24 * 60:
        raise NotAllowed("방문 시간은 10분에서 2시간 사이로 정해 주세요.")
    if isinstance(event, Linked):
        check_amount(event.amount_krw)
        if not 0 < len(event.text.strip()) <= WHAT_LENGTH:
            raise NotAllowed("무엇을 연계했는지 80자까지 적어 주세요.")
    if isinstance(event, Logged):
        check_contact(event.kind, event.result, event.mood, event.heard)
        if len(event.note) > NOTE_LENGTH or not 0 <= event.minutes <= MOST_MINUTES:
            raise NotAllowed("메모는 300자, 시간은 4시간까지 적을 수 있습니다.")
        if not set(event.wants) <= set(event.heard):
            raise NotAllowed("들은 것만 부탁할 수 있습니다.")


def in_order(events: Sequence[AnyEvent]) -> list[AnyEvent]:
    """Return the events of one telephone as it counted them."""
    return sorted(events, key=lambda event: (event.seq, event.id))


def homes_of(events: Sequence[AnyEvent]) -> set[UUID]:
    """Return whose homes these events speak of."""
    return {event.home for event in events}


def plain(event: AnyEvent) -> dict[str, Any]:
    """Return an event as it is kept beside its row."""
    return dict(msgspec.to_builtins(event))
