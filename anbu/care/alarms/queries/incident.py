"""One alarm from near: why it rose, what was done, whom to ask, what comes next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.people.models import Household, Person
from anbu.care.people.queries import ConsentLine, ContactCard
from anbu.care.people.rules import Leave
from anbu.care.staff.models import Staff

from ..models import Alarm, Step
from ..rules import (
    CRISES,
    OUTCOME_GROUPS,
    STATE_LABELS,
    Kin,
    State,
    at_stake,
    moment,
    span,
)
from .cards import (
    Attempt,
    EntryPage,
    Fact,
    Incident,
    Preview,
    ProtocolStep,
    Row,
    RuleRecord,
    TimelineEntry,
)
from .field import entries_of, field_of
from .groups import Held, held_by
from .queue import crew, row
from .sentences import sentence
from .sight import health_told, visible

DAYS = 90
DO_OF_STATE = {
    State.RAISED: "raised",
    State.CALLING: "call",
    State.ASKING: "contact",
    State.DISPATCHED: "dispatch",
    State.JOINT: "joint",
    State.CLOSED: "closed",
}


def preview(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Preview | None:
    """Return the panel beside the queue, or None where the alarm does not exist for this person."""
    shown = row(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if shown is None:
        return None
    home, person = _home(shown, seen_by)
    told = _told(alarm_id)
    return Preview(
        row=shown,
        address=home.address,
        district=home.dong.district.name,
        building=home.building,
        health=health_told(person.health_note, seen_by=seen_by),
        phone=person.phone,
        patience_hours=told.hours,
        learned=told.learned,
        held=told.held,
        facts=facts(shown, told.hours, now),
        record=rule_record(rule=rule_of(shown.kind, told.learned), now=now),
        attempts=_attempts(timeline(alarm_id=alarm_id, seen_by=seen_by)),
    )


def incident(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Incident | None:
    """Return the whole incident, or None where it does not exist for this person."""
    shown = row(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if shown is None:
        return None
    home, person = _home(shown, seen_by)
    told = _told(alarm_id)
    entries = timeline(alarm_id=alarm_id, seen_by=seen_by)
    return Incident(
        row=shown,
        address=home.address,
        district=home.dong.district.name,
        unit=home.unit,
        building=home.building,
        has_door_note=bool(home.door_note),
        key_holder=home.key_holder,
        hazard_note=home.hazard_note,
        health_note=health_told(person.health_note, seen_by=seen_by),
        phone=person.phone,
        tier=home.tier,
        patience_hours=told.hours,
        contacts=_contacts(home, seen_by),
        consents=_consents(home, seen_by, now),
        leaves=_leaves(shown, seen_by, now),
        protocol=_protocol(shown, entries),
        timeline=entries,
        attempts=_attempts(entries),
        learned=told.learned,
        held=told.held,
        facts=facts(shown, told.hours, now),
        record=rule_record(rule=rule_of(shown.kind, told.learned), now=now),
        outcome_groups={g: tuple(map(str, codes)) for g, codes in OUTCOME_GROUPS.items()},
        colleagues=tuple(mate for mate in crew(seen_by=seen_by) if not mate.is_me),
        field=field_of(alarm_id=alarm_id, seen_by=seen_by),
    )


def entry_page(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> EntryPage | None:
    """Return the decisions to open a door, or None where it does not exist for this person."""
    shown = row(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if shown is None:
        return None
    home, _person = _home(shown, seen_by)
    return EntryPage(
        row=shown,
        address=home.address,
        may_sign=shown.closed_at is None and shown.state == State.JOINT,
        entries=entries_of(alarm_id=alarm_id, seen_by=seen_by),
    )


def timeline(*, alarm_id: UUID, seen_by: Staff) -> tuple[TimelineEntry, ...]:
    """Return what was done so far, newest first; a message's line says what became of it."""
    steps = (
        Step.objects.filter(alarm__in=visible(seen_by=seen_by).filter(id=alarm_id))
        .select_related("by")
        .order_by("-at", "-id")
    )
    return tuple(
        TimelineEntry(
            id=step.pk,
            at=step.at,
            kind=step.kind,
            by=step.by.name if step.by else "",
            detail=step.detail,
            sentence=sentence(step.kind, step.detail),
        )
        for step in steps
    )


RECORD = """
SELECT count(*), count(*) FILTER (WHERE outcome = ANY(%s)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY raised_at - last_sign_at)
FROM alarms_alarm
WHERE closed_at > %s AND kind = %s AND (facts ? 'learned') = %s
"""


def rule_of(kind: str, learned: dict[str, Any] | None) -> str:
    """Return which rule rang: sos, watch (asked softly), learned, or silence (so many hours)."""
    return "learned" if kind == Alarm.Kind.SILENCE and learned is not None else kind


def rule_record(*, rule: str, now: datetime) -> RuleRecord:
    """Return how many alarms of this rule were closed in 90 days, how many were real crises.

    `delay` is the median time from the last life sign to the alarm.
    """
    kind = Alarm.Kind.SILENCE if rule == "learned" else rule
    is_learned = rule in ("learned", Alarm.Kind.WATCH)
    with connection.cursor() as cursor:
        cursor.execute(RECORD, [sorted(CRISES), now - timedelta(days=DAYS), kind, is_learned])
        closed, crises, delay = cursor.fetchone()
    return RuleRecord(rule=rule, days=DAYS, closed=closed, crises=crises, delay=delay)


class _Told(NamedTuple):
    learned: dict[str, Any] | None  # why the learned rule spoke
    hours: int  # that were this home's when it rang
    held: Held | None  # what had kept it back


