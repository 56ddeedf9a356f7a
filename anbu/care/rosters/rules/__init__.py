"""Turns, what a post needs, where nobody sits, who is told, rotations and swaps."""

from .coverage import LOOKED_AHEAD, Gap, Stretch, holes, stretches
from .feed import Entry, calendar_of
from .lines import MOST_LINES, TypedTurn, columns_of, read_line
from .month import is_free, month_of, weeks_of
from .rotation import LETTERS, MOST_TEAMS, USUAL, check_pattern, lay_out
from .stairs import NEXT, OPEN, RISES, Ahead, HoleState, Rise, stair_at, tell_next_at
from .swap import NEXT_SWAP, OPEN_SWAPS, SwapState, after_agreeing
from .turns import (
    MOST_A_WEEK,
    REST,
    NotAllowed,
    Part,
    Planned,
    ShortRest,
    Source,
    UnknownTurn,
    check_order,
    check_turn,
    clashes,
    short_rests,
    week_hours,
)

__all__ = [
    "LETTERS",
    "LOOKED_AHEAD",
    "MOST_A_WEEK",
    "MOST_LINES",
    "MOST_TEAMS",
    "NEXT",
    "NEXT_SWAP",
    "OPEN",
    "OPEN_SWAPS",
    "REST",
    "RISES",
    "USUAL",
    "Ahead",
    "Entry",
    "Gap",
    "HoleState",
    "NotAllowed",
    "Part",
    "Planned",
    "Rise",
    "ShortRest",
    "Source",
    "Stretch",
    "SwapState",
    "TypedTurn",
    "UnknownTurn",
    "after_agreeing",
    "calendar_of",
    "check_order",
    "check_pattern",
    "check_turn",
    "clashes",
    "columns_of",
    "holes",
    "is_free",
    "lay_out",
    "month_of",
    "read_line",
    "short_rests",
    "stair_at",
    "stretches",
    "tell_next_at",
    "week_hours",
    "weeks_of",
]
