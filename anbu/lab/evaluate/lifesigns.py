"""The recorded homes behind docs/detection.md, from a folder of public data sets.

Which sub-homes are made of which household, and what was left out, is told in docs/detection.md.
"""

import csv
import gzip
import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anbu.lab.evaluate.histories import Feed, History

PLUG_S, HALF_S, HOUR_S = 600, 1800, 3600
POWER, ENERGY, MOTION = 1, 2, 4
FROZEN_MINUTES, FROZEN_HALF_HOURS = 120, 12
LEAST_DAYS = 20
# Devices that run for hours by themselves or a few times a week: hopeless for any rule alone.
NOT_ALONE = ("Dishwasher", "WashingMachine", "Washingmachine", "Subwoofer") + (
    "Refrigerator",
    "Shower",
    "TV-LCD",
)
OFTEN = ("Kettle", "Microwave")

Series = tuple[NDArray[np.int64], NDArray[np.float64]]  # seconds of the home's own clock, values


def load(folder: Path) -> list[History]:
    """Return every sub-home of the folder; a data set that is missing is left out."""
    found = [*_plugged(folder), *_metered(folder), *_elder(folder), *_tracebase(folder)]
    if not found:
        raise FileNotFoundError(f"{folder}: none of the recorded homes")
    return found


def data_set(household: str) -> str:
    """Return the data set a household comes from."""
    prefixes = {"REFIT": "REFIT", "UKDALE": "UK-DALE", "IDEAL": "IDEAL", "SGSC": "SGSC"}
    prefixes |= {"MAC": "London", "AUS": "Ausgrid", "HUE": "HUE", "ELDER": "single elder"}
    return next((v for k, v in prefixes.items() if household.startswith(k)), "tracebase")


def _history(name: str, household: str, kind: str, feeds: list[Feed]) -> History:
    return History(name, household, kind, 0, tuple(feeds))


def _plugged(folder: Path) -> Iterator[History]:
    """Homes with a meter and some plugs, a row a minute: REFIT, UK-DALE, IDEAL."""
    for source in ("refit", "ukdale", "ideal"):
        houses: dict[str, list[Path]] = {}
        for file in sorted((folder / source).glob("*.gzip")):
            houses.setdefault(file.name.rsplit("_", 1)[0], []).append(file)
        for house, files in houses.items():
            columns = _minutes(files)
            meter = columns.pop("Aggregate")
            frozen = _repeated(meter[1], FROZEN_MINUTES)
            when = meter[0][~frozen]
            watts = meter[1][~frozen]
            half, hour = (_binned((when, watts), step) for step in (HALF_S, HOUR_S))
            for kind, grid in (("half", half), ("hour", hour)):
                feed = Feed(ENERGY, grid[0], grid[1], grid[2] * grid[0] / 3600)
                yield _history(f"{house}/{kind}", house, kind, [feed])
            plugs = {
                name: Feed(POWER, *_binned((at[~frozen], value[~frozen]), PLUG_S))
                for name, (at, value) in columns.items()
            }
            for name, feed in plugs.items():
                if not name.startswith(NOT_ALONE):
                    yield _history(f"{house}/{name}", house, "single", [feed])
            if set(OFTEN) <= set(plugs):
                one, other = (plugs[name] for name in OFTEN)
                both = Feed(POWER, PLUG_S, one.start, one.value + other.value)
                yield _history(f"{house}/Kettle+Microwave", house, "single", [both])
            sizes = range(2, len(plugs) + 1) if source != "ideal" else [len(plugs)]
            for names in (x for size in sizes for x in itertools.combinations(plugs, size)):
                if source == "ideal" or set(names) & set(OFTEN):
                    feeds = [plugs[name] for name in names]
                    yield _history(f"{house}/{'&'.join(names)}", house, "multi", feeds)


def _minutes(files: list[Path]) -> dict[str, Series]:
    parts: dict[str, list[Series]] = {}
    for file in files:
        with gzip.open(file, "rt") as text:
            head, *rows = csv.reader(text)
        at = _seconds([row[0] for row in rows])
        values = np.array([[float(x or "nan") for x in row[1:]] for row in rows])
        for name, value in zip(head[1:], values.T, strict=True):
            parts.setdefault(name, []).append((at, value))
    return {name: _joined(several) for name, several in parts.items()}


