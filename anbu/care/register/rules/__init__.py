"""Reading files, telling columns, likeness of people. Pure."""

from .columns import (
    LABELS,
    NEEDED,
    Entry,
    Fault,
    Places,
    birth,
    forbidden,
    match,
    missing,
    phone,
    plain_dong,
    postcode,
    read_row,
)
from .files import MOST_BYTES, MOST_ROWS, BadFile, Line, Sheet, read

__all__ = [
    "BadFile",
    "Entry",
    "Fault",
    "LABELS",
    "Line",
    "MOST_BYTES",
    "MOST_ROWS",
    "NEEDED",
    "Places",
    "Sheet",
    "birth",
    "forbidden",
    "match",
    "missing",
    "phone",
    "plain_dong",
    "postcode",
    "read",
    "read_row",
]
