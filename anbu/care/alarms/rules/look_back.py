"""놓친 기회 돌아보기: what asks for it, how far it looks, and what it may say. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .alarm import CRISES, NotAllowed, Outcome

# Services of today ring after 24 to 50 hours of stillness (domain.md, (b)): who was found within a
# day was found before their own rule would have spoken. Ours: no source says what is late.
FOUND_LATE = timedelta(hours=24)
LOOK_BACK_DAYS = 10  # working days until it is to be signed. Ours: two weeks, while people remember
NO_SIGN_KNOWN = timedelta(days=7)  # so far it looks where no life sign is known
LONGEST_LOOK, SHORTEST_LOOK = timedelta(days=28), timedelta(hours=24)
HOUR = timedelta(hours=1)
LEARNT_LENGTH, NOTE_OF_LOOK_BACK = 1000, 500


class Missed(StrEnum):
    """What could have been seen or done earlier."""

    SIGNS = "signs"  # 생활신호가 줄거나 달라짐
    BLIND = "blind"  # 볼 수 없던 시간
    LIMIT = "limit"  # 기준이 늦게 울림
    CONTACT = "contact"  # 연락이 닿지 않았는데 그대로 둠
    DOOR = "door"  # 더 일찍 찾아감
    TOLD = "told"  # 이웃·가족이 한 말
    CONSENT = "consent"  # 동의가 없어 보지 못함
    HANDS = "hands"  # 사람이 모자람
    NOTHING = "nothing"  # 더 일찍 알 길이 없었음


class Change(StrEnum):
    """What is to change."""

    PROTOCOL = "protocol"
    LIMIT = "limit"
    CONSENT = "consent"
    DEVICE = "device"
    STAFFING = "staffing"
    NOTHING = "nothing"


def asks_to_look_back(outcome: str, *, last_sign_at: datetime | None, found_at: datetime) -> bool:
    """Say whether an alarm that ended so is looked back at: a death, or a crisis found late.

    Found late: `FOUND_LATE` after the last life sign, or nobody knows when that was.
    """
    if outcome == Outcome.DIED:
        return True
    if outcome not in CRISES:
        return False
    return last_sign_at is None or found_at - last_sign_at >= FOUND_LATE


def found_at(arrivals: Collection[datetime], *, closed_at: datetime) -> datetime:
    """Return when the person was found: at the last arrival at the door, else at the end."""
    return max((at for at in arrivals if at <= closed_at), default=closed_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """From when until when it looks, in whole hours."""

    since: datetime
    hours: int
    is_cut: bool  # the last life sign lies before it

    @property
    def until(self) -> datetime:
        """Return the end of its last hour, which is not in it."""
        return self.since + self.hours * HOUR

    def has(self, at: datetime) -> bool:
        """Say whether this moment lies in one of its hours."""
        return self.since <= at < self.until


def window(*, last_sign_at: datetime | None, ended_at: datetime) -> Window:
    """Return the hours from the last certain life sign, or 7 days before, until the end."""
    wanted = ended_at - NO_SIGN_KNOWN if last_sign_at is None else last_sign_at
    begins = min(max(wanted, ended_at - LONGEST_LOOK), ended_at - SHORTEST_LOOK)
    since = begins.replace(minute=0, second=0, microsecond=0)
    hours = int((ended_at - since) // HOUR) + 1
    return Window(since=since, hours=hours, is_cut=wanted < since)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that one source knew at one moment. `told`: codes, never anybody's name."""

    lane: str
    at: datetime
    what: str
    n: int = 1
    told: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """What held for a while in a lane: it could not be seen, nobody was at home, no consent."""

    lane: str
    begins_at: datetime
    ends_at: datetime
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One hour of one lane."""

    lane: str
    nth: int  # hour of the window
    facts: tuple[Fact, ...]  # in order
    held: tuple[str, ...]  # what held in at least a part of it


def by_hour(
    facts: Sequence[Fact], stretches: Sequence[Stretch], *, over: Window
) -> tuple[Cell, ...]:
    """Return the hours in which something is known, in order of time, then of lane.

    Each fact of the window lies in exactly one of them. A fact outside of it raises ValueError: the
    caller says what it leaves out.
    """
    kept: dict[tuple[int, str], list[Fact]] = {}
    for fact in sorted(facts, key=lambda one: one.at):
        if not over.has(fact.at):
            raise ValueError(f"{fact.what} at {fact.at} lies outside of the window")
        kept.setdefault((int((fact.at - over.since) // HOUR), fact.lane), []).append(fact)
    held: dict[tuple[int, str], list[str]] = {}
    for each in stretches:
        for nth in _hours_of(each, over):
            held.setdefault((nth, each.lane), []).append(each.what)
    return tuple(
        Cell(
            lane=lane,
            nth=nth,
            facts=tuple(kept.get((nth, lane), ())),
            held=tuple(dict.fromkeys(held.get((nth, lane), ()))),
        )
        for nth, lane in sorted(kept.keys() | held.keys())
    )


def _hours_of(stretch: Stretch, over: Window) -> range:
    """Return the hours it touches; one that ends as an hour begins does not touch that hour."""
    begins, ends = max(stretch.begins_at, over.since), min(stretch.ends_at, over.until)
    if begins >= ends:
        return range(0)
    return range(int((begins - over.since) // HOUR), -int(-(ends - over.since) // HOUR))


def without(
    spans: Sequence[tuple[datetime, datetime]], *, since: datetime, until: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the times of [since, until) that none of these spans covers, in order."""
    left, reached = [], since
    for begins, ends in sorted(spans):
        if begins > reached:
            left.append((reached, min(begins, until)))
        reached = max(reached, ends)
        if reached >= until:
            break
    if reached < until:
        left.append((reached, until))
    return tuple((begins, ends) for begins, ends in left if begins < ends)


def who_looks_back(
    candidates: Collection[int], *, open_of: Mapping[int, int], involved: Collection[int]
) -> int | None:
    """Return who answers for it: whoever was not there and has the fewest open. None: nobody."""
    others = [one for one in candidates if one not in involved] or list(candidates)
    return min(others, key=lambda one: (open_of.get(one, 0), one), default=None)


def check_learnt(missed: Collection[str], changes: Collection[str]) -> None:
    """Refuse a result that says nothing, or nothing and something at once."""
    for codes, known in ((missed, set(Missed)), (changes, set(Change))):
        if not codes or not set(codes) <= known:
            raise NotAllowed("무엇을 더 일찍 알 수 있었는지, 무엇을 바꿀지 하나 이상 골라 주세요.")
        if "nothing" in codes and len(set(codes)) > 1:
            raise NotAllowed("‘없음’은 다른 것과 함께 고를 수 없습니다.")


def check_second(*, written_by: int | None, signer: int) -> None:
    """Refuse a second signature by whoever wrote it, or before anything is written."""
    if written_by is None:
        raise NotAllowed("맡은 사람이 먼저 결과를 적고 서명해야 합니다.")
    if written_by == signer:
        raise NotAllowed("적은 사람과 다른 책임자가 서명해야 합니다.")
