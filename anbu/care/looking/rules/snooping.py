"""Snooping: patterns in one person's looks that somebody should ask about. Nothing is decided here.

No source gives numbers for any of these: every threshold is our own (docs/decisions/0025), chosen
so that a planner's ordinary day (calls down a list, a handful of homes an hour, each for a task)
stays below it. The patterns themselves are those that issue 4 names.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")
MANY, IN_AN_HOUR = 20, timedelta(hours=1)  # people without a task
NEIGHBOURS, NEARBY, IN_A_DAY = 2, 5, timedelta(hours=24)  # homes of the own road; of the own dong
AGAIN, IN_A_WEEK = 5, timedelta(days=7)  # separate views of one person without a task
APART = timedelta(minutes=60)  # tabs of one opening are one view
NIGHT_FROM, NIGHT_UNTIL = 22, 6  # hours of Seoul
MISSES = 3  # searches behind glass that found nobody, within an hour
LONGEST_WINDOW = IN_A_WEEK
TWO_SYLLABLES = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방", "망절", "장곡")
ROAD = re.compile(r"([가-힣0-9·]+(?:로|길))(?=\s|$)")


class Rule(StrEnum):
    """What looked odd."""

    MANY = "many"  # 맡은 일 없이 많은 사람
    NEIGHBOUR = "neighbour"  # 사는 곳 둘레
    FAMILY = "family"  # 같은 성, 사는 길
    AGAIN = "again"  # 한 사람을 거듭
    NIGHT = "night"  # 근무가 아닌 밤
    BAIT = "bait"  # 미끼
    MISSES = "misses"  # 긴급 열람으로 더듬어 찾기


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at one person, as a trace tells it; `household` None: a search that found nobody."""

    trace: int
    at: datetime
    household: UUID | None
    has_task: bool
    on_shift: bool = True
    is_bait: bool = False
    road: str = ""
    dong: int | None = None
    family: str = ""


@dataclass(frozen=True, kw_only=True)
class Behind:
    """What must be known of who looks."""

    name: str
    road: str = ""  # as they told it; "": not told
    dong: int | None = None  # of their home
    works_in: Collection[int] = ()  # dongs that are their daily work


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One pattern, with the looks it is made of."""

    rule: Rule
    looks: tuple[Look, ...]

    @property
    def homes(self) -> tuple[UUID, ...]:
        """Return whose pages it is made of, each once."""
        return tuple(dict.fromkeys(look.household for look in self.looks if look.household))


def weigh(
    looks: Sequence[Look], who: Behind, *, settled: Mapping[Rule, int] | None = None
) -> tuple[Finding, ...]:
    """Return what looks odd in these looks of one person, in any order.

    `settled`: up to which trace somebody has judged each rule already; what lies before is over.
    """
    after = settled or {}
    found = []
    for rule, judge in JUDGES.items():
        fresh = [look for look in looks if look.trace > after.get(rule, 0)]
        odd = judge(sorted(fresh, key=lambda look: (look.at, look.trace)), who)
        if odd:
            found.append(Finding(rule=rule, looks=tuple(odd)))
    return tuple(found)


def family_name(name: str) -> str:
    """Return the family name of a Korean name; two syllables where it has two."""
    tidy = name.strip()
    return tidy[:2] if tidy.startswith(TWO_SYLLABLES) and len(tidy) > 2 else tidy[:1]


def road_of(address: str) -> str:
    """Return the road of a road-name address, without its house number; "" if it names none."""
    found = ROAD.search(address)
    return found.group(1) if found else ""


def _many(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find the hour with the most people without a task."""
    return _crowded(_untasked(looks), IN_AN_HOUR, MANY, _home)


def _neighbour(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find looks around one's own home: its road, or its dong where one does not work."""
    free = _untasked(looks)
    near = [look for look in free if who.road and _lives_by(look, who)]
    if who.dong is not None and who.dong not in who.works_in:
        around = [look for look in free if look.dong == who.dong]
    else:
        around = []
    return _crowded(near, IN_A_DAY, NEIGHBOURS, _home) or _crowded(around, IN_A_DAY, NEARBY, _home)


def _family(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find somebody of the own family name on the own road: one look is enough."""
    own = family_name(who.name)
    return [
        look
        for look in _untasked(looks)
        if who.road and _lives_by(look, who) and look.family == own
    ]


def _again(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find one person looked at again and again without a task."""
    views: dict[UUID | None, list[Look]] = {}
    for look in _untasked(looks):
        past = views.setdefault(look.household, [])
        if not past or look.at - past[-1].at >= APART:
            past.append(look)
    found = [_crowded(some, IN_A_WEEK, AGAIN, _trace) for some in views.values()]
    return [look for some in found for look in some]


def _night(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find looks in the night by somebody who was not on shift and had no task."""
    return [look for look in _untasked(looks) if not look.on_shift and _at_night(look.at)]


def _bait(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find who opened a made-up person: nobody can have a task there."""
    return [look for look in looks if look.is_bait]


def _misses(looks: Sequence[Look], who: Behind) -> list[Look]:
    """Find who tries names behind glass until one fits."""
    missed = [look for look in looks if look.household is None]
    return _crowded(missed, IN_AN_HOUR, MISSES, _trace)


JUDGES: dict[Rule, Callable[[Sequence[Look], Behind], list[Look]]] = {
    Rule.BAIT: _bait,
    Rule.FAMILY: _family,
    Rule.NEIGHBOUR: _neighbour,
    Rule.MANY: _many,
    Rule.AGAIN: _again,
    Rule.NIGHT: _night,
    Rule.MISSES: _misses,
}


def _untasked(looks: Sequence[Look]) -> list[Look]:
    return [look for look in looks if not look.has_task and look.household is not None]


def _lives_by(look: Look, who: Behind) -> bool:
    return look.road == who.road and look.dong == who.dong


def _at_night(at: datetime) -> bool:
    hour = at.astimezone(SEOUL).hour
    return hour >= NIGHT_FROM or hour < NIGHT_UNTIL


def _home(look: Look) -> object:
    return look.household


def _trace(look: Look) -> object:
    return look.trace


def _crowded(
    looks: Sequence[Look], span: timedelta, least: int, what: Callable[[Look], object]
) -> list[Look]:
    """Return the looks of the fullest span (its end included), if so many differ in `what`."""
    inside: Counter[object] = Counter()
    first, fullest, most = 0, slice(0, 0), 0
    for last, look in enumerate(looks):
        inside[what(look)] += 1
        while look.at - looks[first].at > span:
            gone = what(looks[first])
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > most:
            fullest, most = slice(first, last + 1), len(inside)
    return list(looks[fullest]) if most >= least else []