def _told(alarm_id: UUID) -> _Told:
    learned, hours, held = Alarm.objects.values_list(
        "facts__learned", "facts__patience_hours", "facts__held"
    ).get(id=alarm_id)
    return _Told(learned, hours, held_by(held) if held else None)


def facts(shown: Row, patience_hours: int, now: datetime) -> tuple[Fact, ...]:
    """Return the few figures behind the sentence."""
    strip = shown.strip
    found: list[Fact] = []
    if shown.last_sign_at is not None:
        when = moment(shown.last_sign_at, now)
        found.append(Fact(figure=span(now - shown.last_sign_at), text=f"마지막 활동 {when}"))
    if shown.kind == Alarm.Kind.SILENCE:
        found.append(Fact(figure=f"{patience_hours}시간", text="이 가구에 정한 기다림"))
    if strip is not None:
        if strip.rhythm:
            hours = f"{strip.missing_hours:.0f}시간"
            found.append(Fact(figure=hours, text="평소라면 깨어 있을 시간이 조용히 지남"))
        seen = [lane for lane in strip.lanes if not _blind_now(lane.blind, strip, now)]
        labels = "·".join(lane.label for lane in seen)
        text = f"지금 볼 수 있는 신호: {labels}" if labels else "지금 볼 수 있는 신호가 없음"
        found.append(Fact(figure=f"{len(seen)} / {len(strip.lanes)}", text=text))
    if shown.sign_returned_at is not None:
        when = moment(shown.sign_returned_at, now)
        found.append(Fact(figure=when, text="생활신호가 다시 들어옴"))
    return tuple(found)


def _blind_now(spells: Sequence[tuple[float, float]], strip: Any, now: datetime) -> bool:
    minutes = (now - strip.start).total_seconds() / 60
    return any(first <= minutes <= last + 1 for first, last in spells)


def _attempts(entries: Sequence[TimelineEntry]) -> tuple[Attempt, ...]:
    """Return calls and messages, oldest first; a message once, with its newest status."""
    found: dict[str, Attempt] = {}
    for entry in reversed(entries):
        told = entry.detail
        if entry.kind == Step.Kind.CALL:
            found[f"call {entry.id}"] = Attempt(
                at=entry.at,
                kind="call",
                whom=" ".join(filter(None, (told["relation"], told["name"]))),
                result=told["result"],
                by=entry.by,
                detail=told.get("note", ""),
            )
        elif entry.kind == Step.Kind.MESSAGE:
            first = found.get(told["message"])
            found[told["message"]] = Attempt(
                at=first.at if first else entry.at,
                kind="message",
                whom=told["to"],
                result=told["status"],
                by=first.by if first else entry.by,
                detail=told.get("failure", ""),
            )
    return tuple(sorted(found.values(), key=lambda attempt: attempt.at))


def _protocol(shown: Row, entries: Sequence[TimelineEntry]) -> tuple[ProtocolStep, ...]:
    # The line is the alarm's own frozen ladder, with whatever was done beside it.
    reached: dict[str, datetime] = {"raised": shown.raised_at}
    times: dict[str, int] = {}
    for entry in reversed(entries):
        told = entry.detail
        if entry.kind == Step.Kind.STATE and told.get("to") in set(State):
            reached.setdefault(DO_OF_STATE[State(told["to"])], entry.at)
        if entry.kind == Step.Kind.MESSAGE and told["status"] == "queued":
            reached.setdefault("call", entry.at)
            times["call"] = times.get("call", 0) + 1
        if entry.kind == Step.Kind.CALL:
            do = "contact" if told["whom"] in ("contact", Kin.PARTNER) else "call"
            reached.setdefault(do, entry.at)
            times[do] = times.get(do, 0) + 1
    if shown.closed_at:
        reached["closed"] = shown.closed_at
    present = DO_OF_STATE[State(shown.state)]
    frozen = {"call" if do == "message" else do for do in shown.rungs}
    line = [
        (do, STATE_LABELS[state])
        for state, do in DO_OF_STATE.items()
        if do in frozen or do in reached or do in {present, "closed"}
    ]
    return tuple(
        ProtocolStep(
            no=no,
            do=do,
            label=label,
            state=_stage(do, present, reached, shown),
            at=reached.get(do),
            times=times.get(do, 0),
        )
        for no, (do, label) in enumerate(line, start=1)
    )


def _stage(do: str, present: str, reached: dict[str, datetime], shown: Row) -> str:
    wanted = {"message": "call"}.get(shown.next_do, shown.next_do)
    if shown.closed_at is None and do == (present if shown.waits_for == "visit" else wanted):
        return "now"
    return "done" if do in reached else "next"


def _home(shown: Row, seen_by: Staff) -> tuple[Household, Person]:
    sight = people.seen(seen_by=seen_by, purpose=Purpose("signal", str(shown.id)))
    home = sight.households.select_related("dong__district").get(id=shown.household)
    return home, sight.people.get(household=home)


def _contacts(home: Household, seen_by: Staff) -> tuple[ContactCard, ...]:
    return tuple(
        ContactCard(
            id=c.pk, rank=c.rank, name=c.name, relation=c.relation, phone=c.phone, note=c.note
        )
        for c in people.seen(seen_by=seen_by).contacts.filter(household=home)
    )


def _consents(home: Household, seen_by: Staff, now: datetime) -> tuple[ConsentLine, ...]:
    return people.consents(household=home.id, seen_by=seen_by, at=now)


def _leaves(shown: Row, seen_by: Staff, now: datetime) -> Mapping[str, Leave]:
    urgent = at_stake(kind=shown.kind, level=shown.level)
    found = people.all_leaves(household=shown.household, urgent=urgent, seen_by=seen_by, at=now)
    return {deed.value: leave for deed, leave in found.items()}
