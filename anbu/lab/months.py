"""The weeks a city lived before its rehearsal began: drawn, a few homes in slow decline."""

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from anbu.care.concerns import actions as concerns
from anbu.care.concerns import jobs as concern_jobs
from anbu.care.concerns import queries as concern_queries
from anbu.care.readings.actions import write_weeks
from anbu.care.readings.rules import last_week
from anbu.care.staff.models import Staff
from anbu.kernel import weeks
from anbu.kernel.decline import RECENT, SPAN
from anbu.lab.city import City

AT_ONCE = 500  # homes
ONE_IN = 300  # declines, beside those of the planner's dong
AWAKE, ASLEEP = 0.42, 0.01  # chance of a sign in a half hour
FEWER, LATER_H, WAKEFUL = 0.45, 2.5, 0.3  # what a decline takes, moves, adds to the night


def live(city: City, ids: list[UUID], *, planner: Staff, by: str, now: datetime) -> int:
    """Write each home's last weeks and ask about them; return how many concerns there are."""
    newest = last_week(now)
    began = [newest - timedelta(weeks=SPAN - 1 - nth) for nth in range(SPAN)]
    declines = _declines(city)
    for first in range(0, len(ids), AT_ONCE):
        some = range(first, min(first + AT_ONCE, len(ids)))
        rows = _drawn(city, some, declines)
        write_weeks(
            households=[ids[nth] for nth in some for _ in began],
            began_on=began * len(some),
            rows=rows.reshape(-1),
            by=by,
            now=now,
        )
    while concern_jobs.ask_about_last_week(now=now):
        pass
    _take_one(planner, now)
    return concern_queries.concerns(seen_by=planner, now=now).open


def _declines(city: City) -> dict[int, int]:
    """Return which homes decline and how (0 fewer, 1 later, 2 restless at night)."""
    dong = city.homes[0].place.dong
    well = [home for home in city.homes if home.falls_at is None and not home.recordings]
    near = [home.index for home in well if home.place.dong == dong][:3]
    far = [home.index for home in well if home.place.dong != dong][::ONE_IN]
    return {index: nth % 3 for nth, index in enumerate([*near, *far])}


def _drawn(city: City, some: range, declines: dict[int, int]) -> weeks.Weeks:
    homes = [city.homes[nth] for nth in some]
    rng = np.random.default_rng([city.seed, some.start, 16])
    wakes = np.array([home.habit.wakes_h for home in homes])[:, None]
    sleeps = np.array([home.habit.sleeps_h for home in homes])[:, None]
    usual = _chances(wakes, sleeps)
    recent = usual.copy()
    for nth, home in enumerate(homes):
        how = declines.get(home.index)
        if how == 0:
            recent[nth] *= 1 - FEWER
        elif how == 1:
            recent[nth] = _chances(wakes[nth] + LATER_H, sleeps[nth] + LATER_H)
        elif how == 2:
            recent[nth] = np.maximum(recent[nth] * (1 - WAKEFUL), WAKEFUL * AWAKE)
    chances = np.repeat(usual[:, None, None, :], SPAN, axis=1)
    chances[:, SPAN - RECENT :] = recent[:, None, None, :]
    signs = rng.random((len(homes), SPAN, 7, 48)) < chances
    seen = np.repeat(rng.random((len(homes), SPAN, 7, 1)) > 0.01, 48, axis=3)  # a day unplugged
    rows = weeks.summarise(signs.reshape(-1, weeks.SLOTS), seen.reshape(-1, weeks.SLOTS))
    return rows.reshape(len(homes), SPAN)


def _chances(wakes: NDArray, sleeps: NDArray) -> NDArray[np.float64]:
    """Return the chance of a sign in each of 48 half hours of a day (N x 48)."""
    since = (np.arange(48) / 2 + 0.25 - wakes) % 24
    chances: NDArray[np.float64] = np.where(since < (sleeps - wakes) % 24, AWAKE, ASLEEP)
    return chances


def _take_one(planner: Staff, now: datetime) -> None:
    """Let the planner look into the oldest concern of the dong."""
    rows = concern_queries.concerns(seen_by=planner, now=now).rows
    if len(rows) > 1:
        concerns.acknowledge(concern_id=rows[-1].id, by=planner, now=now)
        concerns.note(concern_id=rows[-1].id, text="목요일 오후에 들르기로 함", by=planner, now=now)
