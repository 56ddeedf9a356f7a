"""Turns, rotations, swaps; what a post needs and where nobody sits; calendars of staff."""

from .holes import Hole, Need
from .links import Link
from .swaps import Swap
from .turns import Rotation, TeamMember, Turn

__all__ = ["Hole", "Link", "Need", "Rotation", "Swap", "TeamMember", "Turn"]
