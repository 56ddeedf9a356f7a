"""The tables about people."""

from .absences import Absence
from .consents import Consent
from .homes import AskBy, Begins, Contact, FindKey, Household, Person
from .looking import Bait, Opening
from .past import Enrolment, HealthNote, PastAddress, PastDong, PastTier, Refusal

__all__ = [
    "Absence",
    "AskBy",
    "Bait",
    "Opening",
    "Begins",
    "Consent",
    "Contact",
    "Enrolment",
    "FindKey",
    "HealthNote",
    "Household",
    "PastAddress",
    "PastDong",
    "PastTier",
    "Person",
    "Refusal",
]
