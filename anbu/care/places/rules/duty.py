"""Who is on duty: the dong office in working hours, the control centre at all other times."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
SEOUL_S = 32_400  # seconds ahead of UTC, all year; what whole-number clocks add
SATURDAY = 5

OnDuty = Literal["dong", "centre"]


@dataclass(frozen=True, kw_only=True)
class Hours:
    opens: time  # on duty from this instant …
    closes: time  # … until just before this one


# Weekdays 09-18 the dong office, else the centre: domain.md section 2.
USUAL_HOURS = Hours(opens=time(9), closes=time(18))


def on_duty(at: datetime, holidays: Collection[date], hours: Hours) -> OnDuty:
    """Say who is on duty at this moment, by the calendar of Seoul."""
    local = at.astimezone(SEOUL)
    if not is_working_day(local.date(), holidays):
        return "centre"
    return "dong" if hours.opens <= local.time() < hours.closes else "centre"


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether the dong offices open on this day."""
    return day.weekday() < SATURDAY and day not in holidays


def next_opening(at: datetime, holidays: Collection[date], hours: Hours) -> datetime:
    """Return the next instant at which the dong offices open, strictly after `at`."""
    day = at.astimezone(SEOUL).date()
    while True:
        opening = datetime.combine(day, hours.opens, SEOUL)
        if opening > at and is_working_day(day, holidays):
            return opening
        day += timedelta(days=1)


def next_switch(at: datetime, holidays: Collection[date], hours: Hours) -> datetime:
    """Return the next instant at which duty passes from one to the other."""
    if on_duty(at, holidays, hours) == "dong":
        return datetime.combine(at.astimezone(SEOUL).date(), hours.closes, SEOUL)
    return next_opening(at, holidays, hours)


def last_switch(at: datetime, holidays: Collection[date], hours: Hours) -> datetime:
    """Return the newest instant, not after `at`, at which duty passed from one to the other."""
    day = at.astimezone(SEOUL).date()
    while True:
        if is_working_day(day, holidays):
            for passed in (hours.closes, hours.opens):
                moment = datetime.combine(day, passed, SEOUL)
                if moment <= at:
                    return moment
        day -= timedelta(days=1)


def duty_week(monday: date, holidays: Collection[date], hours: Hours) -> tuple[OnDuty, ...]:
    """Say who is on duty in the middle of each of the 168 hours of a week."""
    first = datetime.combine(monday, time(0, 30), SEOUL)
    return tuple(on_duty(first + timedelta(hours=n), holidays, hours) for n in range(7 * 24))
