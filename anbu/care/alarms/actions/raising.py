"""Raising alarms: what the readings found becomes work that somebody owns."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError, transaction

from anbu.care.effects import queries as effects
from anbu.care.foundation.actions import crash_point, insert_all, record_each
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.readings import actions as readings
from anbu.care.readings.queries import Cry, Judged, Silent

from ..models import Alarm, Blindness, Step
from ..rules import HELD, Level, State, freeze, reason
from .asking import Found, end_questions, found_still, insist, questions, returned
from .braking import hold_back
from .duty import Roster, roster
from .ledger import (
    CLOCK,
    SYSTEM,
    Change,
    announce,
    announce_causes,
    give,
    stand,
    write_all,
    write_steps,
)
from .making import basis_of, cry_courses
from .numbering import next_numbers
from .outbox import ask_home, post_messages, tell_duty

AT_ONCE = 500
JUDGED_AT_ONCE = 2_000  # forty queries, however many; locks last under a second
ASIDE = timedelta(minutes=5)  # how long a home whose alarm cannot be written is set aside

log = structlog.get_logger()


def raise_next_silence(*, now: datetime) -> bool:
    """Judge the homes that are due and write down what has become of them, some hundred at once."""
    return _one_bad_row_hides_nobody(lambda limit: _take_judgement(now=now, limit=limit), now)


@transaction.atomic
def raise_next_sos(*, now: datetime) -> bool:
    """Raise an alarm for each cry for help not yet heard, the oldest first."""
    cries = readings.claim_cries(now=now, limit=AT_ONCE)
    if cries:
        crash_point("cry_claimed")
        transaction.on_commit(lambda: crash_point("cry_after_commit"))
    first: dict[UUID, Cry] = {}
    for cry in cries:
        first.setdefault(cry.household, cry)
    missed = write_alarms([_cry_found(cry) for cry in first.values()], now=now)
    again = [cry for cry in cries if first[cry.household] is not cry]
    _hear_again([cry for cry in first.values() if cry.household in missed] + again, now)
    return bool(cries)


def _one_bad_row_hides_nobody(step: Callable[[int], Judged], now: datetime) -> bool:
    try:
        return bool(step(JUDGED_AT_ONCE).looked)
    except OperationalError:
        raise  # the database is away or we were in somebody's way: the job tries again
    except (DatabaseError, LookupError, ValueError) as error:
        # The first line only: what follows may quote the row, and logs name nobody.
        told = str(error).split("\n", maxsplit=1)[0]
        log.error("silence_batch_failed", kind=type(error).__name__, error=told)
    aside: list[UUID] = []
    for _ in range(AT_ONCE):
        judged: list[Judged] = []
        try:
            with transaction.atomic():
                judged.append(readings.judge_next(now=now, limit=1))
                _write_judgement(judged[0], now=now)
            if not judged[0].looked:
                break
        except (DatabaseError, LookupError, ValueError):
            if not judged:
                raise  # judging itself failed: nobody can say whose row it was
            for home in {silent.household for silent in judged[0].silent} | {
                blind.household for blind in judged[0].blind
            }:
                readings.push_aside(household=home, until=now + ASIDE)
                aside.append(home)
    log.error("homes_set_aside", households=[str(home) for home in aside])
    return True


@transaction.atomic
def _take_judgement(*, now: datetime, limit: int) -> Judged:
    judged = readings.judge_next(now=now, limit=limit)
    if judged.silent:
        crash_point("silence_judged")
    _write_judgement(judged, now=now)
    if judged.silent:
        crash_point("silence_before_commit")
        transaction.on_commit(lambda: crash_point("silence_after_commit"))
    return judged


def _write_judgement(judged: Judged, *, now: datetime) -> None:
    watched = people.agreed(
        households=[s.household for s in judged.silent], kind="monitoring", at=now
    )
    found = [_silence_found(silent) for silent in judged.silent if silent.household in watched]
    missed = write_alarms(found, now=now)
    missed -= insist(missed, now=now)
    write_alarms(questions(judged.asked, now=now), now=now)
    answered = end_questions(judged.sign_again, now=now)
    news: list[tuple[UUID, dict[str, Any]]] = [
        (home, {"what": "silence", "at": now.isoformat()}) for home in missed
    ]
    news += [(b.household, {"what": "blind", "at": b.since.isoformat()}) for b in judged.blind]
    news += [(s.household, {"what": "seen", "at": s.at.isoformat()}) for s in judged.seen_again]
    signs = {s.household: s.at for s in judged.sign_again}
    news += [
        (s.household, {"what": "sign", "channel": s.channel, "at": s.at.isoformat()})
        for s in judged.sign_again
        if s.household not in answered
    ]
    write_evidence(news, signs, now)
    _write_blindness(judged, now)


def _silence_found(silent: Silent) -> Found:
    return found_still(silent, kind=Alarm.Kind.SILENCE, rule="still")


def _cry_found(cry: Cry) -> Found:
    return Found(
        household=cry.household,
        kind=Alarm.Kind.SOS,
        due_at=cry.said_at,
        last_sign_at=cry.said_at,
        facts=_cry_facts(cry),
    )


def _cry_facts(cry: Cry) -> dict[str, Any]:
    said = cry.said_at.isoformat()
    return {"rule": "sos", "words": cry.words, "said_at": said, "device": cry.device}


def write_alarms(found: Sequence[Found], *, now: datetime) -> set[UUID]:
    """Write one alarm for each finding; return the homes that have an open one already."""
    if not found:
        return set()
    ordered = sorted(found, key=lambda one: one.household)  # always lock in the same order
    basis = basis_of(ordered, now=now)
    words = effects.templates_in_force(now=now)
    numbers = next_numbers(len(ordered), now)
    made = [basis.change(one, number) for one, number in zip(ordered, numbers, strict=True)]
    changes = [change for change in made if _can_be_asked(change.alarm)]
    hold_back(changes, now=now)
    messages = [
        ask_home(
            change,
            person=basis.addressees[change.alarm.household_id],
            wordings=words,
            now=now,
        )
        for change in changes
        if change.alarm.ladder[0]["do"] == "message" and change.alarm.waits_for != "morning"
    ]
    written = insert_all((change.alarm for change in changes), skip_conflicts=True)
    new = [change for change in changes if change.alarm.id in written]
    post_messages([message for message in messages if message.alarm_id in written])
    # whoever took a call has it in hand: nobody else need be told
    tell_duty([change for change in new if change.alarm.kind != Alarm.Kind.CALL], now=now)
    write_steps(new, now=now)
    announce(change.alarm for change in new if change.alarm.waits_for != HELD)
    return {c.alarm.household_id for c in changes if c.alarm.id not in written}


def _can_be_asked(alarm: Alarm) -> bool:
    """Say whether this is anybody's matter: a question that cannot be asked is none."""
    return alarm.kind != Alarm.Kind.WATCH or alarm.waits_for == "answer"


