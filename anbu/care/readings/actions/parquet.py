"""The Parquet file of a day: written from a partition as it is received, and read back."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction
from numpy.typing import NDArray

from . import arrays
from .hearing import EPOCH_S, READING_ROW

AT_ONCE = 1 << 20  # rows of a row group
HEAD_BYTES = 19  # of a binary COPY
TAIL_BYTES = 2
EPOCH_US = round(EPOCH_S * 1e6)
# The order of the file is the order of receipt: what a scan of appended rows returns by itself.
ROWS = (
    "COPY (SELECT device_id, channel, at, received_at, value FROM {part}) TO STDOUT (FORMAT BINARY)"
)
MOMENT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        ("household", pa.dictionary(pa.int32(), pa.string())),
        ("channel", pa.dictionary(pa.int32(), pa.string())),
        ("at", MOMENT),
        ("value", pa.float32()),  # NaN: the source said "no data"
        ("late_s", pa.int32()),  # seconds from `at` to its receipt
    ]
)


class NotVerified(Exception):
    """Raised when what was read back is not what was written; the file is not kept."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What homes and feeds are called in the archive, and of which of them it may speak."""

    households: list[str]
    channels: list[str]
    key: NDArray[np.int64]  # device * 256 + channel, sorted
    household: NDArray[np.int32]  # by the same order
    since_us: NDArray[np.int64]  # what is older was said while the home did not agree


def write(draft: Path, part: str, names: Names) -> tuple[int, int, str]:
    """Write the rows of a partition; return how many it holds, how many are written, and a sum."""
    held = rows = 0
    said = hashlib.sha256()
    with pq.ParquetWriter(
        draft,
        SCHEMA,
        compression="zstd",
        use_dictionary=["household", "channel", "value"],
        column_encoding={"at": "DELTA_BINARY_PACKED", "late_s": "DELTA_BINARY_PACKED"},
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


type Columns = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32], NDArray[np.int32]]


def _columns(batch: NDArray[Any], names: Names) -> Columns:
    """Return feed (a row of `names`), at [us], value, late [s]; one feed after the other.

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
    late = (batch["received_at"].astype(np.int64) - batch["at"].astype(np.int64)) // 1_000_000
    value = batch["value"].astype(np.float32)
    return feed[mine].astype(np.int32), at[mine], value[mine], late[mine].astype(np.int32)


def _table(columns: Columns, names: Names) -> pa.Table:
    feed, at, value, late = columns
    return pa.Table.from_arrays(
        [
            pa.DictionaryArray.from_arrays(names.household[feed], names.households),
            pa.DictionaryArray.from_arrays(feed, names.channels),
            pa.array(at, MOMENT),
            pa.array(value),
            pa.array(late, pa.int32()),
        ],
        schema=SCHEMA,
    )


def _add_up(said: Any, columns: Columns) -> None:
    for column in columns:
        said.update(np.ascontiguousarray(column).tobytes())


def read_back(draft: Path, names: Names, rows: int, said: str) -> None:
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
            at = table["at"].cast(pa.int64()).to_numpy()
            said_back = (feed, at, table["value"].to_numpy(), table["late_s"].to_numpy())
            _add_up(found, said_back)
            number += table.num_rows
    if number != rows or found.hexdigest() != said:
        raise NotVerified(f"{draft.name}: {number} rows were read back, {rows} were written")


def _numbers(column: pa.ChunkedArray, of: Mapping[str, int]) -> NDArray[np.int32]:
    """Return the number of each name in a column."""
    told = column.combine_chunks()
    names = np.array([of[name] for name in told.dictionary.to_pylist()], np.int32)
    numbers: NDArray[np.int32] = names[told.indices.to_numpy()]
    return numbers


def settle(draft: Path) -> str:
    """Let the disk have the file; return the SHA-256 of it."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