def _metered(folder: Path) -> Iterator[History]:
    """Homes with a whole-house meter only: SGSC, London, Ausgrid, HUE."""
    homes: dict[str, list[tuple[str, str]]] = {}
    for file in sorted((folder / "sgsc_smart_meter10").glob("*.csv.gz")):
        with gzip.open(file, "rt") as text:
            for row in csv.DictReader(text):
                told = (row["reading_datetime"], row["general_supply_kwh"])
                homes.setdefault(f"SGSC_{row['customer_id']}", []).append(told)
    for file in sorted((folder / "london_lcl_halfhourly").glob("dfMAC*.csv")):
        with file.open() as plain:
            for row in csv.DictReader(plain):
                homes.setdefault(row["mac"], []).append((row["datetime"], row["kwhh"]))
    for file in (folder / "ausgrid_c12").glob("*.csv"):
        with file.open() as plain:
            homes["AUS12"] = [(row[""], row["GC"]) for row in csv.DictReader(plain)]
    for house, rows in homes.items():
        at = _seconds([when for when, _ in rows])
        value = np.array([_number(kwh) * 1000 for _, kwh in rows])
        order = np.argsort(at, kind="stable")
        at, value = at[order], value[order]
        value[_repeated(value, FROZEN_HALF_HOURS)] = np.nan
        step, start, half = _binned((at, value), HALF_S)
        yield _history(f"{house}/half", house, "half", [Feed(ENERGY, step, start, half)])
        lead = (start % HOUR_S) // HALF_S
        padded = np.concatenate([np.full(lead, np.nan), half])
        pairs = padded[: len(padded) // 2 * 2].reshape(-1, 2).sum(1)
        feed = Feed(ENERGY, HOUR_S, start - lead * HALF_S, pairs)
        yield _history(f"{house}/hour", house, "hour", [feed])
    for file in (folder / "hue").glob("*.csv"):
        with file.open() as plain:
            rows_ = list(csv.DictReader(plain))
        at = np.array([_american(row["date"], row["hour"]) for row in rows_])
        value = np.array([_number(row["energy_kWh"]) * 1000 for row in rows_])
        feed = Feed(ENERGY, *_binned((at, value), HOUR_S))
        yield _history("HUE1/hour", "HUE1", "hour", [feed])


def _elder(folder: Path) -> Iterator[History]:
    """One older person living alone, motion in five rooms."""
    file = folder / "single_elder_uci799" / "database_pos.csv"
    if not file.exists():
        return
    with file.open() as plain:
        head, *rows = csv.reader(plain)
    at = np.array([_madrid(row[0]) for row in rows])
    first, last = int(at.min()) // HOUR_S + 1, int(at.max()) // PLUG_S
    start = first * HOUR_S
    width = last - start // PLUG_S
    rooms = {}
    for nth, room in enumerate(head[1:], 1):
        on = at[[row[nth] == "1.0" for row in rows]]
        cell = on // PLUG_S - start // PLUG_S
        count = np.bincount(cell[(cell >= 0) & (cell < width)], minlength=width).astype(float)
        rooms[room] = Feed(MOTION, PLUG_S, start, count)
    yield _history("ELDER/all", "ELDER", "dense", list(rooms.values()))
    for room, feed in rooms.items():
        yield _history(f"ELDER/{room}", "ELDER", "dense", [feed])


def _tracebase(folder: Path) -> Iterator[History]:
    """Single devices, each a household of its own."""
    file = folder / "tracebase" / "tracebase_1min.csv.gz"
    if not file.exists():
        return
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    with gzip.open(file, "rt") as text:
        for row in csv.reader(text):
            found.setdefault((row[2], row[1]), []).append((row[3], row[4]))
    found.pop(("device", "appliance"))
    for (device, appliance), rows in sorted(found.items()):
        days = {minute[:10] for minute, _ in rows}
        if len(days) < LEAST_DAYS or appliance.startswith(NOT_ALONE):
            continue
        at = _seconds([minute for minute, _ in rows])
        feed = Feed(POWER, *_binned((at, np.array([float(w) for _, w in rows])), PLUG_S))
        name = f"TB_{device}:{appliance}"
        yield _history(name, name, "single", [feed])


def _seconds(texts: list[str]) -> NDArray[np.int64]:
    return np.array([text[:19] for text in texts], dtype="M8[s]").astype(np.int64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _american(date: str, hour: str) -> int:
    month, day, year = (int(part) for part in date.split("/"))
    moment = datetime(year, month, day) + timedelta(hours=int(hour))  # noqa: DTZ001 - own clock
    return int((moment - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001 - own clock


def _madrid(text: str) -> int:
    """The record is a winter's: one hour ahead of UTC."""
    return int(_seconds([text])[0]) + HOUR_S


def _joined(several: list[Series]) -> Series:
    at, value = (np.concatenate(x) for x in zip(*several, strict=True))
    order = np.argsort(at, kind="stable")
    return at[order], value[order]


def _repeated(value: NDArray, longest: int) -> NDArray[np.bool_]:
    """Say which values stand in a run of one repeated value of at least this length."""
    start = np.flatnonzero(np.r_[True, value[1:] != value[:-1]])
    length = np.diff(np.r_[start, len(value)])
    return np.repeat(length >= longest, length)


def _binned(series: Series, step: int) -> tuple[int, int, NDArray[np.float64]]:
    """Return step, start and the mean of each step from the first whole hour on (NaN = none)."""
    at, value = series
    start = -(-int(at.min()) // HOUR_S) * HOUR_S
    cell = (at - start) // step
    ok = np.isfinite(value) & (cell >= 0)
    width = int(cell.max()) + 1
    count = np.bincount(cell[ok], minlength=width)
    total = np.bincount(cell[ok], value[ok], minlength=width)
    with np.errstate(invalid="ignore"):
        return step, start, total / count
