"""Writing down who lives where, and what they agreed to."""

from .registering import (
    NewContact,
    NewHousehold,
    NewPerson,
    give_consent,
    register_household,
    register_households,
    withdraw_consent,
)

__all__ = [
    "NewContact",
    "NewHousehold",
    "NewPerson",
    "give_consent",
    "register_household",
    "register_households",
    "withdraw_consent",
]
