"""The files of a replay: what is in them, and what is wrong with them, in words."""

import csv
import gzip
import importlib
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import policy
from anbu.kernel.clock import Readings
from anbu.kernel.evidence import BY_NAME
from anbu.kernel.incidents import HOLD_S
from anbu.lab.replay.stamps import UNREADABLE, numbers, stamps

CHUNK = 1 << 24  # characters read at once
HEADER = "household,channel,at,value"
NEEDED = ("household", "channel", "interval_s", "region", "provider")
LONGEST_INTERVAL_S = 31 * 86_400
GROUPS = ("region", "provider", "gateway")


class BadFile(Exception):
    """A file cannot be used; the sentence says which, where and why."""


@dataclass(frozen=True)
class Setting:
    """A policy file."""

    detector: str
    policy: policy.Policy
    group_hold_s: int


@dataclass(frozen=True)
class Place:
    """A row of HOMES.csv: one feed of a home, and the groups and absence of that home."""

    household: str
    channel: str
    interval_s: int
    groups: Mapping[str, str]  # region, provider, gateway; "" = none
    absent_from: int | None = None
    absent_until: int | None = None

    @property
    def kind(self) -> str:
        """The kernel's name of the channel: "power_w:kettle" and "power_w_2" are plugs, too."""
        return base_channel(self.channel)


@dataclass(frozen=True)
class Told:
    """Readings in the file's order, and what was left out."""

    readings: Readings
    offset_s: NDArray[np.int64]  # of each reading's stamp from UTC
    strangers: int  # rows of a household and channel that HOMES.csv does not name
    unreadable: int
    first_unreadable: str


def base_channel(name: str) -> str:
    """Return the kernel's channel that a name begins with."""
    fits = [
        known for known in BY_NAME if name == known or name.startswith((f"{known}:", f"{known}_"))
    ]
    if not fits:
        raise ValueError(name)
    return max(fits, key=len)


def read_policy(path: Path) -> Setting:
    """Return the policy; an unknown detector, setting or value is told."""
    with _readable(path):
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise BadFile(f"{path.name}: not TOML: {error}") from None
    detector = found.pop("detector", None)
    hold = _number(path, found, "group_hold_hours", HOLD_S / 3600)
    if detector == "fixed":
        if "hours" not in found:
            raise BadFile(f'{path.name}: detector = "fixed" needs hours = N')
        chosen = policy.fixed(_number(path, found, "hours", 24.0))
    elif detector == "learned":
        theta = _number(path, found, "theta", 1.0)
        watch = _number(path, found, "watch", policy.WATCH_SHARE)
        if watch > 1:
            raise BadFile(f"{path.name}: watch is a share of theta, at most 1, not {watch:g}")
        backstop = _number(path, found, "fixed_hours", 0.0, none=True)
        chosen = policy.learned(theta, watch=watch, fixed_hours=backstop or None)
    else:
        raise BadFile(f'{path.name}: detector must be "fixed" or "learned", not {detector!r}')
    if found:
        raise BadFile(f"{path.name}: unknown settings: {', '.join(sorted(found))}")
    return Setting(detector, chosen, round(hold * 3600))


def _number(
    path: Path, found: dict[str, object], name: str, otherwise: float, *, none: bool = False
) -> float:
    value = found.pop(name, None)
    if value is None:
        return otherwise
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits or not (0 if none else 1e-9) <= float(value) < 1e6:  # type: ignore[arg-type]
        raise BadFile(f"{path.name}: {name} must be a number above 0, not {value!r}")
    return float(value)  # type: ignore[arg-type]


def read_homes(path: Path) -> list[Place]:
    """Return the rows of HOMES.csv, feeds of one household together."""
    with _readable(path), _text(path) as file:
        rows = csv.DictReader(file)
        columns = [name.strip().lower().lstrip("\ufeff") for name in rows.fieldnames or ()]
        rows.fieldnames = columns
        missing = [name for name in NEEDED if name not in columns]
        if missing:
            raise BadFile(f"{path.name}: no column {', '.join(missing)}")
        places = [_place(f"{path.name} line {rows.line_num}", row) for row in rows]
    if not places:
        raise BadFile(f"{path.name}: no homes in it")
    seen: dict[tuple[str, str], int] = {}
    first: dict[str, int] = {}
    for place in places:
        if (place.household, place.channel) in seen:
            raise BadFile(f"{path.name}: {place.household},{place.channel} stands there twice")
        seen[place.household, place.channel] = 1
        first.setdefault(place.household, len(first))
    return sorted(places, key=lambda place: first[place.household])


