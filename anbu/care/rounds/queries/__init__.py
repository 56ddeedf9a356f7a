"""What a round knows: who is due, who goes, how it stands."""

from .cadences import cadence_of, in_force
from .hazards import HazardRow, appeals_waiting, hazard_texts, hazards_of
from .reach import actor_of_worker, teller, worker_of
from .register import present_values
from .visits import LateVisit, OnPhone, late_visits, visit_on_phone

__all__ = [
    "HazardRow",
    "LateVisit",
    "OnPhone",
    "actor_of_worker",
    "appeals_waiting",
    "cadence_of",
    "hazard_texts",
    "hazards_of",
    "in_force",
    "late_visits",
    "present_values",
    "teller",
    "visit_on_phone",
    "worker_of",
]
