"""How long a dong and its district wait for the pages of their round, in a browser's place.

Each page is asked of the web role itself: signed in, behind the walls, its look written down.
"""

from datetime import date, timedelta

import httpx

from anbu.care.places import queries as places
from anbu.care.rounds.models import Worker
from anbu.lab.bench_desk import ask, at, sitting
from anbu.lab.bench_rounds_measured import Measured, district_office

LISTED, REPORTED = 60, 20  # so often each is asked for

LISTS = {"today": "/rounds", "workers": "/rounds/workers"}
REPORTS = {
    "figures_month": "/rounds/figures?months=1",
    "figures_year": "/rounds/figures?months=12",
    "months": "/rounds/months?month={month}",
    "month_of_worker": "/rounds/months/{worker}?month={month}",
}
# A district sees numbers, not who goes to whom.
LISTS_OF_A_DONG, REPORTS_OF_A_DONG = {"plan": "/rounds/plan"}, {"meeting": "/rounds/meeting"}


def desks(told: Measured) -> dict[str, object]:
    """Open every list and every report page of a dong, and those of its district."""
    post = told.planner.post
    assert post is not None
    assert post.dong is not None
    pages: dict[str, dict[str, object]] = {}
    worker = Worker.objects.filter(dong=post.dong).order_by("pk")[0].pk
    words = {"worker": worker, "month": f"{_month_before(told.day):%Y-%m}"}
    with sitting("planner", post.pk) as client:
        pages |= _opened(client, "dong", LISTS | LISTS_OF_A_DONG, LISTED, words)
        pages |= _opened(client, "dong", REPORTS | REPORTS_OF_A_DONG, REPORTED, words)
    office = district_office(told.district)
    with sitting("officer", organisation=office.pk) as client:
        pages |= _opened(client, "district", LISTS, LISTED, words)
        pages |= _opened(client, "district", REPORTS, REPORTED, words)
    slowest: dict[bool, float] = {}
    for name, page in pages.items():
        is_list = name.split("_", 1)[1] in LISTS | LISTS_OF_A_DONG
        slowest[is_list] = max(slowest.get(is_list, 0.0), float(str(page["p95"])))
    return {
        "lists_p95_ms": slowest[True],
        "reports_p95_ms": slowest[False],
        "district_dongs": sum(one.district_id == told.district.pk for one in places.dongs()),
        "pages": pages,
    }


def _opened(
    client: httpx.Client, whose: str, paths: dict[str, str], times: int, words: dict[str, object]
) -> dict[str, dict[str, object]]:
    found = {}
    for name, path in paths.items():
        asked = ask(client, [path.format(**words)] * times)
        found[f"{whose}_{name}"] = {
            **asked.figures(),
            "max": at(asked.times, 1.0),
            "bytes": len(asked.last.content),
        }
    return found


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
