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
from .following import Redrawn, redraw_dongs
from .joining import join_homes, part_homes
from .leaving import (
    Returning,
    change_absence,
    claim_returns,
    end_absence,
    end_past_absences,
    put_off_return,
    register_absence,
    set_asking,
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
    "Returning",
    "Redrawn",
    "TierChange",
    "UnknownHome",
    "change_absence",
    "change_tier",
    "change_tiers",
    "claim_returns",
    "end_absence",
    "end_enrolment",
    "end_health_note",
    "end_past_absences",
    "end_refusal",
    "enrol",
    "give_consent",
    "hand_to_dong",
    "join_homes",
    "move_home",
    "part_homes",
    "number_answered",
    "number_is_dead",
    "put_off_return",
    "redraw_dongs",
    "refuse_help",
    "register_absence",
    "register_household",
    "register_households",
    "unregister",
    "set_asking",
    "withdraw_consent",
    "write_health_note",
]
