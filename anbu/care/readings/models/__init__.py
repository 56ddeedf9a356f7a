"""Devices, clocks, and what was said: the tables of readings."""

from .clocks import DetectorPolicy, Finding, Gap, HomeWeek, LearnedClock, OwnPatience, Rhythm, Watch
from .devices import Device, Feed, Provider, seen_through, sight_lasts
from .groups import Group, GroupCount, GroupIncident, GroupLook, GroupMember, HeldSilence
from .hours import ArchivedDay, FeedDay, LateHours, RollLook
from .messages import Delivery, Quarantine, Reading, Sign, SpokenSos
from .studies import Study

__all__ = [
    "ArchivedDay",
    "Delivery",
    "DetectorPolicy",
    "Device",
    "Feed",
    "FeedDay",
    "Finding",
    "Gap",
    "Group",
    "GroupCount",
    "GroupIncident",
    "GroupLook",
    "GroupMember",
    "HeldSilence",
    "HomeWeek",
    "LateHours",
    "LearnedClock",
    "OwnPatience",
    "Provider",
    "Quarantine",
    "Reading",
    "Rhythm",
    "RollLook",
    "Sign",
    "SpokenSos",
    "Study",
    "Watch",
    "seen_through",
    "sight_lasts",
]
