"""The tables about people."""

from .homes import Begins, Consent, Contact, FindKey, Household, Person
from .past import Enrolment, HealthNote, PastAddress, PastDong, PastTier, Refusal

__all__ = [
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
