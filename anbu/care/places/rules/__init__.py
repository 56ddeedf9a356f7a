"""Who is on duty, and how offices are called."""

from .contracts import Term, term_of
from .duty import (
    SATURDAY,
    SEOUL,
    SEOUL_S,
    USUAL_HOURS,
    Hours,
    OnDuty,
    duty_week,
    is_working_day,
    last_switch,
    next_opening,
    next_switch,
    on_duty,
)
from .offices import (
    BadRow,
    OrganisationRow,
    dong_keys,
    read_organisation,
    tidy,
)

__all__ = [
    "SATURDAY",
    "SEOUL",
    "SEOUL_S",
    "USUAL_HOURS",
    "BadRow",
    "Hours",
    "OnDuty",
    "OrganisationRow",
    "Term",
    "dong_keys",
    "duty_week",
    "is_working_day",
    "last_switch",
    "next_opening",
    "next_switch",
    "on_duty",
    "read_organisation",
    "term_of",
    "tidy",
]
