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
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction
from numpy.typing import NDArray

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import away_since, for_actor
from anbu.kernel.signs import BY_CODE

from ..models import ArchivedDay, Feed
from ..rules import OLDEST, NotAllowed
from . import arrays
from .admission import known_devices
from .hearing import EPOCH_S, READING_ROW

SETTLED_AFTER = OLDEST + timedelta(days=1)  # nothing of the day can come any more
AT_ONCE = 1 << 20  # rows of a row group
CODES_AT_ONCE = 5_000
HEAD_BYTES = 19  # of a binary COPY
TAIL_BYTES = 2
EPOCH_US = round(EPOCH_S * 1e6)
# The order of the file is the order of receipt: what a scan of appended rows returns by itself.
ROWS = (
    "COPY (SELECT device_id, channel, at, received_at, value FROM {part}) TO STDOUT (FORMAT BINARY)"
)
TABLE_OF_DAY = "SELECT to_regclass(%s)::text"
DAYS = """
SELECT inhrelid::regclass::text FROM pg_inherits
WHERE inhparent = 'reading'::regclass AND inhrelid::regclass::text ~ '_[0-9]{8}$' ORDER BY 1
"""
MOMENT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        ("household", pa.dictionary(pa.int32(), pa.string())),
        ("channel", pa.dictionary(pa.int32(), pa.string())),
        ("at", MOMENT),
        ("value", pa.float32()),  # NaN: the source said "no data"
        ("received_at", MOMENT),
    ]
)


HOMES = ("household", "channel", "interval_s", "region", "provider", "gateway") + (
    "absent_from",
    "absent_until",
)


class NotVerified(Exception):
    """Raised when what was read back is not what was written; the file is not kept."""


@dataclass(frozen=True, kw_only=True)
class Archived:
    """One day that lies in a file now."""

    day: date
    rows: int  # of the file
    left_out: int  # of homes that do not agree (any more), or of no feed
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Names:
    """What homes and feeds are called in the archive, and of which of them it may speak."""

    households: list[str]
    channels: list[str]
    key: NDArray[np.int64]  # device * 256 + channel, sorted
    household: NDArray[np.int32]  # by the same order
    channel: NDArray[np.int32]
    since_us: NDArray[np.int64]  # what is older was said while the home did not agree


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
            cursor.execute(f"SELECT count(*) FROM {part}")
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
        held, rows, said = _write(draft, part, names)
        _read_back(draft, names, rows, said)
        done = Archived(
            day=day,
            rows=rows,
            left_out=held - rows,
            bytes=draft.stat().st_size,
            sha256=_settle(draft),
        )
        draft.replace(path_of(folder, day))
        _sync(folder)
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
        arrays.cursor(connection.connection, raw_ids=True) as cursor,
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
        channel=np.arange(len(found), dtype=np.int32),
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
    _sync(folder)
    return len(feeds)


# ---- the file --------------------------------------------------------------------------------


def _write(draft: Path, part: str, names: Names) -> tuple[int, int, str]:
    """Write the rows of a partition; return how many it holds, how many are written, and a sum."""
    held = rows = 0
    said = hashlib.sha256()
    with pq.ParquetWriter(
        draft,
        SCHEMA,
        compression="zstd",
        use_dictionary=["household", "channel", "value"],
        column_encoding={"at": "DELTA_BINARY_PACKED", "received_at": "DELTA_BINARY_PACKED"},
    ) as out:
        for batch in _batches(part):
            held += len(batch)
            columns = _columns(batch, names)
            rows += len(columns[0])
            _add_up(said, columns)
            if len(columns[0]):
                out.write_table(_table(columns, names), row_group_size=AT_ONCE)
    return held, rows, said.hexdigest()


def _batches(part: str) -> Iterator[NDArray[Any]]:
    """Yield the rows of a partition in the order of receipt."""
    size = READING_ROW.itemsize
    with transaction.atomic(), connection.cursor() as settings:
        settings.execute("SET LOCAL statement_timeout = '1h'")
        settings.execute("SET LOCAL synchronize_seqscans = off")  # from the first row on
        with (
            connection.wrap_database_errors,
            arrays.cursor(connection.connection) as cursor,
            cursor.copy(ROWS.format(part=part)) as copy,
        ):
            kept, is_begun = bytearray(), False
            for told in copy:
                kept += told
                if not is_begun and len(kept) >= HEAD_BYTES:
                    del kept[:HEAD_BYTES]
                    is_begun = True
                if len(kept) >= AT_ONCE * size:
                    yield np.frombuffer(bytes(kept[: AT_ONCE * size]), READING_ROW)
                    del kept[: AT_ONCE * size]
            whole = len(kept) - TAIL_BYTES
            if whole:
                yield np.frombuffer(bytes(kept[:whole]), READING_ROW)


type Columns = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]


def _columns(batch: NDArray[Any], names: Names) -> Columns:
    """Return feed (a row of `names`), at [us], value, received_at [us]; one feed after the other.

    Of each feed the order of receipt stays.
    """
    key = batch["device"].astype(np.int64) * 256 + batch["channel"]
    feed = np.searchsorted(names.key, key)
    feed[feed == len(names.key)] = 0
    at = batch["at"].astype(np.int64) + EPOCH_US
    if len(names.key):
        mine = np.flatnonzero((names.key[feed] == key) & (at >= names.since_us[feed]))
    else:
        mine = np.zeros(0, np.int64)
    mine = mine[np.argsort(feed[mine], kind="stable")]
    received = batch["received_at"].astype(np.int64)[mine] + EPOCH_US
    return feed[mine].astype(np.int32), at[mine], batch["value"][mine].astype(np.float32), received


def _table(columns: Columns, names: Names) -> pa.Table:
    feed, at, value, received = columns
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(names.household[feed], names.households),
            pa.DictionaryArray.from_arrays(names.channel[feed], names.channels),
            pa.array(at, MOMENT),
            pa.array(value),
            pa.array(received, MOMENT),
        ],
        schema=SCHEMA,
    )


def _add_up(said: Any, columns: Columns) -> None:
    for column in columns:
        said.update(np.ascontiguousarray(column).tobytes())


def _read_back(draft: Path, names: Names, rows: int, said: str) -> None:
    """Compare what the file says with what the database said."""
    found, number = hashlib.sha256(), 0
    nth = {name: feed for feed, name in enumerate(names.channels)}
    homes = {name: home for home, name in enumerate(names.households)}
    with pq.ParquetFile(draft) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            feed = _numbers(table["channel"], nth)
            home = _numbers(table["household"], homes)
            if (names.household[feed] != home).any():
                raise NotVerified(f"{draft.name}: a reading stands under another home")
            at, received = (
                table[name].cast(pa.int64()).to_numpy() for name in ("at", "received_at")
            )
            _add_up(found, (feed, at, table["value"].to_numpy(), received))
            number += table.num_rows
    if number != rows or found.hexdigest() != said:
        raise NotVerified(f"{draft.name}: {number} rows were read back, {rows} were written")


def _numbers(column: pa.ChunkedArray, of: Mapping[str, int]) -> NDArray[np.int32]:
    """Return the number of each name in a column."""
    told = column.combine_chunks()
    names = np.array([of[name] for name in told.dictionary.to_pylist()], np.int32)
    numbers: NDArray[np.int32] = names[told.indices.to_numpy()]
    return numbers


def _settle(draft: Path) -> str:
    """Let the disk have the file; return the SHA-256 of it."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
