"""Raising concerns once a week, and what the people of the dong do about them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from anbu.care.foundation.actions import record, record_each
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.people.rules import clean
from anbu.care.places import queries as places
from anbu.care.readings import queries as readings
from anbu.care.readings.rules import last_week
from anbu.care.staff.models import Staff
from anbu.kernel import decline
from anbu.kernel.decline import BASE, RECENT, Judged
from anbu.kernel.weeks import Weeks

from . import queries
from .models import Concern, Note, Round
from .rules import (
    CODES,
    COOL_WEEKS,
    Kind,
    NotAllowed,
    Outcome,
    State,
    UnknownConcern,
    asks_at,
    check_move,
)

CLOCK = machine("clock")
AT_ONCE = 1000  # homes in one step
SEASON_FROM = 3000  # homes
NOTE_LONGEST = 300
NIGHT = slice(0, 6)  # hours


@transaction.atomic
def ask_next(*, now: datetime) -> bool:
    """Take the weekly round one step further; say whether there was anything to do.

    A round that was missed (no clock ran on that Monday) is not made up for: the next one sees
    the same weeks.
    """
    week = last_week(now)
    if now < asks_at(week):
        return False
    if not Round.objects.filter(week_on=week).exists():
        Round.objects.bulk_create(
            [Round(week_on=week, season=_season(week), begun_at=now)], ignore_conflicts=True
        )
    going = Round.objects.select_for_update(skip_locked=True).filter(week_on=week, ended_at=None)
    this = going.first()
    if this is None:
        return False
    homes = readings.next_watched(after=this.upto, limit=AT_ONCE)
    if homes:
        _ask(homes, this, now)
        this.upto, this.homes = homes[-1], this.homes + len(homes)
    else:
        this.ended_at = now
        record(by=CLOCK.name, verb="end_round", at=now, week=str(week), asked=this.homes)
    this.save(update_fields=["upto", "homes", "ended_at"])
    return True


def _season(week: date) -> list[Any] | None:
    homes = readings.some_watched(limit=SEASON_FROM)
    weeks = readings.last_weeks(households=homes, until=week)
    common = decline.season(decline.measures(weeks))
    return None if common is None else np.round(common, 4).tolist()


def _ask(homes: Sequence[UUID], this: Round, now: datetime) -> None:
    sight = people.for_actor(CLOCK, Purpose("machine", "concerns"))
    agreed = people.agreed(households=homes, kind="monitoring", at=now)
    dongs = dict(sight.households.filter(id__in=agreed, left_at=None).values_list("id", "dong_id"))
    asked = [home for home in homes if home in dongs]
    weeks = readings.last_weeks(households=asked, until=this.week_on)
    common = None if this.season is None else np.array(this.season)
    judged = decline.judge(weeks, common=common)
    posts = places.posts_of(set(dongs.values()))
    since = this.week_on - timedelta(weeks=COOL_WEEKS + 1)
    raised = []
    for kind, code in CODES.items():
        due = np.flatnonzero(judged.is_due[:, code]).tolist()
        due = [nth for nth in due if dongs[asked[nth]] in posts]
        told = queries.asked_lately(households=[asked[nth] for nth in due], kind=kind, since=since)
        raised += [
            Concern(
                household_id=asked[nth],
                kind=kind,
                owner_post_id=posts[dongs[asked[nth]]],
                since_on=this.week_on - timedelta(weeks=RECENT - 1),
                week_on=this.week_on,
                facts=_facts(kind, weeks[nth], judged, nth),
                raised_at=now,
            )
            for nth in due
            if asked[nth] not in told
        ]
    Concern.objects.bulk_create(raised)
    record_each(
        by=CLOCK.name,
        verb="raise_concern",
        at=now,
        households=[one.household_id for one in raised],
        week=str(this.week_on),
    )


def _facts(kind: Kind, weeks: Weeks, judged: Judged, nth: int) -> dict[str, Any]:
    """Return what the sentence and whoever asks why will need, in plain values."""
    change = float(judged.change[nth, CODES[kind]])
    seen = weeks["seen"].astype(float)
    share = np.where(seen > 0, weeks["signs"] / np.maximum(seen, 1), np.nan)
    usable = np.isfinite(decline.measures(weeks[None])[0, :, 0])
    then, now = (
        np.nanmean(share[part][usable[part]], axis=0) for part in (slice(BASE), slice(BASE, None))
    )
    facts: dict[str, Any] = {
        "weeks": int(usable[BASE:].sum()),
        "before": round(float(2 * np.nansum(then)), 1),
        "now": round(float(2 * np.nansum(now)), 1),
        "night_before": round(float(np.nansum(then[NIGHT]) / max(np.nansum(then), 1e-9)), 3),
        "night_now": round(float(np.nansum(now[NIGHT]) / max(np.nansum(now), 1e-9)), 3),
        "out_before": _mean(weeks["out"][:BASE][usable[:BASE]]),
        "out_now": _mean(weeks["out"][BASE:][usable[BASE:]]),
        "iv_before": _mean(weeks["iv"][:BASE][usable[:BASE]]),
        "iv_now": _mean(weeks["iv"][BASE:][usable[BASE:]]),
        "rarity": round(float(judged.rarity[nth, CODES[kind]]), 5),
    }
    if kind is Kind.SHRINK:
        facts["lost"] = round(1 - float(np.exp(-change)), 3)
    elif kind is Kind.SHIFT:
        facts["hours"] = round(change, 2)
    else:
        facts["amplitude_lost"] = round(change, 3)
    return facts


def _mean(of: np.ndarray) -> float:
    return round(float(of.mean()), 1) if len(of) else 0.0


@transaction.atomic
def open_concerns(*, seen_by: Staff, closed: bool, now: datetime) -> queries.ConcernList:
    """Return the list, and write down whose homes were shown to whom."""
    found = queries.concerns(seen_by=seen_by, closed=closed, now=now)
    record(
        by=seen_by.actor,
        verb="list_concerns",
        at=now,
        count=len(found.rows),
        homes=[row.household for row in found.rows],
        concerns=[str(row.id) for row in found.rows],
    )
    return found


@transaction.atomic
def acknowledge(*, concern_id: UUID, by: Staff, now: datetime) -> None:
    """Say that somebody is looking into it."""
    concern = _lock(concern_id, by)
    check_move(State(concern.state), State.ACKNOWLEDGED)
    concern.state, concern.acknowledged_at, concern.acknowledged_by = (
        State.ACKNOWLEDGED,
        now,
        by,
    )
    concern.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    _trace(concern, "acknowledge_concern", by, now)


@transaction.atomic
def note(*, concern_id: UUID, text: str, by: Staff, now: datetime) -> None:
    """Write a note beside a concern that is not closed."""
    concern = _lock(concern_id, by)
    if concern.state == State.CLOSED:
        raise NotAllowed("이미 끝난 관심입니다.")
    _write_note(concern, text, by, now)
    _trace(concern, "note_concern", by, now)


@transaction.atomic
def close(*, concern_id: UUID, outcome: str, text: str, by: Staff, now: datetime) -> None:
    """End a concern with what a person found."""
    concern = _lock(concern_id, by)
    check_move(State(concern.state), State.CLOSED)
    if outcome not in set(Outcome):
        raise NotAllowed("목록에 없는 결과입니다.")
    if text.strip():
        _write_note(concern, text, by, now)
    concern.state, concern.outcome = State.CLOSED, outcome
    concern.closed_at, concern.closed_by = now, by
    concern.save(update_fields=["state", "outcome", "closed_at", "closed_by"])
    _trace(concern, "close_concern", by, now, outcome=outcome)


def _lock(concern_id: UUID, by: Staff) -> Concern:
    rows = queries.visible(seen_by=by).select_for_update(of=("self",))
    concern = rows.filter(id=concern_id).first()
    if concern is None:
        raise UnknownConcern(str(concern_id))
    return concern


def _write_note(concern: Concern, text: str, by: Staff, now: datetime) -> None:
    Note.objects.create(
        concern=concern,
        at=now,
        by=by,
        text=clean(text, what="메모", at_most=NOTE_LONGEST, needed=True),
    )


def _trace(concern: Concern, verb: str, by: Staff, now: datetime, **detail: Any) -> None:
    record(
        by=by.actor,
        verb=verb,
        at=now,
        household=concern.household_id,
        concern=str(concern.id),
        **detail,
    )
