"""Coming to a page, looking for odd looks, and reviewing a month of them."""

from .entering import Entry, break_glass, enter, find_behind_glass, open_for_reason, see_glass
from .reviewing import (
    close_month,
    judge_opening,
    judge_suspicion,
    open_review,
    place_bait,
    remove_bait,
    tell_own_road,
    tell_residence,
)
from .weighing import weigh_next

__all__ = [
    "Entry",
    "break_glass",
    "close_month",
    "enter",
    "find_behind_glass",
    "judge_opening",
    "judge_suspicion",
    "open_for_reason",
    "open_review",
    "place_bait",
    "remove_bait",
    "see_glass",
    "tell_own_road",
    "tell_residence",
    "weigh_next",
]
