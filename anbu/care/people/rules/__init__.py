"""What may be written about people, and how it is found again."""

from .finding import Term, find_address, find_initials, find_phone, find_text, terms
from .text import BadInput, clean, clean_phone

__all__ = [
    "BadInput",
    "Term",
    "clean",
    "clean_phone",
    "find_address",
    "find_initials",
    "find_phone",
    "find_text",
    "terms",
]
