"""What telephones tell, put together: a set of events that only grows.

An event has an id of its own (UUIDv7), and each telephone counts what it tells. So events may come
late, twice and in any order: the set is the same. What stands in a register and two people say
differently is not decided by who came last. Both are kept, and a person chooses.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Guarded(StrEnum):
    """What never changes by itself because a telephone said so."""

    RISK = "risk"
    CONSENT = "consent"
    ADDRESS = "address"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One telephone's word about one field of one home."""

    id: UUID
    home: UUID
    field: Guarded
    value: str
    was: str  # what the worker saw when it was written
    at: datetime


type Field = tuple[UUID, Guarded]


def united[T: Hashable](*told: Iterable[T]) -> frozenset[T]:
    """Return everything that anybody told: in any order, once or often."""
    return frozenset().union(*told)


def questions(told: Iterable[Told], present: Mapping[Field, str]) -> dict[Field, tuple[str, ...]]:
    """Return which fields a person must decide about, each with the values in question.

    What everybody says is as it stands in the register needs nobody. Any other value, by one or by
    many, stands beside the present one until somebody chooses, whoever came last.
    """
    said: dict[Field, set[str]] = {}
    for one in told:
        said.setdefault((one.home, one.field), set()).add(one.value)
    asked = {}
    for field, values in said.items():
        stands = present.get(field, "")
        if values - {stands}:
            asked[field] = (stands, *sorted(values - {stands}))
    return asked


def missing(have: Iterable[int], upto: int) -> tuple[int, ...]:
    """Return which numbers of a telephone's own count have not come yet, 1 to `upto`."""
    known = set(have)
    return tuple(n for n in range(1, upto + 1) if n not in known)
