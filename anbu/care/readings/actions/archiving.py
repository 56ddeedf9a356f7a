"""The archive of old days: one Parquet file a day, pseudonymous, read back before it is believed.

A file is written beside its place, read back and compared value by value, and then renamed: a
process that is killed leaves the old file or none, and at most a `.part` that the next run takes
away. Only what homes that agree today said is archived. Names are keyed hashes: without the key,
which lies apart, nobody finds a home by them.
"""

import csv
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from psycopg import sql

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import away_since, for_actor
from anbu.kernel.signs import BY_CODE

from ..models import ArchivedDay, Feed
from ..rules import OLDEST, NotAllowed
from . import arrays
from .admission import known_devices
from .parquet import Names, read_back, settle, sync, write

SETTLED_AFTER = OLDEST + timedelta(days=1)  # nothing of the day can come any more
CODES_AT_ONCE = 5_000
TABLE_OF_DAY = "SELECT to_regclass(%s)::text"
DAYS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'reading'::regclass AND inhrelid::regclass::text ~ '_[0-9]{8}$' ORDER BY 1
"""
HELD = sql.SQL("SELECT count(*) FROM {}")
HOMES = ("household", "channel", "interval_s", "region", "provider", "gateway") + (
    "absent_from",
    "absent_until",
)


@dataclass(frozen=True, kw_only=True)
class Archived:
    """One day that lies in a file now."""

    day: date
    rows: int  # of the file
    left_out: int  # of homes that do not agree (any more), or of no feed
    bytes: int
    sha256: str


def key_of(file: Path) -> bytes:
    """Return the key of the pseudonyms; the first archive of an installation makes it (0400)."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(32))
        draft.replace(file)
    return bytes.fromhex(file.read_text())


def pseudonym(key: bytes, kind: str, name: str) -> str:
    """Return what something is called in the archive: twenty letters that only the key explains."""
    return hmac.new(key, f"{kind}:{name}".encode(), hashlib.sha256).hexdigest()[:20]


def days_to_archive(*, now: datetime) -> list[date]:
    """Return the settled days that lie in no file, or of which there is more by now."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS)
        found = [(part, _day_of(part)) for (part,) in cursor.fetchall()]
        settled = [each for each in found if _ends(each[1]) + SETTLED_AFTER <= now]
        known = dict(ArchivedDay.objects.filter(deleted_at=None).values_list("day", "held"))
        due = []
        for part, day in settled:
            cursor.execute(HELD.format(sql.Identifier(part)))
            (held,) = cursor.fetchone()
            if known.get(day, 0) != held:
                due.append(day)
    return due


def archive_day(*, day: date, folder: Path, key: bytes, by: str, now: datetime) -> Archived:
    """Write one day (UTC) into `folder`, read it back, and write down that it is archived."""
    if _ends(day) > now:
        raise NotAllowed(f"{day}: this day is not over")
    part = _part(day)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(f"{day}.*.part"):
        left.unlink(missing_ok=True)
    names = _names(key, now)
    draft = folder / f"{day}.{os.getpid()}.part"
    try:
        held, rows, said = write(draft, part, names)
        read_back(draft, names, rows, said)
        done = Archived(
            day=day,
            rows=rows,
            left_out=held - rows,
            bytes=draft.stat().st_size,
            sha256=settle(draft),
        )
        draft.replace(path_of(folder, day))
        sync(folder)
    finally:
        draft.unlink(missing_ok=True)
    _note(done, held, by, now)
    return done


def path_of(folder: Path, day: date) -> Path:
    """Return where a day lies."""
    return folder / f"{day}.parquet"


@transaction.atomic
def _note(done: Archived, held: int, by: str, now: datetime) -> None:
    row = {
        "held": held,
        "rows": done.rows,
        "bytes": done.bytes,
        "sha256": done.sha256,
        "archived_at": now,
        "deleted_at": None,
    }
    ArchivedDay.objects.update_or_create(day=done.day, defaults=row)
    told: dict[str, Any] = {"rows": done.rows, "left_out": done.left_out, "sha256": done.sha256}
    record(by=by, verb="archive_readings", at=now, day=done.day.isoformat(), **told)


def _part(day: date) -> str:
    part = f"reading_{day:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(TABLE_OF_DAY, [part])
        if cursor.fetchone()[0] is None:
            raise NotAllowed(f"{day}: no readings of this day are kept")
    return part


def _day_of(part: str) -> date:
    return date.fromisoformat(part[-8:])


def _ends(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


# ---- who is in it, and under what name -------------------------------------------------------


def agreed_feeds(*, now: datetime) -> Iterator[tuple[Feed, float]]:
    """Yield the feeds whose homes agree today, and since when what they say is heard [s]."""
    feeds = Feed.objects.select_related("device__provider").order_by("device__code", "channel")
    found = list(feeds)
    codes = sorted({feed.device.code for feed in found})
    devices: dict[str, Any] = {}
    with (
        transaction.atomic(),
        connection.wrap_database_errors,
        arrays.cursor(connection.connection) as cursor,
    ):
        for first in range(0, len(codes), CODES_AT_ONCE):
            devices |= known_devices(cursor, codes[first : first + CODES_AT_ONCE], now)
    for feed in found:
        device = devices.get(feed.device.code)
        if device is not None and feed.channel in device.channels:
            yield feed, device.since


def feed_name(key: bytes, feed: Feed) -> str:
    """Return what a feed is called in the archive; the kernel's name of its channel comes first."""
    return f"{BY_CODE[feed.channel].name}:{pseudonym(key, 'feed', str(feed.pk))[:8]}"


