"""Holding silences that their group explains: they ring later, they are never dropped.

A silence that was still usual when the common cause began is the cause's; an older one is news.
A home that is still silent rings when its usual silence has passed anew after the end, and in any
case when the hold is over. A replay holds by the same rule (anbu.lab.replay.common).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from ..models import GroupIncident, HeldSilence, LearnedClock
from ..queries.learned import longest

AT_ONCE = (GroupIncident.End.DENIED, GroupIncident.End.MISTAKE)  # there was no cause

LOCK = """
SELECT 1 FROM readings_watch WHERE household_id IN
    (SELECT household_id FROM readings_heldsilence WHERE incident_id = %s AND ended_at IS NULL)
ORDER BY household_id FOR NO KEY UPDATE
"""
LET_GO = """
UPDATE readings_heldsilence
SET rings_at = CASE WHEN %(at_once)s THEN %(now)s ELSE
    LEAST(%(end)s + make_interval(secs => long_s), %(latest)s) + make_interval(secs => lag_s) END
WHERE incident_id = %(incident)s AND ended_at IS NULL
"""
LOOK = """
UPDATE readings_watch w SET check_at = LEAST(COALESCE(w.check_at, h.rings_at), h.rings_at)
FROM readings_heldsilence h
WHERE h.incident_id = %s AND h.ended_at IS NULL AND h.household_id = w.household_id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ringing:
    """A silence that would be told now."""

    household: UUID
    due_at: datetime  # by the data's own clock
    last_sign_at: datetime | None
    lag: timedelta = timedelta()
    is_question: bool = False  # a machine's own: it is not asked later


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of the silences of some homes."""

    held: dict[UUID, datetime]  # rings at the latest
    rang: dict[UUID, HeldSilence]  # was held until now


def hold(*, ringing: Sequence[Ringing], looked: Collection[UUID], now: datetime) -> Verdict:
    """Hold what a common cause explains; end what was held and is silent no more.

    `looked` = all homes that were looked at; their watches are locked by the caller.
    """
    open_ = HeldSilence.objects.select_related("incident__group").filter(
        household__among=looked, ended_at=None
    )
    known = {row.household_id: row for row in open_}
    rows = _explained(ringing, now) if ringing else {}
    held = {home: row for home, row in rows.items() if row.rings_at > now}
    silent = {one.household for one in ringing if not one.is_question}
    rang = {home: row for home, row in known.items() if home in silent and home not in held}
    over = [row.pk for home, row in known.items() if home not in silent]
    _end([row.pk for row in rang.values()], HeldSilence.End.RANG, now)
    _end(over, HeldSilence.End.SIGN, now)
    keep = [row for home, row in held.items() if home in silent]
    for row in keep:
        if row.household_id in known:
            row.pk = known[row.household_id].pk
            row.held_at, row.due_at = (known[row.household_id].held_at, row.due_at)
    HeldSilence.objects.bulk_create([row for row in keep if row.pk is None])
    HeldSilence.objects.bulk_update(
        [row for row in keep if row.pk is not None], ["incident", "rings_at", "due_at"]
    )
    return Verdict(held={home: row.rings_at for home, row in held.items()}, rang=rang)


def forget(*, household: UUID, now: datetime) -> None:
    """End what is held of a home: a person made sure."""
    HeldSilence.objects.filter(household=household, ended_at=None).update(
        ended_at=now, ended_how=HeldSilence.End.SIGN
    )


def let_go(incident: GroupIncident, *, now: datetime) -> None:
    """Write down when the silences an ended incident held will ring, and have them looked at."""
    end = incident.over_at or incident.ended_at
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [incident.pk])
        cursor.execute(
            LET_GO,
            {
                "incident": incident.pk,
                "at_once": incident.ended_how in AT_ONCE,
                "now": now,
                "end": end,
                "latest": incident.hold_until,
            },
        )
        cursor.execute(LOOK, [incident.pk])


def told_of(row: HeldSilence) -> dict[str, str]:
    """Return what held a silence until now, in plain values."""
    group = row.incident.group
    return {"kind": group.kind, "name": group.name, "held_at": row.held_at.isoformat()}


def _explained(ringing: Sequence[Ringing], now: datetime) -> dict[UUID, HeldSilence]:
    """Return what would be held of these homes, and until when."""
    oldest = now - max(one.lag for one in ringing)
    told = GroupIncident.objects.filter(is_told=True, hold_until__gt=oldest)
    incidents = list(told.exclude(ended_how__in=AT_ONCE).order_by("at", "id"))
    if not incidents:
        return {}
    clocks = LearnedClock.objects.filter(household__among=[one.household for one in ringing])
    clock = {row.household_id: row for row in clocks}
    found: dict[UUID, HeldSilence] = {}
    for one in ringing:
        kept = clock.get(one.household)
        if kept is None or one.last_sign_at is None:
            continue
        long = longest(bytes(kept.state))
        for incident in incidents:
            if incident.group_id not in kept.counted_in:
                continue
            rings_at = _rings_at(one, one.last_sign_at, incident, long)
            row = found.get(one.household)
            if rings_at is not None and (row is None or row.rings_at < rings_at):
                found[one.household] = HeldSilence(
                    household_id=one.household,
                    incident=incident,
                    due_at=one.due_at,
                    held_at=now,
                    rings_at=rings_at,
                    long_s=int(long.total_seconds()),
                    lag_s=int(one.lag.total_seconds()),
                )
    return found


def _rings_at(
    one: Ringing, last_sign_at: datetime, incident: GroupIncident, long: timedelta
) -> datetime | None:
    """Return when an incident lets a silence ring at the latest; None: it does not explain it."""
    end, latest = incident.over_at or incident.ended_at, incident.hold_until
    was_usual = last_sign_at >= incident.began_at - long
    begun = one.due_at >= incident.began_at and one.due_at < latest
    if not (was_usual and begun) or end is not None and one.due_at > end + long:
        return None
    return (latest if end is None else min(end + long, latest)) + one.lag


def _end(ids: Sequence[int], how: HeldSilence.End, now: datetime) -> None:
    if ids:
        HeldSilence.objects.filter(pk__among=ids).update(ended_at=now, ended_how=how)
