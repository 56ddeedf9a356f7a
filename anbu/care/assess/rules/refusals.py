"""What is refused here."""


class BadInstrument(ValueError):
    """Raised for a file that is no instrument; says where, for whoever loads it."""


class NotAllowed(ValueError):
    """Raised when something cannot be done like this; one Korean sentence says why."""


class Unknown(LookupError):
    """Raised for what is not there, or not for this person."""
