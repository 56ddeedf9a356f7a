"""How long the pages of a desk take with a whole city behind them."""

from anbu.lab import bench_city
from anbu.lab.bench_desk import ask, at, operator, post


def queue_page(
    commit: str,
    *,
    households: int = 110_000,
    lived: int = 2_000,
    alarms: int = 500,
    pages: int = 200,
) -> dict[str, object]:
    """How long the whole queue page takes with a city's homes and many open alarms."""
    bench_city.found(households=households, lived=lived)
    is_open = bench_city.cry_until(alarms)
    with operator() as client:
        asked = ask(client, ["/"] * pages)
    return {
        "name": "queue-page",
        "value": at(asked.times, 0.95),
        "unit": "ms for the queue page, p95",
        "commit": commit,
        **asked.figures(),
        "households": households,
        "open_alarms": is_open,
        "rows_on_page": asked.last.text.count(" data-id="),
        "bytes": len(asked.last.content),
    }


def household(
    commit: str, *, households: int = 110_000, lived: int = 200, pages: int = 200
) -> dict[str, object]:
    """How long the page of a household takes in a city's register."""
    bench_city.found(households=households, lived=lived)
    homes = bench_city.lived_homes()
    paths = [f"/households/{homes[nth % len(homes)]}" for nth in range(pages)]
    with operator() as client:
        for path in dict.fromkeys(paths):
            post(client, f"{path}/open", {"reason": "화면을 재는 중"})
        first, again = ask(client, paths), ask(client, paths)
    return {
        "name": "household",
        "value": at(again.times, 0.95),
        "unit": "ms for the page of a household, p95",
        "commit": commit,
        **again.figures(),
        "p95_first_time": at(first.times, 0.95),
        "households": households,
    }


# What the centre opens that counts or lists a whole city.
CITY_PAGES = {
    "list": "/households",
    "list_far": "/households?after=50000",
    "coverage": "/coverage",
    "coverage_far": "/coverage?after=10000",
    "unseen": "/?view=unseen",
    "side": "/side",
    "doubts": "/doubts",
}


def city_pages(
    commit: str, *, households: int = 110_000, lived: int = 200, pages: int = 30
) -> dict[str, object]:
    """How long the pages take that count or list a whole city; the slowest is the value."""
    bench_city.found(households=households, lived=lived)
    with operator() as client:
        found = {name: ask(client, [path] * pages) for name, path in CITY_PAGES.items()}
    return {
        "name": "city-pages",
        "value": max(at(asked.times, 0.95) for asked in found.values()),
        "unit": "ms for the slowest of a city's pages, p95",
        "n": pages,
        "commit": commit,
        "households": households,
        **{name: asked.figures() for name, asked in found.items()},
    }
