"""활동일지: the hours of a month, and the allowance they make."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DAY_MIN = 4 * 60  # at most so many minutes a day, three days a week, 48 hours a month: domain.md 3
WEEK_DAYS = 3
WEEK_MIN = 12 * 60
MONTH_MIN = 48 * 60
LEAST_SHARE = 0.8  # who joins must be able to do 80 % of them (38 h)
FULL_KRW = 396_000  # since 2023, "up to": d-maker 56635, siminilbo 1160283857323495


@dataclass(frozen=True, kw_only=True)
class Pay:
    """The rule by which the month is paid; a district sets its own, with a date."""

    full_krw: int = FULL_KRW
    full_min: int = MONTH_MIN
    day_min: int = DAY_MIN
    week_min: int = WEEK_MIN


@dataclass(frozen=True, kw_only=True)
class Month:
    """What one worker's month counts [minutes, KRW]."""

    told_min: int  # what the log claims in all
    paid_min: int  # of it, within the limits of day, week and month
    allowance_krw: int
    over_days: tuple[date, ...]  # on which more was told than a day allows
    over_weeks: tuple[date, ...]  # Mondays of weeks with more than a week allows


def month_of(minutes: Iterable[tuple[date, int]], pay: Pay) -> Month:
    """Return what is paid for these minutes by the day; won are rounded down.

    What goes beyond a limit is not paid and not lost: it is shown, for a person to look at.
    """
    by_day: dict[date, int] = {}
    for day, told in minutes:
        by_day[day] = by_day.get(day, 0) + told
    by_week: dict[date, int] = {}
    for day, told in by_day.items():
        monday = day - timedelta(days=day.weekday())
        by_week[monday] = by_week.get(monday, 0) + min(told, pay.day_min)
    paid = min(sum(min(told, pay.week_min) for told in by_week.values()), pay.full_min)
    return Month(
        told_min=sum(by_day.values()),
        paid_min=paid,
        allowance_krw=pay.full_krw * paid // pay.full_min,
        over_days=tuple(sorted(day for day, told in by_day.items() if told > pay.day_min)),
        over_weeks=tuple(sorted(week for week, told in by_week.items() if told > pay.week_min)),
    )


def minutes_left(
    worked: Collection[tuple[date, int]], *, today: date, pay: Pay, days: int = WEEK_DAYS
) -> int:
    """Return how many minutes a worker may still work today.

    Args:
        worked: (day, minutes) of this month and, before it, of the present week.
        days: on so many days of a week at most.
    """
    monday = today - timedelta(days=today.weekday())
    of_month = sum(
        told for day, told in worked if (day.year, day.month) == (today.year, today.month)
    )
    of_week = {day: told for day, told in worked if monday <= day}
    if today not in of_week and len(of_week) >= days:
        return 0
    of_today = of_week.get(today, 0)
    left = min(
        pay.day_min - of_today, pay.week_min - sum(of_week.values()), pay.full_min - of_month
    )
    return max(0, left)
