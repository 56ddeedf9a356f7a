"""What may be asked about devices, silence clocks and what was heard."""

from .clocks import (
    Asked,
    Blind,
    Cry,
    Heard,
    Judged,
    SeenAgain,
    SignAgain,
    Silent,
    heard_since,
)
from .devices import (
    DeviceLogin,
    FeedHealth,
    ProviderKeys,
    device_logins,
    devices_revoked_since,
    feed_health,
    messages_taken_in,
    provider_keys,
    rows_without_a_day,
    sources_of,
    why_quarantined,
)
from .eyes import FeedCard, Seeing, blind_week, seeing
from .hindsight import Ring, Rings, Rule, WhatIf, absences_of, present_rule, what_if
from .homes import ClockCard, Day, Learned, clock_card, days, learned
from .manners import manners, may_ask_at
from .policies import PatienceLine, hours_of, own_patience
from .refused import unheard
from .strips import Lane, Strip, strips
from .studies import StudyCard, Told, homes_in, settled, studies, study, told_by
from .weeks import last_weeks, next_watched, some_watched

__all__ = [
    "absences_of",
    "settled",
    "sources_of",
    "told_by",
    "study",
    "studies",
    "homes_in",
    "Told",
    "StudyCard",
    "learned",
    "Seeing",
    "seeing",
    "days",
    "clock_card",
    "blind_week",
    "Learned",
    "FeedCard",
    "Day",
    "ClockCard",
    "what_if",
    "present_rule",
    "WhatIf",
    "Rule",
    "Rings",
    "Ring",
    "Asked",
    "Blind",
    "Cry",
    "DeviceLogin",
    "FeedHealth",
    "Heard",
    "Judged",
    "Lane",
    "PatienceLine",
    "ProviderKeys",
    "SeenAgain",
    "SignAgain",
    "Silent",
    "Strip",
    "device_logins",
    "devices_revoked_since",
    "feed_health",
    "last_weeks",
    "heard_since",
    "hours_of",
    "manners",
    "may_ask_at",
    "messages_taken_in",
    "next_watched",
    "own_patience",
    "provider_keys",
    "rows_without_a_day",
    "some_watched",
    "strips",
    "unheard",
    "why_quarantined",
]
