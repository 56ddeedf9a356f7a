"""Whole columns as PostgreSQL arrays, straight from NumPy's memory to the wire."""

from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

# element type of PostgreSQL by its number in pg_type, and NumPy's big-endian name of it
INT, FLOAT, ID = (20, ">i8"), (701, ">f8"), (2950, "V16")


class Column:
    """An array in the binary format: its head, then each element behind its length."""

    def __init__(self, values: NDArray[np.generic], kind: tuple[int, str]) -> None:
        oid, name = kind
        element = np.dtype(name)
        cells = np.empty(len(values), [("length", ">i4"), ("value", element)])
        cells["length"] = element.itemsize
        cells["value"] = values
        # dimensions, has no NULL, type, length, first index
        head = np.array([1, 0, oid, len(values), 1], ">i4")
        self.wire = head.tobytes() + cells.tobytes()


def ints(values: object) -> Column:
    """Return whole numbers as bigint[]."""
    return Column(np.asarray(values, np.int64), INT)


def floats(values: object) -> Column:
    """Return numbers as float8[]; NaN stays NaN."""
    return Column(np.asarray(values, np.float64), FLOAT)


def ids(values: list[UUID]) -> Column:
    """Return UUIDs as uuid[]."""
    return Column(np.frombuffer(b"".join(value.bytes for value in values), "V16"), ID)


class _ColumnDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        return obj.wire


def cursor(connection: psycopg.Connection) -> psycopg.Cursor:
    """Return psycopg's own cursor, able to send columns."""
    made = psycopg.Cursor(connection)
    made.adapters.register_dumper(Column, _ColumnDumper)
    return made
