"""What looks odd in somebody's looking, and how a month is summed up. Pure."""

from .review import NotAllowed, UnknownLook, digest_of, month_of, next_month, sample_order
from .snooping import (
    Behind,
    Finding,
    Look,
    Rule,
    family_name,
    road_of,
    weigh,
)

__all__ = [
    "Behind",
    "Finding",
    "Look",
    "NotAllowed",
    "Rule",
    "UnknownLook",
    "digest_of",
    "family_name",
    "month_of",
    "next_month",
    "road_of",
    "sample_order",
    "weigh",
]
