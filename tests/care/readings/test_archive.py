"""An archived day is whole, read back, pseudonymous, and replays as the database does."""

import csv
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from anbu.care.foundation.models import Trace
from anbu.care.people.models import Consent
from anbu.care.readings import jobs
from anbu.care.readings.actions import archiving, parquet
from anbu.care.readings.models import ArchivedDay, Feed
from anbu.care.readings.rules import KOREA, NotAllowed
from anbu.cli import archive as command
from anbu.cli import detect
from anbu.config import retention
from tests.desks.control_room.conftest import StandingClock

from .conftest import BY, NOW, City, message, number, rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = b"a key of a test"
FIRST = date(2026, 11, 17)
LATE = NOW + 40 * DAY  # nothing of these days can come any more


@pytest.fixture
def past(city: City, days: None) -> City:
    """Two homes that were heard for three days; one fell silent on the second."""
    city.now = datetime(2026, 11, 16, tzinfo=UTC)
    for device in ("sensor-1", "sensor-2"):
        city.add_home(device, "motion", minutes=60, patience=24)
    for hour in range(72):
        at = datetime(2026, 11, 17, tzinfo=UTC) + hour * HOUR
        city.now = at
        for device in ("sensor-1", "sensor-2"):
            lives = float(hour < 30 if device == "sensor-2" else hour % 3 == 0)
            value = float("nan") if hour == 12 else lives
            city.hear(message(f"{device}-{hour}", at, device=device, motion=value))
    return city


def archived(folder: Path, day: date = FIRST, now: datetime = LATE) -> archiving.Archived:
    return archiving.archive_day(day=day, folder=folder, key=KEY, by=BY, now=now)


def test_a_day_is_written_whole_and_names_nobody(past: City, tmp_path: Path) -> None:
    done = archived(tmp_path)
    assert (done.rows, done.left_out) == (48, 0)
    table = pq.read_table(tmp_path / "2026-11-17.parquet")
    assert table.num_rows == 48 == number("SELECT count(*) FROM reading WHERE at < '2026-11-18Z'")
    assert len(set(table["household"].to_pylist())) == 2
    assert set(table["late_s"].to_pylist()) == {0}
    whole = (tmp_path / "2026-11-17.parquet").read_bytes()
    for home in past.homes.values():
        assert str(home).encode() not in whole
        assert home.hex.encode() not in whole
    assert b"sensor-1" not in whole
    row = ArchivedDay.objects.get()
    assert (row.rows, row.held, row.sha256) == (48, 48, done.sha256)
    assert Trace.objects.filter(verb="archive_readings", detail__rows=48).exists()
    assert list(tmp_path.glob("*.part")) == []


def test_only_homes_that_agree_today_are_in_it(past: City, tmp_path: Path) -> None:
    consent = Consent.objects.get(household=past.homes["sensor-2"])
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=LATE)
    done = archived(tmp_path, now=LATE + HOUR)
    assert (done.rows, done.left_out) == (24, 24)
    archiving.write_homes(folder=tmp_path, key=KEY, now=LATE + HOUR)
    told = list(csv.DictReader((tmp_path / "homes.csv").read_text().splitlines()))
    mine = archiving.home_name(KEY, past.homes["sensor-1"])
    assert mine in {row["household"] for row in told}
    assert archiving.home_name(KEY, past.homes["sensor-2"]) not in {r["household"] for r in told}


def test_another_key_gives_other_names_and_the_same_key_the_same(tmp_path: Path) -> None:
    key = archiving.key_of(tmp_path / "keys" / "key")
    assert archiving.key_of(tmp_path / "keys" / "key") == key
    assert (tmp_path / "keys" / "key").stat().st_mode & 0o777 == 0o400
    assert archiving.pseudonym(key, "household", "a") == archiving.pseudonym(key, "household", "a")
    assert archiving.pseudonym(key, "household", "a") != archiving.pseudonym(KEY, "household", "a")


