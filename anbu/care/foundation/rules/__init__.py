"""Small laws that every room shares: ids, who acts, what for, and what is never stored."""

from .actors import KINDS_OF_PURPOSE, Actor, KindOfReach, Purpose, Reach, machine
from .ids import new_id
from .refusals import NotHere, Refused
from .resident_numbers import has_resident_number, without_resident_numbers

__all__ = [
    "KINDS_OF_PURPOSE",
    "Actor",
    "KindOfReach",
    "NotHere",
    "Purpose",
    "Reach",
    "Refused",
    "has_resident_number",
    "machine",
    "new_id",
    "without_resident_numbers",
]
