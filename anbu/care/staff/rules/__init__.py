"""Who may sit where, and who may see and do what."""

from .access import (
    ACCESS,
    ANSWERS,
    ANYBODY,
    CARES,
    ROLES,
    SIGNED_IN,
    Right,
    may,
    right_of,
    rights_of,
)
from .seats import (
    FREE_PER_ACCOUNT,
    FREE_PER_ADDRESS,
    REACH_OF_ROLE,
    REMEMBERED,
    SEATS,
    NotAllowed,
    TooManyTries,
    check_seat,
    make_password,
    shut_until,
)

__all__ = [
    "ACCESS",
    "ANSWERS",
    "ANYBODY",
    "CARES",
    "FREE_PER_ACCOUNT",
    "FREE_PER_ADDRESS",
    "REACH_OF_ROLE",
    "REMEMBERED",
    "ROLES",
    "SEATS",
    "SIGNED_IN",
    "NotAllowed",
    "Right",
    "TooManyTries",
    "check_seat",
    "make_password",
    "may",
    "right_of",
    "rights_of",
    "shut_until",
]
