"""One turn of a roster: how long it may be, whom it binds twice, how long somebody rests."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL


class Part(StrEnum):
    DUTY = "duty"  # 근무: sits at the post
    ON_CALL = "on_call"  # 호출대기: comes when called, in the order written down


class Source(StrEnum):
    TYPED = "typed"
    ROTATION = "rotation"
    IMPORT = "import"
    SWAP = "swap"


class NotAllowed(Refused):
    """Something that the rules of rosters forbid."""


class UnknownTurn(NotHere):
    """There is no such turn, post or swap for this reader."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One turn as the rules see it: who, from when until when."""

    staff: int
    begins_at: datetime
    ends_at: datetime
    part: Part = Part.DUTY


@dataclass(frozen=True, kw_only=True)
class ShortRest:
    """Somebody has less rest between two turns than they should."""

    staff: int
    ends_at: datetime
    begins_at: datetime

    @property
    def rest(self) -> timedelta:
        """Return how long the rest is."""
        return self.begins_at - self.ends_at


LONGEST, SHORTEST = timedelta(hours=24), timedelta(minutes=15)
# 11 hours without a break: Labour Standards Act art. 59(2). It binds special sectors alone; that
# everybody is warned of it is our own guess. It is told, never forbidden: docs/decisions/0043.
REST = timedelta(hours=11)
# 40 and 12 hours a week: Labour Standards Act art. 50(1) and 53(1). Told, never forbidden.
MOST_A_WEEK = timedelta(hours=52)
MOST_ON_CALL = 9  # numbers of an order that a person can read
AHEAD = timedelta(days=400)  # nobody plans further; a slip of the hand does
PAST = timedelta(days=31)


def check_turn(*, begins_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a turn that cannot be one.

    Raises:
        BadInput: it ends before it begins, is too short or too long, or lies too far away.
    """
    if ends_at <= begins_at:
        raise BadInput("끝나는 때가 시작하는 때보다 뒤여야 합니다.")
    if ends_at - begins_at < SHORTEST:
        raise BadInput("근무가 너무 짧습니다. 15분보다 길게 적어 주세요.")
    if ends_at - begins_at > LONGEST:
        raise BadInput("한 근무는 24시간까지 적을 수 있습니다. 나누어 적어 주세요.")
    if not now - PAST <= begins_at <= now + AHEAD:
        raise BadInput("너무 먼 날입니다. 해와 달을 확인해 주세요.")


def check_order(part: Part, order: int) -> int:
    """Return in which place somebody on call is called; who sits at the post has none."""
    if part is Part.DUTY:
        return 0
    if not 1 <= order <= MOST_ON_CALL:
        raise BadInput("호출 순서를 1부터 9까지 적어 주세요.")
    return order


def clashes(turns: Iterable[Planned]) -> list[tuple[Planned, Planned]]:
    """Return each pair of turns that would bind one person twice at one moment."""
    found = []
    for own in _by_person(turns).values():
        for nth, one in enumerate(own):
            for other in own[nth + 1 :]:
                if other.begins_at >= one.ends_at:
                    break
                found.append((one, other))
    return found


def short_rests(turns: Iterable[Planned], *, least: timedelta = REST) -> tuple[ShortRest, ...]:
    """Return where somebody rests too little between two turns at the post.

    Two turns without any break between them are one long turn, and told too: the rest is nought.
    On call at home is not counted as work here: our own guess, docs/decisions/0043.
    """
    found = []
    for own in _by_person(turns, part=Part.DUTY).values():
        for one, other in pairwise(own):
            if timedelta(0) <= other.begins_at - one.ends_at < least:
                told = {"ends_at": one.ends_at, "begins_at": other.begins_at}
                found.append(ShortRest(staff=one.staff, **told))
    return tuple(sorted(found, key=lambda each: (each.begins_at, each.staff)))


def week_hours(turns: Iterable[Planned], *, monday: date) -> dict[int, timedelta]:
    """Return how long each person sits at the post in the week of Seoul that begins that day."""
    begins = datetime.combine(monday, time(0), SEOUL)
    ends = datetime.combine(monday + timedelta(days=7), time(0), SEOUL)
    worked: dict[int, timedelta] = defaultdict(timedelta)
    for turn in turns:
        inside = min(turn.ends_at, ends) - max(turn.begins_at, begins)
        if turn.part is Part.DUTY and inside > timedelta(0):
            worked[turn.staff] += inside
    return dict(worked)


def _by_person(turns: Iterable[Planned], *, part: Part | None = None) -> dict[int, list[Planned]]:
    found: dict[int, list[Planned]] = defaultdict(list)
    for turn in turns:
        if part in (None, turn.part):
            found[turn.staff].append(turn)
    for own in found.values():
        own.sort(key=_when)
    return found


def _when(turn: Planned) -> tuple[datetime, datetime]:
    return (turn.begins_at.astimezone(UTC), turn.ends_at.astimezone(UTC))