def _hear_again(cries: Iterable[Cry], now: datetime) -> None:
    """Make a cry from a home with an open alarm the gravest evidence: level and ladder rise."""
    by_home: dict[UUID, list[Cry]] = {}
    for cry in cries:
        by_home.setdefault(cry.household, []).append(cry)
    alarms = open_alarms(by_home)
    known = roster(homes=[(a.household_id, a.household.dong_id) for a in alarms], now=now)
    courses = cry_courses([alarm.household_id for alarm in alarms], now=now) if alarms else {}
    changes = []
    for alarm in alarms:
        change = Change(alarm, "hear_sos")
        for cry in by_home[alarm.household_id]:
            change.step(Step.Kind.EVIDENCE, what="sos", at=cry.said_at.isoformat(), words=cry.words)
        last = by_home[alarm.household_id][-1]
        alarm.facts = alarm.facts | _cry_facts(last)
        alarm.reason = reason(alarm.facts, now)
        course = courses[alarm.household_id]
        ladder = freeze(course.rungs)
        if alarm.ladder != ladder and State(alarm.state) is not State.JOINT:
            alarm.ladder, alarm.waits_for = ladder, ""
            alarm.protocol_id, alarm.confirms = course.protocol, course.confirms
            stand(change, rung=0, now=now)
            seat_for_cry(change, known, now)
        alarm.level = int(Level.CRITICAL)
        alarm.shelved_until, alarm.shelved_reason = None, ""
        changes.append(change)
    write_all(changes, now=now)
    tell_duty(changes, now=now)


def seat_for_cry(change: Change, known: Roster, now: datetime) -> None:
    """Put a signal that became a cry, and nobody's in person, with the post on duty."""
    alarm = change.alarm
    if alarm.owner_staff_id is not None:
        return
    chair = known.chair(
        household=alarm.household_id,
        dong=alarm.household.dong_id,
        level=Level.CRITICAL,
        cried=True,
    )
    if alarm.owner_post_id != chair.post.id:
        give(change, to=chair.post, now=now, how="back")


def write_evidence(
    news: Sequence[tuple[UUID, dict[str, Any]]], signs: dict[UUID, datetime], now: datetime
) -> None:
    """Put what was noticed on the timelines of open alarms; level and owner stay as they are."""
    changes = {
        alarm.household_id: Change(alarm, "evidence")
        for alarm in open_alarms({home for home, _ in news})
    }
    for home, told in news:
        if home in changes:
            changes[home].step(Step.Kind.EVIDENCE, **told)
            if home in signs:
                returned(changes[home].alarm, at=signs[home])
    write_all(list(changes.values()), now=now)


def _write_blindness(judged: Judged, now: datetime) -> None:
    if not judged.blind and not judged.seen_again:
        return
    homes = dict(
        people.for_actor(CLOCK, Purpose("machine", "blind"))
        .households.filter(id__among=[b.household for b in judged.blind])
        .values_list("id", "dong_id")
    )
    known = roster(homes=list(homes.items()), now=now)
    Blindness.objects.bulk_create(
        [
            Blindness(
                household_id=blind.household,
                cause=blind.cause,
                provider=blind.provider,
                since=blind.since,
                noticed_at=now,
                # a technical ticket touches nobody's home: night consent is not asked
                owner_post=known.dong_posts[homes[blind.household]]
                if known.by_day
                else known.centre,
            )
            for blind in sorted(judged.blind, key=lambda blind: blind.household)
        ],
        ignore_conflicts=True,
    )
    seen = [again.household for again in judged.seen_again]
    Blindness.objects.filter(household__among=seen, ended_at=None).update(ended_at=now)
    blind_homes = [blind.household for blind in judged.blind]
    record_each(by=SYSTEM, verb="cannot_see", at=now, households=blind_homes)
    record_each(by=SYSTEM, verb="sees_again", at=now, households=seen)
    announce_causes()


def open_alarms(homes: Iterable[UUID]) -> list[Alarm]:
    """Return the open alarms of these homes, ours until the transaction ends."""
    ids = list(homes)
    if not ids:
        return []
    return list(
        Alarm.objects.select_for_update(of=("self",))
        .select_related("household")
        .filter(household__among=ids, closed_at=None)
        .order_by("household_id", "id")
    )
