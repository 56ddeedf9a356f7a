"""What is done about staff: rights, shifts, and the door they come in by."""

from .following import follow_dongs
from .rights import (
    add_staff,
    change_role,
    disable,
    end_sessions,
    lose_device,
    renew_password,
)
from .shifts import end_shift, start_shift
from .signing_in import (
    begin_attempt,
    bring_app,
    choose_password,
    forgive,
    note_coming,
    note_going,
    unlock,
)

__all__ = [
    "add_staff",
    "begin_attempt",
    "bring_app",
    "change_role",
    "choose_password",
    "disable",
    "end_sessions",
    "end_shift",
    "follow_dongs",
    "forgive",
    "lose_device",
    "note_coming",
    "note_going",
    "renew_password",
    "start_shift",
    "unlock",
]
