"""How well somebody can be reached, and why the figure is what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# No source gives a number: a number goes stale faster than the yearly re-check. Adjust with data.
STALE_AFTER = timedelta(days=180)
NO_PHONE, NO_CONTACT, ONE_CONTACT, DEAD, STALE = 30, 40, 20, 15, 10  # points taken away
MOST_FOR_STALE = 20
GOOD, FAIR = 80, 50


@dataclass(frozen=True)
class Line:
    """One telephone number, when somebody last answered there, since when it is dead."""

    phone: str
    confirmed_at: datetime | None
    dead_since: datetime | None

    @property
    def works(self) -> bool:
        """Return whether it can be called at all."""
        return bool(self.phone) and self.dead_since is None


@dataclass(frozen=True)
class Why:
    """One reason for points taken away; the sentence keeps its places for values."""

    points: int
    sentence: str
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Reachability:  # 연락처 상태
    score: int  # 0-100
    level: str  # good | fair | poor
    whys: tuple[Why, ...]


def reachability(own: Line, contacts: Sequence[Line], now: datetime) -> Reachability:
    """Return how well this person can be reached; more numbers that work never make it worse."""
    working = [line for line in contacts if line.works]
    whys = []
    if not own.phone:
        whys.append(Why(NO_PHONE, "본인 전화번호가 없습니다."))
    elif own.dead_since:
        whys.append(Why(NO_PHONE, "본인 전화번호가 결번입니다."))
    if not working:
        whys.append(Why(NO_CONTACT, "연락할 사람이 없습니다."))
    elif len(working) == 1:
        whys.append(Why(ONE_CONTACT, "둘째 연락할 사람이 없습니다."))
    dead = len(contacts) - len(working)
    if dead and len(working) < 2:
        whys.append(Why(DEAD, "결번인 연락처가 %(n)d개 있습니다.", (("n", dead),)))
    stale = sum(_is_stale(line, now) for line in [own, *working] if line.works)
    stale = max(0, stale - max(0, len(working) - 2))  # a third and fourth number are a gift
    if stale:
        whys.append(
            Why(
                min(MOST_FOR_STALE, STALE * stale),
                "%(n)d개 번호를 180일 넘게 확인하지 않았습니다.",
                (("n", stale),),
            )
        )
    score = max(0, 100 - sum(why.points for why in whys))
    level = "good" if score >= GOOD else "fair" if score >= FAIR else "poor"
    return Reachability(score, level, tuple(whys))


def _is_stale(line: Line, now: datetime) -> bool:
    return line.confirmed_at is None or now - line.confirmed_at > STALE_AFTER
