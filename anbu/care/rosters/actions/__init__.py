"""What is done about rosters: turns, rotations, swaps, holes, calendars, the start of work."""

from .bringing import Fault, Preview, bring_in, load_roster, preview_lines
from .contracts import close_contract, make_contract
from .holes import look_at_next_post, set_need, take_hole, tell_next_holes
from .links import end_link, read_calendar, renew_link
from .rotations import Laid, end_rotation, lay_rotation, make_rotation
from .swaps import agree_swap, allow_swap, ask_swap, refuse_swap, withdraw_swap
from .turns import add_turn, change_turn, withdraw_turn
from .working import WorkNobodyFollows, leave_work, start_work

__all__ = [
    "Fault",
    "Laid",
    "Preview",
    "WorkNobodyFollows",
    "add_turn",
    "agree_swap",
    "allow_swap",
    "ask_swap",
    "bring_in",
    "change_turn",
    "close_contract",
    "end_link",
    "end_rotation",
    "lay_rotation",
    "leave_work",
    "load_roster",
    "look_at_next_post",
    "make_contract",
    "make_rotation",
    "preview_lines",
    "read_calendar",
    "refuse_swap",
    "renew_link",
    "set_need",
    "start_work",
    "take_hole",
    "tell_next_holes",
    "withdraw_swap",
    "withdraw_turn",
]
