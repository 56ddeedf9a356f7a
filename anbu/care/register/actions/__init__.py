"""Bringing in a register, joining what is twice, handing over."""

from .asking import ask_for_doubles
from .bringing import (
    NotPossible,
    UnknownImport,
    drop,
    forget_cells,
    look_at,
    match_columns,
    places_of,
    start,
    take_step,
    undo,
)
from .handing import UnknownTransfer, accept, escalate_next, refuse, send, withdraw
from .joining import UnknownPair, find_doubles, join, part, say_different

__all__ = [
    "NotPossible",
    "UnknownImport",
    "UnknownPair",
    "UnknownTransfer",
    "accept",
    "ask_for_doubles",
    "drop",
    "escalate_next",
    "find_doubles",
    "forget_cells",
    "join",
    "look_at",
    "match_columns",
    "part",
    "places_of",
    "refuse",
    "say_different",
    "send",
    "start",
    "take_step",
    "undo",
    "withdraw",
]
