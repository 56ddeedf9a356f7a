"""Alarms and what belongs to them."""

from .alarm import Alarm, Blindness, GroupSignal, Leg, Message, Policy, Step
from .doubt import Doubt, LastLook, Standstill

__all__ = [
    "Alarm",
    "Blindness",
    "Doubt",
    "GroupSignal",
    "LastLook",
    "Leg",
    "Message",
    "Policy",
    "Standstill",
    "Step",
]
