"""Putting a city's own words in force, and telling colleagues on duty."""

from .calling import call_people
from .loading import load_templates
from .notices import deliver_notice, expire_next_notices, notify_duty
from .subscribing import BadDevice, end_subscription, subscribe

__all__ = [
    "BadDevice",
    "call_people",
    "deliver_notice",
    "end_subscription",
    "expire_next_notices",
    "load_templates",
    "notify_duty",
    "subscribe",
]
