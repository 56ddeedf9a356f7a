"""On which days a worker comes, how many minutes of such a day may be planned, and by which way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from .month import Pay, minutes_left
from .planning import Way

WEEKDAYS = 5
VISIT_AFTER = 3  # calls in vain, then somebody goes. Ours.
LOOKED_AHEAD = 31  # days without any round: no calendar has more


def turn_days(key: int) -> frozenset[int]:
    """Return the three weekdays (0: Monday) on which a worker comes.

    Five patterns, each with a day between two where it can be: of any five workers in a row three
    come on each day. Who visits together has one key, so both come on the same days.
    """
    return frozenset((key + step) % WEEKDAYS for step in (0, 2, 4))


def is_round_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether there is a round on this day: no weekend, no holiday."""
    return day.weekday() < WEEKDAYS and day not in holidays


def next_round_day(day: date, holidays: Collection[date]) -> date:
    """Return the next day after this one on which there is a round."""
    coming = (day + timedelta(days=ahead) for ahead in range(1, LOOKED_AHEAD))
    return next((one for one in coming if is_round_day(one, holidays)), day + timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """What a worker may do on a day [minutes]: by the limits, and as a share of the month."""

    allowed: int  # what day, week and month leave: nobody may be given more, not even by hand
    planned: int  # what a plan gives by itself; 0 on a day that is not a turn


def minutes_on(
    day: date,
    worked: Collection[tuple[date, int]],
    *,
    key: int,
    month_min: int,
    holidays: Collection[date],
) -> Minutes:
    """Return what is left of a worker's day: what the month leaves, shared by its coming turns.

    Without the share whoever works early in the month would have no hours at its end.
    """
    pay = Pay(full_min=month_min)
    allowed = minutes_left(worked, today=day, pay=pay)
    turns = turn_days(key)
    if day.weekday() not in turns or not is_round_day(day, holidays):
        return Minutes(allowed=allowed, planned=0)
    of_month = sum(told for one, told in worked if (one.year, one.month) == (day.year, day.month))
    of_today = sum(told for one, told in worked if one == day)
    coming = _turns_from(day, turns, holidays)
    share = -(-max(0, month_min - of_month + of_today) // coming) - of_today
    return Minutes(allowed=allowed, planned=max(0, min(allowed, share)))


def _turns_from(day: date, turns: Collection[int], holidays: Collection[date]) -> int:
    month = (day + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD))
    rest = (one for one in month if one.month == day.month)
    return max(1, sum(one.weekday() in turns and is_round_day(one, holidays) for one in rest))


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What is known of how a person is to be reached today."""

    word_due: bool
    visit_due: bool
    tries: int = 0
    has_phone: bool = True
    promised: Way | None = None
    asked: Way | None = None  # by the control room or an outage's list
    refusing: Way | None = None  # the way of the next step of who refuses


def way_of(wants: Wants) -> tuple[Way, bool]:
    """Return by what somebody is reached today, and whether only a visit will do.

    What was asked for stands above a refusal: there somebody fears for the person.
    """
    if wants.asked is not None:
        way = wants.asked if wants.has_phone else Way.VISIT
    elif wants.refusing is not None:
        return wants.refusing, False
    elif wants.promised is not None:
        way = wants.promised
    else:
        goes = wants.visit_due or wants.tries >= VISIT_AFTER or not wants.has_phone
        way = Way.VISIT if goes else Way.CALL
    asked_for = wants.word_due or wants.asked is not None or wants.promised is not None
    only = way == Way.VISIT and (not wants.has_phone or not asked_for)
    return way, only
