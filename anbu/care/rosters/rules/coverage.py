"""What a post needs, hour by hour, and where a roster leaves it empty."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Protocol

from anbu.care.places.rules import SEOUL, Hours, Term, on_duty

LOOKED_AHEAD = timedelta(days=14)


class HasTimes(Protocol):
    """Anything that begins and ends."""

    @property
    def begins_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A time in which a post is on duty, and how many people it needs then."""

    begins_at: datetime
    ends_at: datetime
    needed: int


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time in which people are missing, and how many."""

    begins_at: datetime
    ends_at: datetime
    missing: int


def stretches(
    kind: str,
    *,
    needed: int,
    begins_at: datetime,
    ends_at: datetime,
    holidays: Collection[date],
    hours: Hours,
    terms: Collection[Term] = (),
) -> tuple[Stretch, ...]:
    """Return when a post of this kind is on duty within a time, cut where offices open and close.

    A vendor's is on duty when one of its contract's lines (`terms`) holds, and cut where one does.

    They are whole: one that has begun before is returned from its own beginning, so that a hole
    in it has the same name a minute later.
    """
    found = []
    cuts = {t for term in terms for t in (term.opens, term.closes)} or _switches(hours)
    for one, other in pairwise(_cuts(begins_at, ends_at, sorted(cuts))):
        inside = one < ends_at and other > begins_at
        if kind == "vendor":
            is_on_duty = any(term.holds(one, holidays) for term in terms)
        else:
            is_on_duty = on_duty(one, holidays, hours) == kind
        if inside and needed > 0 and is_on_duty:
            found.append(Stretch(begins_at=one, ends_at=other, needed=needed))
    return tuple(found)


def holes(turns: Sequence[HasTimes], needed: Iterable[Stretch]) -> tuple[Gap, ...]:
    """Return every time in which fewer people are on the roster than are needed."""
    return tuple(gap for stretch in needed for gap in _gaps(turns, stretch))


def _cuts(begins_at: datetime, ends_at: datetime, switches: Sequence[time]) -> list[datetime]:
    day = begins_at.astimezone(SEOUL).date() - timedelta(days=2)
    last = ends_at.astimezone(SEOUL).date() + timedelta(days=2)
    found = []
    while day <= last:
        found += [datetime.combine(day, at, SEOUL) for at in switches]
        day += timedelta(days=1)
    return found


def _switches(hours: Hours) -> tuple[time, ...]:
    return tuple(sorted({hours.opens, hours.closes}))


def _gaps(turns: Sequence[HasTimes], stretch: Stretch) -> list[Gap]:
    begins, ends = stretch.begins_at, stretch.ends_at
    there = [each for each in turns if each.begins_at < ends and each.ends_at > begins]
    edges = {begins, ends}
    for each in there:
        edges |= {max(each.begins_at, begins), min(each.ends_at, ends)}
    found: list[Gap] = []
    for one, other in pairwise(sorted(edges)):
        present = sum(1 for each in there if each.begins_at <= one and each.ends_at >= other)
        missing = stretch.needed - present
        if missing <= 0:
            continue
        if found and found[-1].ends_at == one and found[-1].missing == missing:
            one = found.pop().begins_at
        found.append(Gap(begins_at=one, ends_at=other, missing=missing))
    return found
