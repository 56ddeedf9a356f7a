"""What another ladder would have made of an alarm of the past. A reckoning, not a memory.

Both ladders are reckoned alike, so that what differs is the ladder: every step is taken at its own
moment and lasts as long as the ladder lets it. A call is answered as the call nearest before it
was, and earlier than all of them as the first was; who was never called does not answer. A life
sign, an answer or a finding that came by itself comes when it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .alarm import Result
from .figures import quantile
from .ladder import Rung

ANSWERS = (Result.SAFE, Result.HELP)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One call of the past: how long after the beginning, to whom, what came of it."""

    after: timedelta
    to_home: bool
    result: str


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of one alarm that is over."""

    began_at: datetime  # when its first clock started
    calls: tuple[Heard, ...]  # in their order
    sign_after: timedelta | None  # a life sign, or an answer to a machine
    found_after: timedelta | None  # what it was came out by itself: neither by call nor by visit
    is_crisis: bool  # whoever came to the door needed 119


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What one ladder made of it: spans from the beginning; None: never."""

    person: timedelta | None  # a person was asked for the first time
    calls: tuple[timedelta, ...]
    visit: timedelta | None
    joint: timedelta | None
    end: timedelta


def replay(ladder: Sequence[Rung], past: Past, *, confirms: bool = False) -> Outlook:
    """Reckon how an alarm of the past would have gone on this ladder."""
    ends = [span for span in (past.sign_after, past.found_after) if span is not None]
    limit = min(ends) if ends else None
    at, person, visit, joint = timedelta(), None, None, None
    calls: list[timedelta] = []
    silent_numbers: set[bool] = set()
    for rung in ladder:
        if limit is not None and limit <= at:
            break
        if rung.do != "message" and person is None:
            person = at
        if rung.do in ("call", "contact"):
            to_home = rung.do == "call"
            if to_home in silent_numbers:
                continue  # a wrong number is not dialled twice
            calls.append(at)
            came = _came_of(past.calls, to_home=to_home, after=at)
            if came == Result.BAD_NUMBER:
                silent_numbers.add(to_home)
            if came == Result.HELP:
                joint = at
            if came in ANSWERS:
                return _course(person, calls, visit, joint, at)
        elif rung.do == "dispatch" and visit is None:
            visit = at
            if not past.is_crisis:
                return _course(person, calls, visit, joint, at)
        elif rung.do == "joint":
            return _course(person, calls, visit, at, at)
        at += timedelta(seconds=rung.wait_s)
    if limit is not None and limit <= at:
        at = limit
        if person is None and confirms and past.sign_after == limit:
            person = limit  # nobody was called; a person confirms all the same
    return _course(person, calls, visit, joint, at)


def _course(
    person: timedelta | None,
    calls: Sequence[timedelta],
    visit: timedelta | None,
    joint: timedelta | None,
    end: timedelta,
) -> Outlook:
    return Outlook(person=person, calls=tuple(calls), visit=visit, joint=joint, end=end)


def _came_of(calls: Sequence[Heard], *, to_home: bool, after: timedelta) -> str:
    known = [call for call in calls if call.to_home == to_home]
    before = [call for call in known if call.after <= after]
    if before:
        return before[-1].result
    return known[0].result if known else Result.NO_ANSWER


# ---- many of them ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What one ladder made of many alarms."""

    n: int
    persons: int  # a person was asked
    calls: int
    night_calls: int
    visits: int
    joints: int
    visit_median: timedelta | None
    visit_p90: timedelta | None


@dataclass(frozen=True, kw_only=True)
class Shifts:
    """When a person is asked, beside the present ladder: every alarm stands in one of these."""

    earlier: int
    later: int
    same: int
    no_more: int  # asked before, not any more
    newly: int  # not asked before
    never: int


def summed(courses: Sequence[Outlook], *, nightly: Sequence[int]) -> Sum:
    """Return the sums; `nightly` says how many of each one's calls fall into the centre's hours."""
    visits = [course.visit for course in courses if course.visit is not None]
    return Sum(
        n=len(courses),
        persons=sum(course.person is not None for course in courses),
        calls=sum(len(course.calls) for course in courses),
        night_calls=sum(nightly),
        visits=len(visits),
        joints=sum(course.joint is not None for course in courses),
        visit_median=quantile(visits, 0.5),
        visit_p90=quantile(visits, 0.9),
    )


def shifts(pairs: Sequence[tuple[Outlook, Outlook]]) -> Shifts:
    """Return how a person's first moment moves from the present ladder (first) to the new one."""
    found = dict.fromkeys(("earlier", "later", "same", "no_more", "newly", "never"), 0)
    for old, new in pairs:
        found[shift_of(old.person, new.person)] += 1
    return Shifts(**found)


def shift_of(old: timedelta | None, new: timedelta | None) -> str:
    """Say how one moment moves."""
    if old is None or new is None:
        return "never" if old is new else "newly" if old is None else "no_more"
    return "same" if old == new else "earlier" if new < old else "later"


def weight(old: Outlook, new: Outlook) -> timedelta:
    """Return how much an alarm changes: the first person's moment, and the visit's."""
    return _moved(old.person, new.person, old, new) + _moved(old.visit, new.visit, old, new)


def _moved(
    before: timedelta | None, after: timedelta | None, old: Outlook, new: Outlook
) -> timedelta:
    first = old.end if before is None else before
    then = new.end if after is None else after
    return abs(then - first) if (before, after) != (None, None) else timedelta()
