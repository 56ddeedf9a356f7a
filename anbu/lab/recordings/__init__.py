"""Recorded real homes: what plugs and meters of people who agreed to it have really said."""

import csv
import gzip
import io
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHIPPED = Path(__file__).parent
CHANNELS = {"power_w": (0.0, 20_000.0), "energy_wh": (0.0, 100_000.0), "lux": (0.0, 200_000.0)}
HEAD = ["recording", "channel", "at", "value"]
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
WEEK_S = 7 * 86_400.0
MONDAY_S = 4 * 86_400.0  # 1970-01-05, the first Monday after the epoch
MOST_ERRORS = 20


class BadRecording(ValueError):
    """A file that is no recording; `lines` says why, line by line."""

    def __init__(self, file: Path, lines: list[str]) -> None:
        super().__init__(f"{file.name}: " + "; ".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Recording:
    """One channel of one recorded home. Times are ENDS of intervals, in order, without doubles."""

    name: str
    channel: str
    interval_s: float
    at: NDArray[np.float64]  # seconds since 1970
    wall: NDArray[np.float64]  # the same by the clock on that home's wall
    value: NDArray[np.float64]  # NaN: the source said "no data"

    def replay(self, wall: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what this home says at other times of its wall clock, its weeks repeated for ever.

        Weekday and time of day stay what they were; NaN where nothing was recorded.
        """
        first = np.floor((self.wall[0] - MONDAY_S) / WEEK_S) * WEEK_S + MONDAY_S
        span = max(WEEK_S, np.round((self.wall[-1] - self.wall[0]) / WEEK_S) * WEEK_S)
        own = np.round((self.wall - first) % span / self.interval_s).astype(np.int64)
        asked = np.round((wall - first) % span / self.interval_s).astype(np.int64)
        grid = np.full(int(span / self.interval_s) + 1, np.nan)
        grid[own] = self.value
        grid[-1] = grid[0]
        said: NDArray[np.float64] = grid[asked]
        return said


def names(home: Path | None = None) -> list[str]:
    """Return the names of all recordings: those shipped and those added to `home`."""
    return sorted(_files(home))


def load(name: str, *, home: Path | None = None) -> Recording:
    """Return one recording by its name."""
    files = _files(home)
    if name not in files:
        raise KeyError(f"no recording {name!r}; there are: {', '.join(sorted(files))}")
    (recording,) = _read_once(files[name])
    return recording


@lru_cache(maxsize=64)
def _read_once(path: Path) -> list[Recording]:
    return read(path)


def add(path: Path, *, home: Path) -> list[Recording]:
    """Check a file of recordings and copy it into `home`, one file per recording.

    Raises BadRecording with one sentence per wrong line; then nothing is copied.
    """
    found = read(path)
    folder = home / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    taken = {recording.name for recording in found} & {f.name[:-7] for f in _shipped()}
    if taken:
        raise BadRecording(path, [f"{', '.join(sorted(taken))}: this name is taken"])
    for recording in found:
        write(folder / f"{recording.name}.csv.gz", [recording])
    return found


def read(path: Path) -> list[Recording]:
    """Read a file of recordings (CSV, plain or gzip), or raise BadRecording."""
    try:
        with _open(path) as stream:
            rows, errors = _parse(stream)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as broken:
        raise BadRecording(path, [f"cannot be read: {broken}"]) from broken
    if errors:
        raise BadRecording(path, errors)
    if not rows:
        raise BadRecording(path, ["holds no readings"])
    made, errors = [], []
    for key, points in rows.items():
        try:
            made.append(_assemble(*key, points))
        except ValueError as wrong:
            errors.append(f"{key[0]}: {wrong}")
    if errors:
        raise BadRecording(path, errors)
    return made


def write(path: Path, recordings: Iterable[Recording]) -> None:
    """Write recordings so that the same readings always give the same bytes."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(HEAD)
    for r in recordings:
        for at, wall, value in zip(r.at, r.wall, r.value, strict=True):
            stamp = datetime.fromtimestamp(at, _zone(wall - at)).isoformat(timespec="seconds")
            out.writerow([r.name, r.channel, stamp, "" if np.isnan(value) else f"{value:g}"])
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    draft = path.with_suffix(".new")
    draft.write_bytes(packed)
    shutil.move(draft, path)


def _zone(offset_s: float) -> timezone:
    return timezone(timedelta(seconds=offset_s))


def _shipped() -> Iterator[Path]:
    yield from sorted(SHIPPED.glob("*/*.csv.gz"))


def _files(home: Path | None) -> dict[str, Path]:
    added = sorted((home / "recordings").glob("*.csv.gz")) if home else []
    return {file.name[:-7]: file for file in [*added, *_shipped()]}


def _open(path: Path) -> io.StringIO:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    unpacked = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    return io.StringIO(unpacked.decode("utf-8-sig"), newline="")


type Points = list[tuple[float, float, float]]  # at, wall, value


def _parse(stream: Iterable[str]) -> tuple[dict[tuple[str, str], Points], list[str]]:
    rows: dict[tuple[str, str], Points] = {}
    errors: list[str] = []
    lines = csv.reader(stream)
    if next(lines, None) != HEAD:
        return {}, [f"line 1: must be {','.join(HEAD)}"]
    for line in lines:
        try:
            name, channel, point = _row(line)
            rows.setdefault((name, channel), []).append(point)
        except ValueError as wrong:
            errors.append(f"line {lines.line_num}: {wrong}")
            if len(errors) >= MOST_ERRORS:
                errors.append("and perhaps more")
                break
    return rows, errors


def _row(line: list[str]) -> tuple[str, str, tuple[float, float, float]]:
    if len(line) != len(HEAD):
        raise ValueError(f"{len(line)} fields instead of {len(HEAD)}")
    name, channel, stamp, text = line
    if not NAME.fullmatch(name):
        raise ValueError(f"recording {name!r}: only a-z, 0-9 and -, at most 40")
    if channel not in CHANNELS:
        raise ValueError(f"channel {channel!r}: must be one of {', '.join(CHANNELS)}")
    try:
        at = datetime.fromisoformat(stamp)
    except ValueError:
        raise ValueError(f"at {stamp!r}: no ISO 8601 moment") from None
    offset = at.utcoffset()
    if offset is None:
        raise ValueError(f"at {stamp!r}: the offset from UTC is missing")
    try:
        value = float(text) if text else float("nan")
    except ValueError:
        raise ValueError(f"value {text!r}: no number") from None
    lowest, highest = CHANNELS[channel]
    if text and not lowest <= value <= highest:
        raise ValueError(f"value {text!r}: must be between {lowest:g} and {highest:g}")
    moment = at.timestamp()
    return name, channel, (moment, moment + offset.total_seconds(), value)


def _assemble(name: str, channel: str, points: Points) -> Recording:
    table = np.array(sorted(points), dtype=np.float64)
    steps = np.diff(table[:, 0])
    if len(table) < 2:
        raise ValueError("at least two readings are needed")
    if (steps <= 0).any():
        raise ValueError("two readings of one moment")
    interval = float(np.median(steps))
    return Recording(name, channel, interval, table[:, 0], table[:, 1], table[:, 2])
