"""Rosters as they are read: by whoever keeps one, works by one, or answers for a hole in one."""

from .board import roster_page
from .cards import (
    Colleague,
    DayCell,
    HoleCard,
    RosterPage,
    RotationCard,
    SwapCard,
    TurnCard,
)
from .contracts import ContractCard, ContractPage, contract_page
from .needs import addressed, called, holes_to_answer, keeps_roster, owner_of
from .sight import colleagues_of, may_keep, posts_seen
from .work import WorkCard, followers, has_link, work_card

__all__ = [
    "Colleague",
    "ContractCard",
    "ContractPage",
    "DayCell",
    "HoleCard",
    "RosterPage",
    "RotationCard",
    "SwapCard",
    "TurnCard",
    "WorkCard",
    "addressed",
    "called",
    "contract_page",
    "colleagues_of",
    "followers",
    "has_link",
    "holes_to_answer",
    "keeps_roster",
    "may_keep",
    "owner_of",
    "posts_seen",
    "roster_page",
    "work_card",
]
