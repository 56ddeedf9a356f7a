"""Alarms and what belongs to them."""

from .alarm import Alarm, Blindness, GroupSignal, Leg, Message, Policy, Step
from .brake import Brake
from .call import CallNote, CallStep
from .care import Care
from .city import CityCount, CityFeeds
from .doubt import Doubt, LastLook, Standstill
from .field import Entry, EntryNote, FieldJob, FieldText, JointResponse
from .handover import Board, Handover
from .look_back import LookBack, LookBackNote
from .protocol import Protocol
from .provision import Provision, ProvisionYear

__all__ = [
    "Alarm",
    "Blindness",
    "Board",
    "CallNote",
    "CallStep",
    "CityCount",
    "CityFeeds",
    "Brake",
    "Care",
    "Doubt",
    "Entry",
    "EntryNote",
    "FieldJob",
    "FieldText",
    "JointResponse",
    "GroupSignal",
    "Handover",
    "LastLook",
    "LookBack",
    "LookBackNote",
    "Leg",
    "Message",
    "Policy",
    "Provision",
    "ProvisionYear",
    "Protocol",
    "Standstill",
    "Step",
]
