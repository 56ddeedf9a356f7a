"""Doing a round: taking in what telephones tell, and keeping the clocks of contact."""

from .hearing import Word, hear, hear_others
from .members import follow_enrolments
from .standing import end_round, enrol, give_to, recount, set_all_dues, write_real
from .taking_in import Receipt, take_in

__all__ = [
    "Receipt",
    "Word",
    "end_round",
    "enrol",
    "follow_enrolments",
    "give_to",
    "hear",
    "hear_others",
    "recount",
    "set_all_dues",
    "take_in",
    "write_real",
]
