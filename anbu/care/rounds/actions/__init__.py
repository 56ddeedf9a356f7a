"""Doing a round: taking in what telephones tell, and keeping the clocks of contact."""

from .danger import call_for_help, close_visit, end_call, set_phone, set_pins
from .doors import open_late_visits
from .hazards import appeal_hazard, decide_hazard, end_hazard, note_hazard, renew_hazard
from .hearing import Word, hear, hear_others
from .members import follow_enrolments
from .standing import end_round, enrol, give_to, recount, set_all_dues, write_real
from .taking_in import Receipt, take_in
from .visiting import begin_visit, check_visit, fine, leave, longer, take_visit
from .watching import end_next_visits, watch_next_visits

__all__ = [
    "Receipt",
    "Word",
    "appeal_hazard",
    "begin_visit",
    "call_for_help",
    "check_visit",
    "close_visit",
    "decide_hazard",
    "end_call",
    "end_hazard",
    "end_next_visits",
    "end_round",
    "enrol",
    "fine",
    "follow_enrolments",
    "give_to",
    "hear",
    "hear_others",
    "leave",
    "longer",
    "note_hazard",
    "open_late_visits",
    "recount",
    "renew_hazard",
    "set_all_dues",
    "set_phone",
    "set_pins",
    "take_in",
    "take_visit",
    "watch_next_visits",
    "write_real",
]
