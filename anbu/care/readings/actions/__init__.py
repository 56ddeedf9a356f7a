"""Everything that changes devices, readings and silence clocks."""

from ..rules import Answer, NotAllowed, Verdict
from .absences import end_absence, end_next_absences
from .clocks import claim_cries, confirm, judge_next, push_aside, start_watch
from .devices import add_device, add_provider, revoke_device, rotate_provider_secret
from .groups import end_incident, look_at_groups
from .intake import count, refuse, take_in
from .policies import load_detectors, load_first_detectors, set_patience, tell_next_patience
from .studies import (
    UnknownStudy,
    adopt_study,
    ask_study,
    beat_study,
    begin_study,
    cancel_study,
    claim_study,
    fail_study,
    finish_study,
)
from .weeks import write_weeks

__all__ = [
    "finish_study",
    "fail_study",
    "claim_study",
    "cancel_study",
    "begin_study",
    "beat_study",
    "ask_study",
    "adopt_study",
    "UnknownStudy",
    "Answer",
    "NotAllowed",
    "Verdict",
    "add_device",
    "add_provider",
    "claim_cries",
    "confirm",
    "count",
    "end_absence",
    "end_incident",
    "end_next_absences",
    "judge_next",
    "load_detectors",
    "load_first_detectors",
    "look_at_groups",
    "push_aside",
    "refuse",
    "revoke_device",
    "rotate_provider_secret",
    "set_patience",
    "start_watch",
    "take_in",
    "tell_next_patience",
    "write_weeks",
]
