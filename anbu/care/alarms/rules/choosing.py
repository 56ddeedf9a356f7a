"""Which course is taken at which home: the line that says most about it wins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

# The ways of being seen, the one that looks oftest first: a home seen through several is judged
# by the first that a line names. Codes of anbu.sources.
SERVICES = ("smart_plug", "door", "ami_meter", "telecom", "app", "ai_speaker", "ai_call_vendor")
KINDS = ("silence", "watch", "return", "sos")
QUIET_KINDS = KINDS[:3]  # a line that names no kind means these: a cry is meant by name only
TIERS = ("low", "mid", "high")
DAYS = ("working", "off")  # 평일, and weekends with holidays
HOURS = 24


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of an alarm when its course is chosen."""

    kind: str
    services: tuple[str, ...]
    tier: str
    district: str  # its name
    day: str  # of DAYS
    hour: int  # of Seoul, 0-23


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a protocol: where a course holds. What it does not name, it holds for all of."""

    course: str
    kind: str = ""
    service: str = ""
    tier: str = ""
    district: str = ""
    day: str = ""
    since: int = 0  # from this hour …
    until: int = 0  # … until just before this one, over midnight too; both nought: all day
    at: int = 0  # in which line of the document it begins

    @property
    def narrowness(self) -> int:
        """Return how many things it names."""
        named = (self.kind, self.service, self.tier, self.district, self.day)
        return sum(map(bool, named)) + (self.since != self.until)

    def has_hour(self, hour: int) -> bool:
        """Say whether it holds in this hour."""
        if self.since == self.until:
            return True
        if self.since < self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until

    def fits(self, case: Case) -> bool:
        """Say whether it holds for this alarm."""
        return (
            (self.kind == case.kind if self.kind else case.kind in QUIET_KINDS)
            and (not self.service or self.service in case.services)
            and self.tier in ("", case.tier)
            and self.district in ("", case.district)
            and self.day in ("", case.day)
            and self.has_hour(case.hour)
        )

    def _rank(self) -> tuple[int, int, str, str]:
        order = SERVICES.index(self.service) if self.service in SERVICES else len(SERVICES)
        return (-self.narrowness, order, self.course, repr(self))


def choose(lines: Sequence[Line], case: Case) -> Line | None:
    """Return the line that holds for this alarm and names most, or None where none holds.

    The order of the lines changes nothing: what `undecided` would refuse is decided by words.
    """
    return min((line for line in lines if line.fits(case)), key=Line._rank, default=None)


def undecided(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """Return the pairs of lines between which nothing decides, for at least one alarm.

    Both name as much, and no third line names more wherever both hold. Lines of two services do
    not meet here: a home seen through both is judged by the order of SERVICES.
    """
    for one, other in combinations(lines, 2):
        if one.narrowness != other.narrowness:
            continue
        if one.service and other.service and one.service != other.service:
            continue
        narrower = [line for line in lines if line.narrowness > one.narrowness]
        for case in _both(one, other, lines):
            if not any(line.fits(case) for line in narrower):
                yield one, other
                break


def _both(one: Line, other: Line, lines: Sequence[Line]) -> Iterator[Case]:
    """Return a case of every sort in which both lines hold."""
    services = sorted({line.service for line in lines} | {""})
    districts = sorted({line.district for line in lines} | {""})
    shared = [
        _common(one.kind, other.kind, KINDS),
        _common(one.service, other.service, services),
        _common(one.tier, other.tier, TIERS),
        _common(one.district, other.district, districts),
        _common(one.day, other.day, DAYS),
    ]
    hours = [hour for hour in range(HOURS) if one.has_hour(hour) and other.has_hour(hour)]
    for (kind, service, tier, district, day), hour in product(product(*shared), hours):
        case = Case(
            kind=kind,
            services=(service,) if service else (),
            tier=tier,
            district=district,
            day=day,
            hour=hour,
        )
        if one.fits(case) and other.fits(case):
            yield case


def _common(one: str, other: str, known: Sequence[str]) -> Sequence[str]:
    """Return which values both could mean; what is not named means every value."""
    named = {value for value in (one, other) if value}
    return tuple(named) if len(named) == 1 else () if named else tuple(known)
