"""What stands on the page of a roster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from anbu.care.places.queries import PostCard


@dataclass(frozen=True, kw_only=True)
class TurnCard:
    """One turn on the roster."""

    id: UUID
    staff: int
    name: str
    begins_at: datetime
    ends_at: datetime
    part: str
    order: int
    source: str
    is_mine: bool
    is_over: bool
    has_begun: bool
    is_asked: bool  # somebody has asked to swap it


@dataclass(frozen=True, kw_only=True)
class HoleCard:
    """One hole on the roster, and who has to see that somebody comes."""

    id: UUID
    part: str
    begins_at: datetime
    ends_at: datetime
    missing: int
    stair: str
    owner: str
    tell_at: datetime | None
    told: int
    taken_by: str
    may_take: bool


@dataclass(frozen=True, kw_only=True)
class DayCell:
    """One day of the calendar."""

    on: date
    is_within: bool  # of the month that is shown
    is_today: bool
    is_red: bool
    holiday: str
    turns: tuple[TurnCard, ...]
    holes: tuple[HoleCard, ...]


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Who may stand on this roster, and how long they work in each of the weeks shown."""

    id: int
    name: str
    hours: tuple[float, ...]
    is_too_much: tuple[bool, ...]

    @property
    def weeks(self) -> tuple[tuple[float, bool], ...]:
        """Return the hours of each week, and whether they are too many."""
        return tuple(zip(self.hours, self.is_too_much, strict=True))


@dataclass(frozen=True, kw_only=True)
class RestCard:
    """Somebody who rests too little between two turns."""

    name: str
    ends_at: datetime
    begins_at: datetime
    rest: timedelta


@dataclass(frozen=True, kw_only=True)
class RotationCard:
    """A rotation that is in use."""

    id: UUID
    name: str
    pattern: str
    starts_on: date
    teams: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SwapCard:
    """A swap that is not settled, and what this reader may do about it."""

    id: UUID
    state: str
    by_name: str
    of_name: str
    gives_at: datetime
    gives_until: datetime
    takes_at: datetime | None
    takes_until: datetime | None
    may_agree: bool
    may_allow: bool
    may_refuse: bool
    may_withdraw: bool


@dataclass(frozen=True, kw_only=True)
class RosterPage:
    """One post's roster for the weeks that are shown."""

    post: int
    post_name: str
    posts: tuple[PostCard, ...]
    may_keep: bool
    needs: Mapping[str, int]
    weeks: tuple[tuple[DayCell, ...], ...]
    mondays: tuple[date, ...]
    colleagues: tuple[Colleague, ...]
    rests: tuple[RestCard, ...]
    holes: tuple[HoleCard, ...]
    rotations: tuple[RotationCard, ...]
    swaps: tuple[SwapCard, ...]
    chosen: TurnCard | None
    returns: tuple[TurnCard, ...]  # what colleagues could give in return for the chosen one
    has_link: bool

    @property
    def keeps_roster(self) -> bool:
        """Say whether it was said how many people the post needs."""
        return any(self.needs.values())
