"""How long an office waits for its figures, its months and its round, at the size of the city."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from anbu.care.foundation.actions import hold, let_go
from anbu.care.places.models import Organisation
from anbu.care.rounds.actions.looking import open_round
from anbu.care.rounds.actions.months import open_months
from anbu.care.rounds.queries.figures import figures
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff

TIMES = 5  # the slowest of so many counts
BY = "system:bench"


def reports(planner: Staff, day: date, at: datetime) -> dict[str, object]:
    """Open each report page's figures, behind the walls, for a dong and for its district."""
    officer = _officer(planner, at)
    year, month = (day - timedelta(days=365)).replace(day=1), day.replace(day=1)
    last = (month - timedelta(days=1)).replace(day=1)
    until = day + timedelta(days=1)
    waits: dict[str, Callable[[], object]] = {
        "dong_month": lambda: figures(seen_by=planner, since=last, until=until, now=at),
        "dong_year": lambda: figures(seen_by=planner, since=year, until=until, now=at),
        "district_month": lambda: figures(seen_by=officer, since=last, until=until, now=at),
        "district_year": lambda: figures(seen_by=officer, since=year, until=until, now=at),
        "dong_round": lambda: open_round(seen_by=planner, now=at),
        "district_round": lambda: open_round(seen_by=officer, now=at),
        "dong_months": lambda: open_months(month=last, seen_by=planner, now=at),
        "district_months": lambda: open_months(month=last, seen_by=officer, now=at),
    }
    hold()  # as a desk is served: the walls hold
    try:
        return {f"{name}_max_s": _slowest(wait) for name, wait in waits.items()}
    finally:
        let_go()


def _officer(planner: Staff, at: datetime) -> Staff:
    assert planner.post is not None
    assert planner.post.dong is not None
    office = Organisation.objects.get(kind="district", district=planner.post.dong.district)
    made, _ = staff.add_staff(
        login="bench-rounds-d", name="측정", role="officer", organisation=office.pk, by=BY, now=at
    )
    return made


def _slowest(wait: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        wait()
        times.append(time.perf_counter() - began)
    return round(max(times), 3)
