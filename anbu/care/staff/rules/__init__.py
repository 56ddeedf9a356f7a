"""Who may sit where, and who may see and do what."""

from .access import ACCESS, ANYBODY, ROLES, SIGNED_IN, Right, may, right_of
from .seats import REACH_OF_ROLE, SEATS, NotAllowed, check_seat, make_password

__all__ = [
    "ACCESS",
    "ANYBODY",
    "REACH_OF_ROLE",
    "ROLES",
    "SEATS",
    "SIGNED_IN",
    "NotAllowed",
    "Right",
    "check_seat",
    "make_password",
    "may",
    "right_of",
]
