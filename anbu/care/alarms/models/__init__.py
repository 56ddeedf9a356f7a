"""Alarms and what belongs to them."""

from .alarm import Alarm, Blindness, GroupSignal, Leg, Message, Policy, Step
from .brake import Brake
from .city import CityCount, CityFeeds
from .doubt import Doubt, LastLook, Standstill

__all__ = [
    "Alarm",
    "Blindness",
    "CityCount",
    "CityFeeds",
    "Brake",
    "Doubt",
    "GroupSignal",
    "LastLook",
    "Leg",
    "Message",
    "Policy",
    "Standstill",
    "Step",
]
