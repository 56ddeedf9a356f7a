"""Alarms and what belongs to them."""

from .alarm import Alarm, Blindness, GroupSignal, Leg, Message, Policy, Step
from .brake import Brake
from .city import CityCount, CityFeeds
from .doubt import Doubt, LastLook, Standstill
from .handover import Board, Handover

__all__ = [
    "Alarm",
    "Blindness",
    "Board",
    "CityCount",
    "CityFeeds",
    "Brake",
    "Doubt",
    "GroupSignal",
    "Handover",
    "LastLook",
    "Leg",
    "Message",
    "Policy",
    "Standstill",
    "Step",
]
