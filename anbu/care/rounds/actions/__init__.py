"""Doing a round: taking in what telephones tell, and keeping the clocks of contact."""

from ..queries.day import mark_of
from .asking import ask_for
from .changing import change_task, cost_of_change, let_plan
from .danger import call_for_help, close_visit, end_call, set_phone, set_pins
from .doors import open_late_visits
from .hazards import appeal_hazard, decide_hazard, end_hazard, note_hazard, renew_hazard
from .hearing import Word, hear, hear_others
from .members import follow_enrolments
from .naming import open_overdue, open_refusals
from .paces import end_pace, set_cadence, set_pace
from .planning import Planned, plan_city, replan_dong, replan_worker
from .refusing import note_refusal, note_yes
from .standing import end_round, enrol, give_to, recount, set_all_dues, write_real
from .taking_in import Receipt, take_in
from .visiting import begin_visit, check_visit, fine, leave, longer, take_visit
from .watching import end_next_visits, watch_next_visits

__all__ = [
    "Planned",
    "Receipt",
    "Word",
    "appeal_hazard",
    "ask_for",
    "begin_visit",
    "call_for_help",
    "change_task",
    "check_visit",
    "close_visit",
    "cost_of_change",
    "decide_hazard",
    "end_call",
    "end_hazard",
    "end_next_visits",
    "end_pace",
    "end_round",
    "enrol",
    "fine",
    "follow_enrolments",
    "give_to",
    "hear",
    "hear_others",
    "leave",
    "let_plan",
    "longer",
    "mark_of",
    "note_hazard",
    "note_refusal",
    "note_yes",
    "open_late_visits",
    "open_overdue",
    "open_refusals",
    "plan_city",
    "recount",
    "renew_hazard",
    "replan_dong",
    "replan_worker",
    "set_all_dues",
    "set_cadence",
    "set_pace",
    "set_phone",
    "set_pins",
    "take_in",
    "take_visit",
    "watch_next_visits",
    "write_real",
]
