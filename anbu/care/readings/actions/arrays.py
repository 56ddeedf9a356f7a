"""Whole columns as PostgreSQL arrays, straight from NumPy's memory to the wire."""

import struct
from collections.abc import Collection, Sequence

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format

# element type of PostgreSQL by its number in pg_type, and NumPy's big-endian name of it
INT, FLOAT, ID = (20, ">i8"), (701, ">f8"), (2950, "V16")
TEXT_OID = 25
_NAMES = dict([INT, FLOAT, ID, (16, "?")])
_ARRAYS = (1016, 1022, 2951, 1000)  # bigint[], float8[], uuid[], boolean[]
_HEAD = 20  # bytes before the first cell


class Column:
    """An array in the binary format: its head, then each element behind its length."""

    def __init__(self, oid: int, length: int, cells: bytes) -> None:
        # dimensions, has no NULL, type, length, first index
        self.wire = np.array([1, 0, oid, length, 1], ">i4").tobytes() + cells


def _fixed(values: NDArray[np.generic], kind: tuple[int, str]) -> Column:
    oid, name = kind
    element = np.dtype(name)
    cells = np.empty(len(values), [("length", ">i4"), ("value", element)])
    cells["length"] = element.itemsize
    cells["value"] = values
    return Column(oid, len(values), cells.tobytes())


def ints(values: object) -> Column:
    """Return whole numbers as bigint[]."""
    return _fixed(np.asarray(values, np.int64), INT)


def floats(values: object) -> Column:
    """Return numbers as float8[]; NaN stays NaN."""
    return _fixed(np.asarray(values, np.float64), FLOAT)


def ids(values: Collection[bytes]) -> Column:
    """Return UUIDs, 16 bytes each, as uuid[]."""
    return _fixed(np.frombuffer(b"".join(values), "V16"), ID)


def texts(values: Sequence[str]) -> Column:
    """Return strings as text[]."""
    cells = [text.encode() for text in values]
    told = b"".join([len(cell).to_bytes(4) + cell for cell in cells])
    return Column(TEXT_OID, len(values), told)


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        return obj.wire


class _ColumnLoader(Loader):
    """A column without NULL comes back as NumPy's array; an empty one has no cells to name."""

    format = Format.BINARY

    def load(self, data: Buffer) -> NDArray[np.generic]:
        wire = bytes(data)
        dimensions, has_null, oid = struct.unpack_from(">iii", wire)
        element = np.dtype(_NAMES[oid])
        if not dimensions:
            return np.empty(0, element.newbyteorder("="))
        if has_null:
            raise ValueError("a column with NULL: ask for NaN instead")
        cells = np.frombuffer(wire, [("length", ">i4"), ("value", element)], offset=_HEAD)
        return cells["value"].astype(element.newbyteorder("="))


def cursor(connection: psycopg.Connection) -> psycopg.Cursor:
    """Return psycopg's own cursor, able to send columns, and to fetch them with array_agg."""
    made = psycopg.Cursor(connection)
    made.adapters.register_dumper(Column, _ColumnDumper)
    for oid in _ARRAYS:
        made.adapters.register_loader(oid, _ColumnLoader)
    return made
