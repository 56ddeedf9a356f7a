"""The tables of a round: how often, who, the day, the log, and the visit behind a door."""

from .asked import Asked, DayLook, Upto
from .cadence import CadenceRow, Pace
from .days import Promise, Task, Unplaced
from .log import Contact, Link, Question, ToldValue, Unread
from .months import Meeting, MeetingSeat, MonthLine, MonthReport
from .programmes import Programme, SignUp
from .standing import Standing
from .visits import Hazard, Visit
from .workers import DayOff, Device, Worker

__all__ = [
    "Asked",
    "CadenceRow",
    "Contact",
    "DayLook",
    "DayOff",
    "Device",
    "Hazard",
    "Link",
    "Meeting",
    "MeetingSeat",
    "MonthLine",
    "MonthReport",
    "Pace",
    "Programme",
    "Promise",
    "Question",
    "SignUp",
    "Standing",
    "Task",
    "ToldValue",
    "Unplaced",
    "Unread",
    "Upto",
    "Visit",
    "Worker",
]
