"""The tables about people."""

from .absences import Absence
from .consents import Consent
from .homes import AskBy, Begins, Contact, FindKey, Household, Person
from .looking import Bait, Looked, Opening, Review, Suspicion
from .past import Enrolment, HealthNote, PastAddress, PastDong, PastTier, Refusal

__all__ = [
    "Absence",
    "AskBy",
    "Bait",
    "Looked",
    "Opening",
    "Review",
    "Suspicion",
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
