"""Asking for a file, allowing it, making it, handing it out, ending it."""

from .asking import allow, ask, refuse, withdraw
from .making import MAKE, make
from .taking import end_next, fetch, show_password

__all__ = [
    "MAKE",
    "allow",
    "ask",
    "end_next",
    "fetch",
    "make",
    "refuse",
    "show_password",
    "withdraw",
]
