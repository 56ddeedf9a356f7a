"""What may be written about people, and how it is found again."""

from .absences import TOLD_LATE, check_absence
from .contacts import Line, Reachability, Why, reachability
from .finding import Term, find_address, find_initials, find_phone, find_text, terms
from .stages import audiences_of, life_stage
from .text import BadInput, clean, clean_phone

__all__ = [
    "TOLD_LATE",
    "BadInput",
    "Line",
    "Reachability",
    "Term",
    "Why",
    "audiences_of",
    "check_absence",
    "clean",
    "clean_phone",
    "find_address",
    "find_initials",
    "find_phone",
    "find_text",
    "life_stage",
    "reachability",
    "terms",
]
