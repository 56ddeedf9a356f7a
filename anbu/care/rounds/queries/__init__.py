"""What a round knows: visits behind doors, and what is dangerous there."""

from .hazards import HazardRow, appeals_waiting, hazard_texts, hazards_of
from .visits import LateVisit, OnPhone, late_visits, visit_on_phone

__all__ = [
    "HazardRow",
    "LateVisit",
    "OnPhone",
    "appeals_waiting",
    "hazard_texts",
    "hazards_of",
    "late_visits",
    "visit_on_phone",
]
