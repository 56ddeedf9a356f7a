"""The tables about people."""

from .homes import Begins, Consent, Contact, FindKey, Household, Person

__all__ = ["Begins", "Consent", "Contact", "FindKey", "Household", "Person"]
