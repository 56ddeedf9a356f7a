"""Cut the shipped recordings out of the public data sets: `python -m anbu.lab.excerpt FOLDER`.

FOLDER holds refit/, ausgrid_c12/ and tracebase/ as described in recordings/*/README.md.
"""

import csv
import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anbu.lab import recordings
from anbu.lab.recordings import Recording

PLUG_S, METER_S, HALF_HOUR_S = 600, 3600, 1800
UK_SUMMER, GERMANY_WINTER, SYDNEY = 1, 1, 10  # hours ahead of UTC


@dataclass(frozen=True)
class Cut:
    """What to take: whole weeks from `first` on, so that weekdays stay what they were."""

    name: str
    column: str
    first: str
    days: int


REFIT = {
    "House2": [
        Cut("refit2-kettle", "Kettle", "2014-05-12", 28),
        Cut("refit2-microwave", "Microwave", "2014-05-12", 28),
        Cut("refit2-meter", "Aggregate", "2014-05-12", 28),
        Cut("refit2-summer-kettle", "Kettle", "2014-06-09", 28),
        Cut("refit2-summer-meter", "Aggregate", "2014-06-09", 28),
    ],
    "House20": [
        Cut("refit20-kettle", "Kettle", "2014-06-02", 28),
        Cut("refit20-microwave", "Microwave", "2014-06-02", 28),
        Cut("refit20-meter", "Aggregate", "2014-06-02", 28),
        Cut("refit20-spring-kettle", "Kettle", "2014-03-31", 28),
        Cut("refit20-spring-meter", "Aggregate", "2014-03-31", 28),
        Cut("refit20-away-kettle", "Kettle", "2014-04-28", 28),  # a real holiday in it
        Cut("refit20-away-meter", "Aggregate", "2014-04-28", 28),
    ],
}
AUSGRID = [
    Cut("ausgrid12-winter-meter", "GC", "2011-07-04", 42),
    Cut("ausgrid12-summer-meter", "GC", "2012-01-30", 42),
]
TRACEBASE = [
    (Cut("tracebase-tv", "complete/TV-LCD/D33097", "2012-01-16", 7), GERMANY_WINTER),
    (Cut("tracebase-kettle", "complete/WaterKettle/D330A3", "2012-01-16", 7), GERMANY_WINTER),
    (Cut("tracebase-tube-tv", "complete/TV-CRT/98ABAA", "2011-12-29", 7), GERMANY_WINTER),
    (Cut("tracebase-screen", "complete/TV-LCD/B83416", "2012-02-01", 14), GERMANY_WINTER),
    (Cut("tracebase-coffee", "complete/Coffeemaker/D369E0", "2012-01-15", 7), GERMANY_WINTER),
]


def excerpt(shared: Path, into: Path) -> list[Path]:
    """Cut every excerpt out of `shared` and write one file each below `into`."""
    made = [*_refit(shared / "refit"), *_ausgrid(shared / "ausgrid_c12")]
    made += _tracebase(shared / "tracebase")
    files = []
    for folder, recording in made:
        file = into / folder / f"{recording.name}.csv.gz"
        recordings.write(file, [recording])
        files.append(file)
    return files


def _refit(folder: Path) -> Iterator[tuple[str, Recording]]:
    for house, cuts in REFIT.items():
        head, moments, table = _columns(sorted(folder.glob(f"REFIT_{house}_*.gzip")))
        for cut in cuts:
            picked = table[:, head.index(cut.column)]
            minutes = dict(zip(moments, picked, strict=True))
            meter = cut.column == "Aggregate"
            yield "refit", _binned(cut, minutes, METER_S if meter else PLUG_S, UK_SUMMER, meter)


def _columns(files: list[Path]) -> tuple[list[str], list[datetime], NDArray[np.float64]]:
    moments: list[datetime] = []
    table: list[list[float]] = []
    head: list[str] = []
    for file in files:
        with gzip.open(file, "rt") as stream:
            rows = csv.reader(stream)
            head = next(rows)[1:]
            for row in rows:
                moments.append(datetime.fromisoformat(row[0]))
                table.append([float(cell or "nan") for cell in row[1:]])
    return head, moments, np.array(table)


def _ausgrid(folder: Path) -> Iterator[tuple[str, Recording]]:
    with (folder / "data_2011-2012.csv").open() as stream:
        rows = {datetime.fromisoformat(r[""]): float(r["GC"]) for r in csv.DictReader(stream)}
    for cut in AUSGRID:
        starts = _grid(cut, HALF_HOUR_S)
        watt_hours = np.array([rows[at] * 1000 for at in starts])
        yield "ausgrid", _recording(cut, "energy_wh", starts, watt_hours, HALF_HOUR_S, SYDNEY)


def _tracebase(folder: Path) -> Iterator[tuple[str, Recording]]:
    wanted: dict[str, dict[datetime, float]] = {cut.column: {} for cut, _ in TRACEBASE}
    with gzip.open(folder / "tracebase_1min.csv.gz", "rt") as stream:
        for row in csv.DictReader(stream):
            key = f"{row['folder']}/{row['appliance']}/{row['device']}"
            if key in wanted:
                wanted[key][datetime.fromisoformat(row["minute"])] = float(row["mean_w"])
    for cut, hours in TRACEBASE:
        yield "tracebase", _binned(cut, wanted[cut.column], PLUG_S, hours, False)


def _grid(cut: Cut, interval_s: int) -> list[datetime]:
    first = datetime.fromisoformat(cut.first)
    count = cut.days * 86_400 // interval_s
    return [first + timedelta(seconds=interval_s * i) for i in range(count)]


def _binned(
    cut: Cut, minutes: dict[datetime, float], interval_s: int, utc_hours: int, meter: bool
) -> Recording:
    starts = _grid(cut, interval_s)
    span = [timedelta(minutes=m) for m in range(interval_s // 60)]
    means = np.array(
        [np.mean([minutes[at + m] for m in span if at + m in minutes] or [np.nan]) for at in starts]
    )
    if meter:
        return _recording(
            cut, "energy_wh", starts, means * interval_s / 3600, interval_s, utc_hours
        )
    return _recording(cut, "power_w", starts, means, interval_s, utc_hours)


def _recording(
    cut: Cut,
    channel: str,
    starts: list[datetime],
    values: NDArray[np.float64],
    interval_s: int,
    utc_hours: int,
) -> Recording:
    zone = timezone(timedelta(hours=utc_hours))
    at = np.array([s.replace(tzinfo=zone).timestamp() + interval_s for s in starts])
    return Recording(cut.name, channel, interval_s, at, at + utc_hours * 3600, np.round(values, 1))


def main() -> None:
    """Cut the excerpts anew from the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m anbu.lab.excerpt FOLDER")
    for file in excerpt(Path(sys.argv[1]), recordings.SHIPPED):
        print(f"{file.stat().st_size:>9,}  {file.name}")


if __name__ == "__main__":
    main()
