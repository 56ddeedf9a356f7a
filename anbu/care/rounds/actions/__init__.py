"""What is done in a round: planned, logged, told."""

from .asking import ask_for
from .changing import change_task, cost_of_change, let_plan, mark_of
from .naming import open_overdue, open_refusals
from .paces import end_pace, set_cadence, set_pace
from .planning import Planned, plan_city, replan_dong, replan_worker
from .refusing import note_refusal, note_yes

__all__ = [
    "Planned",
    "ask_for",
    "change_task",
    "cost_of_change",
    "end_pace",
    "let_plan",
    "mark_of",
    "note_refusal",
    "note_yes",
    "open_overdue",
    "open_refusals",
    "plan_city",
    "replan_dong",
    "replan_worker",
    "set_cadence",
    "set_pace",
]