def test_what_reads_back_otherwise_is_not_kept(
    past: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = parquet._table

    def spoilt(columns: Any, names: Any) -> Any:
        feed, at, value, late = columns
        value = value.copy()
        value[3] += 1
        return usual((feed, at, value, late), names)

    monkeypatch.setattr(parquet, "_table", spoilt)
    with pytest.raises(parquet.NotVerified):
        archived(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not ArchivedDay.objects.exists()


def test_a_day_that_is_not_over_or_not_kept_is_refused(past: City, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="not over"):
        archived(tmp_path, now=datetime(2026, 11, 17, 23, tzinfo=UTC))
    with pytest.raises(NotAllowed, match="no readings"):
        archived(tmp_path, day=date(2020, 1, 1))


def test_settled_days_are_due_once_and_again_when_more_came(past: City, tmp_path: Path) -> None:
    assert archiving.days_to_archive(now=NOW) == []
    due = archiving.days_to_archive(now=LATE)
    assert FIRST in due
    for day in due:
        archived(tmp_path, day=day)
    assert archiving.days_to_archive(now=LATE) == []
    part = f"reading_{FIRST:%Y%m%d}"
    rows(f"INSERT INTO {part} SELECT * FROM {part} LIMIT 1 RETURNING 1")
    assert archiving.days_to_archive(now=LATE) == [FIRST]


def from_the_database(folder: Path) -> Path:
    """Write what the database itself says of these days, as a city would export it."""
    file = folder / "export.csv"
    feeds = {(feed.device_id, feed.channel): feed for feed in Feed.objects.select_related("device")}
    with file.open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(["household", "channel", "at", "value"])
        for device, channel, at, value in rows(
            "SELECT device_id, channel, at, value FROM reading ORDER BY received_at, at, device_id"
        ):
            feed = feeds[device, channel]
            table.writerow(
                [
                    archiving.home_name(KEY, feed.household_id),
                    archiving.feed_name(KEY, feed),
                    at.astimezone(KOREA).isoformat(),
                    "" if value != value else value,
                ]
            )
    return file


@pytest.mark.parametrize(
    "policy", ['detector = "fixed"\nhours = 20\n', 'detector = "learned"\ntheta = 1.0\n']
)
def test_the_archive_replays_as_the_database_does(past: City, tmp_path: Path, policy: str) -> None:
    folder = tmp_path / "archive"
    for day in archiving.days_to_archive(now=LATE):
        archived(folder, day=day)
    archiving.write_homes(folder=folder, key=KEY, now=LATE)
    (tmp_path / "p.toml").write_text(policy)
    told = {}
    for name, readings in (("archive", folder), ("database", from_the_database(tmp_path))):
        words = {"readings": readings, "homes": folder / "homes.csv", "policy": tmp_path / "p.toml"}
        words["out"] = tmp_path / f"{name}.csv"
        done = CliRunner().invoke(detect.replay, [f"--{k}={v}" for k, v in words.items()])
        assert done.exit_code == 0, done.output
        told[name] = (tmp_path / f"{name}.csv").read_text()
    assert told["archive"] == told["database"]
    if "fixed" in policy:
        assert "alarm" in told["archive"]


def test_a_broken_file_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "2026-11-17.parquet").write_bytes(b"PAR1 and not more")
    (tmp_path / "h.csv").write_text("household,channel,interval_s,region,provider\na,lux,60,,\n")
    (tmp_path / "p.toml").write_text('detector = "fixed"\nhours = 20\n')
    words = {"readings": tmp_path, "homes": tmp_path / "h.csv", "policy": tmp_path / "p.toml"}
    words["out"] = tmp_path / "a.csv"
    done = CliRunner().invoke(detect.replay, [f"--{k}={v}" for k, v in words.items()])
    assert done.exit_code == 1
    assert "cannot be read" in done.output


def test_the_command_archives_what_is_settled_and_says_what_it_did(
    past: City, tmp_path: Path, settings: Any
) -> None:
    settings.CLOCK = StandingClock(LATE)
    settings.ARCHIVE_KEY = tmp_path / "key"
    without = CliRunner().invoke(command.archive)
    assert without.exit_code == 1
    assert "--folder" in without.output
    settings.ARCHIVE = tmp_path / "archive"
    done = CliRunner().invoke(command.archive, ["--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert sum(day["rows"] for day in told["archived"]) == number("SELECT count(*) FROM reading")
    assert (settings.ARCHIVE / "homes.csv").exists()
    again = CliRunner().invoke(command.archive)
    assert "nothing new" in again.output


def test_a_day_waits_for_the_archive_and_for_its_hours(
    past: City, tmp_path: Path, settings: Any
) -> None:
    settings.ARCHIVE = tmp_path
    very_late = LATE + 90 * DAY

    def run(dry: bool = False) -> retention.Done:
        return next(d for d in retention.run(now=very_late, dry=dry) if d.name == "readings")

    had = number("SELECT count(*) FROM reading")
    first = run()
    assert first.rows == 0
    assert "reading_20261117: its hours are not counted yet" in first.waits[0]
    while jobs.roll_up_hours(now=very_late):
        pass
    second = run(dry=True)
    assert (second.rows, len(second.waits)) == (0, 3)
    assert "reading_20261117: it is not archived yet" in second.waits[0]
    archived(tmp_path, now=very_late)
    assert (run(dry=True).rows, len(run(dry=True).waits)) == (48, 2)
    (tmp_path / "2026-11-17.parquet").rename(tmp_path / "gone")
    assert "its file is not in" in run(dry=True).waits[0]
    (tmp_path / "gone").rename(tmp_path / "2026-11-17.parquet")
    rows("INSERT INTO reading SELECT * FROM reading_20261117 LIMIT 1 RETURNING 1")
    assert "more came since" in run(dry=True).waits[0]
    for day in archiving.days_to_archive(now=very_late):
        archived(tmp_path, day=day, now=very_late)
    done = run()
    assert (done.rows, done.waits) == (had + 1, ())
    assert number("SELECT count(*) FROM reading") == 0
    assert Trace.objects.filter(verb="run_retention", detail__has_key="waits").exists()


def test_a_file_goes_when_its_own_time_is_over(past: City, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE = tmp_path
    archived(tmp_path)
    file = tmp_path / "2026-11-17.parquet"
    for days, stays in ((729, True), (732, False)):
        retention.run(now=datetime(2026, 11, 17, tzinfo=UTC) + timedelta(days=days))
        assert file.exists() is stays
    assert ArchivedDay.objects.get().deleted_at is not None


KILLED = """
import os, signal
import django
django.setup()
from datetime import date, datetime, UTC
from pathlib import Path
from anbu.care.readings.actions import archiving
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
setattr(archiving, {where!r}, die)
archiving.archive_day(day=date(2026, 11, 17), folder=Path({folder!r}), key=b"k", by="t",
                      now=datetime(2026, 12, 31, tzinfo=UTC))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["read_back", "settle", "sync", "_note"])
def test_kill_9_leaves_nothing_half(build: Any, tmp_path: Path, where: str) -> None:
    city = build()
    jobs.make_partitions(now=NOW)
    city.now = datetime(2026, 11, 16, tzinfo=UTC)
    city.add_home("sensor-1", "motion", minutes=60)
    city.now = datetime(2026, 11, 17, 12, tzinfo=UTC)
    city.hear(message("a", city.now, device="sensor-1", motion=1.0))
    told = rows("SELECT current_database()")[0][0]
    url = os.environ["ANBU_DATABASE_URL"]
    head, _, tail = url.partition("?")
    url = f"{head.rsplit('/', 1)[0]}/{told}" + (f"?{tail}" if tail else "")
    code = KILLED.format(where=where, folder=str(tmp_path))
    env = os.environ | {"ANBU_DATABASE_URL": url}
    died = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert not ArchivedDay.objects.exists()  # nothing says "archived"
    for file in tmp_path.glob("*.parquet"):  # and what is there is whole
        assert pq.read_table(file).num_rows == 1
    archived(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["2026-11-17.parquet"]
    assert pq.read_table(tmp_path / "2026-11-17.parquet").num_rows == 1
    assert ArchivedDay.objects.get().rows == 1
