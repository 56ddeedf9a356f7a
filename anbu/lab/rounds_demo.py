"""The round of a rehearsal's own dong: workers with log-ins, weeks of a log, and the day's plan."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np

from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.rounds import actions, rules
from anbu.care.rounds.actions.standing import recount
from anbu.care.rounds.models import Standing, Worker
from anbu.care.staff.models import Staff
from anbu.lab.city import City
from anbu.lab.rounds_city import Scale, look_after, write_log

# Beside `dolbom` of the crew; each two visit together. All names are made up.
ROUND_CREW = (
    ("dolbom2", "온새봄", "care_corps"),
    ("dolbom3", "라온해", "care_corps"),
    ("dolbom4", "한빛나", "care_corps"),
)
MOST = 60  # homes of one dong
WEEKS = 8
A_YEAR = 33  # contacts with one person a year: domain.md 3
# Who has worked three days of a week has no hours left of it: a log that ends so long ago leaves
# everybody a day on which there is something to see.
LOG_ENDS = timedelta(days=4)
BY_HAND = 6  # homes a worker is given on a day without a round, so that there is a day to see


def keep(city: City, ids: Sequence[UUID], team: Sequence[Staff], *, now: datetime) -> int:
    """Let the crew go round in the first dong, with the past weeks behind them.

    Planned is every day until the next one with a round; on a weekend or a holiday it is what the
    planner gives by hand. Returns how many homes that are.
    """
    dong = places.find_dong(city.homes[0].place.dong, now)
    assert dong is not None
    crew = [one for one in team if one.role == Staff.Role.CARE_CORPS]
    planner = next(one for one in team if one.role == Staff.Role.PLANNER)
    workers = _workers(crew, dong.id, now)
    near = [home for home in city.homes if home.place.dong == dong.code][:MOST]
    homes = [ids[home.index] for home in near]
    since = now - timedelta(weeks=WEEKS)
    tiers = [home.tier for home in near]
    made = look_after(homes, tiers, [dong.id] * len(homes), workers, since)
    scale = Scale(
        people=len(homes),
        workers=len(workers),
        contacts=len(homes) * A_YEAR * WEEKS // 52,
        days=7 * WEEKS,
    )
    write_log(made, scale, np.random.default_rng(city.seed), now=now - LOG_ENDS)
    recount(homes, now=now)
    today, holidays = now.astimezone(SEOUL).date(), places.calendar(now).holidays
    day, given = today, 0
    while day <= rules.next_round_day(today, holidays):  # over a weekend too there is a day to see
        if rules.is_round_day(day, holidays):
            given += actions.replan_dong(dong=dong.id, day=day, now=now).tasks
        else:
            given += _by_hand(workers, homes, planner, day, now)
        day += timedelta(days=1)
    return given


def _workers(crew: Sequence[Staff], dong: int, now: datetime) -> list[Worker]:
    until = (now + timedelta(days=300)).date()
    rows = [
        Worker.objects.create(staff=one, dong_id=dong, trained_until=until, screened_until=until)
        for one in crew
    ]
    for nth, row in enumerate(rows):
        if nth ^ 1 < len(rows):
            row.partner = rows[nth ^ 1]
            row.save(update_fields=["partner"])
    return rows


def _by_hand(
    workers: Sequence[Worker], homes: Sequence[UUID], planner: Staff, day: date, now: datetime
) -> int:
    """Let the planner give each worker a few of their own who have waited longest."""
    given = 0
    for nth, worker in enumerate(workers):
        own = Standing.objects.filter(worker=worker, household__among=homes, ended_at=None)
        waiting = list(
            own.order_by("due_on", "household_id").values_list("household_id", flat=True)
        )
        for rank, home in enumerate(waiting[:BY_HAND]):
            way = rules.Way.VISIT if nth % 2 == 0 and rank == 0 else rules.Way.CALL
            try:
                actions.change_task(home=home, day=day, worker=worker, way=way, by=planner, now=now)
            except rules.NotAllowed:  # who is away, or did not agree: as at a planner's desk
                continue
            given += 1
    return given
