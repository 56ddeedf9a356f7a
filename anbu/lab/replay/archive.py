"""The readings of `anbu archive` as a replay reads them: a file, or a folder of days."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anbu.kernel.clock import Readings
from anbu.lab.replay.files import BadFile, Place, Told

NEEDED = ("household", "channel", "at", "value")
SEOUL_S = 9 * 3600  # a file says moments in UTC: people live by Seoul's clock


def read(path: Path, places: list[Place]) -> Told:
    """Return the readings of these feeds, day after day, each in its order of receipt."""
    feeds = {(place.household, place.channel): nth for nth, place in enumerate(places)}
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise BadFile(f"{path.name}: no .parquet file in it")
    parts, strangers = [], 0
    for file in files:
        for table in _groups(file):
            feed = _feed(table, feeds)
            known = feed >= 0
            strangers += int((~known).sum())
            at = table["at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()
            value = table["value"].to_numpy().astype(float)
            parts.append((feed[known], at[known] // 1_000_000, value[known]))
    none = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    whole = [np.concatenate(column) for column in zip(none, *parts, strict=True)]
    offset = np.full(len(whole[1]), SEOUL_S)
    return Told(Readings(*whole), offset, strangers, 0, "")


def _groups(file: Path) -> Iterator[pa.Table]:
    try:
        with pq.ParquetFile(file) as told:
            if missing := [name for name in NEEDED if name not in told.schema_arrow.names]:
                raise BadFile(f"{file.name}: no column {', '.join(missing)}")
            for group in range(told.num_row_groups):
                yield told.read_row_group(group, columns=list(NEEDED))
    except (OSError, pa.ArrowException) as error:
        raise BadFile(f"{file.name}: cannot be read: {error}") from None


def _feed(table: pa.Table, feeds: dict[tuple[str, str], int]) -> NDArray[np.int64]:
    """Return the number of each row's feed; -1: homes.csv does not name it."""
    home, homes = _names(table["household"])
    channel, channels = _names(table["channel"])
    pair = home.astype(np.int64) * len(channels) + channel
    found, where = np.unique(pair, return_inverse=True)
    numbers = [
        feeds.get((homes[one // len(channels)], channels[one % len(channels)]), -1)
        for one in found.tolist()
    ]
    feed: NDArray[np.int64] = np.array(numbers, np.int64)[where.reshape(-1)]
    return feed


def _names(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], list[str]]:
    told = column.combine_chunks()
    if not pa.types.is_dictionary(told.type):
        told = told.dictionary_encode()
    return told.indices.to_numpy(), told.dictionary.to_pylist()
