"""Doing a round: visits behind doors, and what is dangerous there."""

from .danger import call_for_help, close_visit, end_call, set_phone, set_pins
from .doors import open_late_visits
from .hazards import appeal_hazard, decide_hazard, end_hazard, note_hazard, renew_hazard
from .visiting import begin_visit, check_visit, fine, leave, longer, take_visit
from .watching import end_next_visits, watch_next_visits

__all__ = [
    "appeal_hazard",
    "begin_visit",
    "call_for_help",
    "check_visit",
    "close_visit",
    "decide_hazard",
    "end_call",
    "end_hazard",
    "end_next_visits",
    "fine",
    "leave",
    "longer",
    "note_hazard",
    "open_late_visits",
    "renew_hazard",
    "set_phone",
    "set_pins",
    "take_visit",
    "watch_next_visits",
]
