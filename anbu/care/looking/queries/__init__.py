"""What somebody has to do at a home, and what the monthly review shows."""

from .leaving import ExportLine, PrintLine, ProvisionLine
from .own import OwnRoad, own_road
from .remit import in_remit
from .review import (
    BaitLine,
    OpeningLine,
    ReviewPage,
    StaffLine,
    SuspicionLine,
    glass_waiting,
    openings_of,
    page,
    summary_of,
    undecided,
    waiting,
)
from .tasks import task_at

__all__ = [
    "BaitLine",
    "ExportLine",
    "OpeningLine",
    "OwnRoad",
    "PrintLine",
    "ProvisionLine",
    "ReviewPage",
    "StaffLine",
    "SuspicionLine",
    "glass_waiting",
    "in_remit",
    "openings_of",
    "own_road",
    "page",
    "summary_of",
    "task_at",
    "undecided",
    "waiting",
]
