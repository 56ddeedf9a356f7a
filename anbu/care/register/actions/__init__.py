"""Bringing in a register, joining what is twice, handing over."""

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

__all__ = [
    "NotPossible",
    "UnknownImport",
    "drop",
    "forget_cells",
    "look_at",
    "match_columns",
    "places_of",
    "start",
    "take_step",
    "undo",
]
