"""Writing down who lives where, what they agreed to, and what changes."""

from .changing import (
    TierChange,
    UnknownHome,
    change_tier,
    change_tiers,
    end_enrolment,
    end_refusal,
    enrol,
    hand_to_dong,
    move_home,
    refuse_help,
)
from .reaching import end_health_note, number_answered, number_is_dead, write_health_note
from .registering import (
    NewContact,
    NewHousehold,
    NewPerson,
    give_consent,
    register_household,
    register_households,
    unregister,
    withdraw_consent,
)

__all__ = [
    "NewContact",
    "NewHousehold",
    "NewPerson",
    "TierChange",
    "UnknownHome",
    "change_tier",
    "change_tiers",
    "end_enrolment",
    "end_health_note",
    "end_refusal",
    "enrol",
    "give_consent",
    "hand_to_dong",
    "move_home",
    "number_answered",
    "number_is_dead",
    "refuse_help",
    "register_household",
    "register_households",
    "unregister",
    "withdraw_consent",
    "write_health_note",
]