def home_name(key: bytes, household: UUID) -> str:
    """Return what a home is called in the archive."""
    return pseudonym(key, "household", str(household))


def _names(key: bytes, now: datetime) -> Names:
    found = sorted(agreed_feeds(now=now), key=lambda one: (one[0].device_id, one[0].channel))
    homes = sorted({feed.household_id for feed, _ in found})
    place: Mapping[UUID, int] = {home: nth for nth, home in enumerate(homes)}
    since = [max(since, 0.0) * 1e6 for _, since in found]
    return Names(
        households=[home_name(key, home) for home in homes],
        channels=[feed_name(key, feed) for feed, _ in found],
        key=np.array([feed.device_id * 256 + feed.channel for feed, _ in found], np.int64),
        household=np.array([place[feed.household_id] for feed, _ in found], np.int32),
        since_us=np.array(since, np.float64).astype(np.int64),
    )


def write_homes(*, folder: Path, key: bytes, now: datetime) -> int:
    """Write homes.csv beside the days: what `anbu replay --homes` needs. Return how many feeds.

    Dongs and providers by their codes, gateways by keyed hashes; of each home its newest absence.
    """
    feeds = [feed for feed, _ in agreed_feeds(now=now)]
    homes = {feed.household_id for feed in feeds}
    oldest = now - timedelta(days=3650)
    away = away_since(since=dict.fromkeys(homes, oldest), seen_by=None)
    dongs = dict(
        for_actor(machine("archive"), Purpose("machine", "archive"))
        .households.filter(id__in=homes)
        .values_list("id", "dong__code")
    )
    draft = folder / f"homes.{os.getpid()}.part"
    with draft.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HOMES)
        for feed in feeds:
            device, home = feed.device, feed.household_id
            newest = away[home][-1] if home in away else None
            through = f"{device.provider.code}/{device.gateway}" if device.gateway else ""
            out.writerow(
                [
                    home_name(key, home),
                    feed_name(key, feed),
                    max(round(feed.interval_s), 1),
                    dongs[home],
                    device.provider.code,
                    pseudonym(key, "gateway", through)[:8] if through else "",
                    newest.begins_at.isoformat() if newest else "",
                    newest.until.isoformat() if newest else "",
                ]
            )
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / "homes.csv")
    sync(folder)
    return len(feeds)
