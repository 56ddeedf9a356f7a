"""What is refused here."""

from anbu.care.foundation.rules import NotHere, Refused


class BadInstrument(ValueError):
    """Raised for a file that is no instrument; says where, for whoever loads it."""


class NotAllowed(Refused):
    """Raised when something cannot be done like this."""


class Unknown(NotHere):
    """Raised for what is not there, or not for this person."""