def _place(where: str, row: dict[str, str | None]) -> Place:
    text = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    if not text["household"]:
        raise BadFile(f"{where}: no household")
    try:
        base_channel(text["channel"])
    except ValueError:
        known = ", ".join(BY_NAME)
        raise BadFile(f"{where}: unknown channel {text['channel']!r}; known: {known}") from None
    try:
        interval = float(text["interval_s"])
    except ValueError:
        interval = 0.0
    if not 1 <= interval <= LONGEST_INTERVAL_S:
        raise BadFile(f"{where}: interval_s must be seconds, not {text['interval_s']!r}")
    absent = [_moment(where, text.get(name, "")) for name in ("absent_from", "absent_until")]
    if absent[0] is None and absent[1] is not None:
        raise BadFile(f"{where}: absent_until without absent_from")
    groups = {name: text.get(name, "") for name in GROUPS}
    return Place(text["household"], text["channel"], int(interval), groups, absent[0], absent[1])


def _moment(where: str, text: str) -> int | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadFile(f"{where}: not an ISO 8601 moment: {text!r}") from None
    if moment.tzinfo is None:
        raise BadFile(f"{where}: a moment needs its offset, as in +09:00: {text!r}")
    return int(moment.timestamp())


def read_readings(path: Path, places: list[Place]) -> Told:
    """Return the readings of these feeds in the file's order. Streams the file.

    A folder, or a `.parquet` file: what `anbu archive` wrote.
    """
    if path.is_dir() or path.suffix == ".parquet":
        # Arrow is loaded only where it is needed: it takes longer than most replays
        archive = importlib.import_module("anbu.lab.replay.archive")
        told: Told = archive.read(path, places)
        return told
    feeds = {f"{p.household},{p.channel}": i for i, p in enumerate(places)}
    parts, strangers, unreadable, first = [], 0, 0, ""
    with _readable(path), _text(path) as file:
        header = file.readline().strip().lower().lstrip("\ufeff").replace(" ", "")
        if header != HEADER:
            raise BadFile(f"{path.name}: the first line must be {HEADER}, not {header[:80]!r}")
        nth = 1
        while lines := file.readlines(CHUNK):
            feed, at, value, offset, bad = _parse(lines, feeds)
            known = (feed >= 0) & (at != UNREADABLE) & ~bad
            wrong = np.flatnonzero((at == UNREADABLE) | bad)
            if len(wrong) and not first:
                first = f"line {nth + 1 + int(wrong[0])}: {lines[wrong[0]].strip()[:80]}"
            unreadable += len(wrong)
            strangers += int(((feed < 0) & (at != UNREADABLE) & ~bad).sum())
            parts.append((feed[known], at[known], value[known], offset[known]))
            nth += len(lines)
    if unreadable and not any(len(part[0]) for part in parts):
        raise BadFile(f"{path.name}: no line could be read; {first}")
    whole = (
        [np.concatenate(x) for x in zip(*parts, strict=True)] if parts else [np.zeros(0, int)] * 4
    )
    readings = Readings(whole[0], whole[1], np.asarray(whole[2], float))
    return Told(readings, whole[3], strangers, unreadable, first)


def _parse(
    lines: list[str], feeds: dict[str, int]
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    if any('"' in line for line in lines):
        lines = [",".join(row) for row in csv.reader(lines)]
    cells = [line.rstrip("\r\n").rsplit(",", 2) for line in lines]
    whole = np.fromiter((len(c) == 3 for c in cells), bool, len(cells))
    if not whole.all():
        cells = [c if len(c) == 3 else ["", "", ""] for c in cells]
    feed = np.fromiter((feeds.get(c[0].strip(), -1) for c in cells), np.int64, len(cells))
    at, offset = stamps([c[1].strip() for c in cells])
    value, bad = numbers([c[2].strip() for c in cells])
    empty = np.fromiter((line.isspace() for line in lines), bool, len(lines))
    keep = ~empty
    return feed[keep], at[keep], value[keep], offset[keep], (bad | ~whole)[keep]


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise BadFile(f"{path.name}: not UTF-8 text") from None
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"{path.name}: cannot be read: {error}") from None
    except csv.Error as error:
        raise BadFile(f"{path.name}: not CSV: {error}") from None


def _text(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return open(path, encoding="utf-8", newline="")
