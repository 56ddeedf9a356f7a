"""Telling a colleague that something needs a human: by which ways, in which order, until when.

Pure. Where the numbers come from: docs/decisions/0044.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from anbu.care.foundation.rules import Refused, has_resident_number

MOST_TURNS = 4
SHORTEST_S, LONGEST_S = 1, 1800  # between two turns of one person
# A signal that is not critical leaves the desk five times as long before it rings on.
PATIENCE = {2: 5.0, 3: 1.0}
QUIET_BELOW = 2  # 관심: a machine asks first, nobody's pocket rings
HOUR = timedelta(hours=1)
NUMBER = re.compile(r"0[0-9]{1,3}-?[0-9]{3,4}-?[0-9]{4}")


class By(StrEnum):
    """By what a colleague is told."""

    PUSH = "push"  # 브라우저 알림
    SMS = "sms"
    CALL = "call"


class Cause(StrEnum):
    """What needs a human."""

    ALARM = "alarm"  # 위기신호
    BRAKE = "brake"  # 한꺼번에 울림
    GROUP = "group"  # 한 원인
    DOUBT = "doubt"  # 안부를 모르는 집
    HANDOVER = "handover"  # 인계
    RISEN = "risen"  # an 인계 that went up to the city
    CALL = "call"  # 걸려 온 전화, of a home nobody found
    VISIT = "visit"  # 방문 시간 지남: a worker behind a door whose time is over
    HOLE = "hole"  # 빈 자리: a post that nobody will sit at


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing that needs a human, and the post whose people are told of it."""

    kind: Cause
    id: UUID
    post: int
    level: int


class BadOrder(Refused):
    """An order of telling that nobody could be told by."""


@dataclass(frozen=True)
class Turn:  # 차례
    """One way, so many seconds after the one before it."""

    by: By
    after_s: int


@dataclass(frozen=True, kw_only=True)
class Callee:
    """Somebody who is to be told: since when, in which order, and by what they can be reached."""

    id: int
    since: datetime
    order: Sequence[Turn]
    can: Collection[By]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far one telling is."""

    began_at: datetime
    level: int
    told_until: datetime | None = None  # every turn up to here was taken
    rounds: int = 0  # how often the all-call list was
    round_at: datetime | None = None  # when it is next; None: nobody has waited long enough


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How patient the all-call is [s]: first pause, longest pause, and after the last turn."""

    first_s: float
    longest_s: float
    after_last_s: float


@dataclass(frozen=True, kw_only=True)
class Due:
    """What one telling asks for now, and how far it is then. `next_at` is always there."""

    turns: Sequence[tuple[int, By]]
    calls_all: bool
    told_until: datetime
    rounds: int
    round_at: datetime | None
    next_at: datetime


def check_order(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return an order as it is kept, or refuse it."""
    if not turns:
        raise BadOrder("알리는 길을 하나는 골라 주세요.")
    if len(turns) > MOST_TURNS:
        raise BadOrder("알리는 차례는 %(most)d개까지입니다.", most=MOST_TURNS)
    if turns[0].after_s != 0:
        raise BadOrder("첫 차례는 기다리지 않고 바로 알립니다.")
    if any(not SHORTEST_S <= turn.after_s <= LONGEST_S for turn in turns[1:]):
        raise BadOrder(
            "기다리는 시간은 %(least)d초에서 %(most)d초까지입니다.",
            least=SHORTEST_S,
            most=LONGEST_S,
        )
    return tuple(turns)


def clean_number(text: str) -> str:
    """Return a colleague's own telephone number as it is kept, or refuse it."""
    tidy = "".join(text.split())
    if has_resident_number(tidy) or tidy and not NUMBER.fullmatch(tidy):
        raise BadOrder("전화번호: 숫자와 붙임표(-)로 적어 주세요.")
    return tidy


def freeze_order(turns: Sequence[Turn]) -> list[dict[str, str | int]]:
    """Return an order as it is stored."""
    return [{"by": str(turn.by), "after_s": turn.after_s} for turn in turns]


def thaw_order(rows: Sequence[Mapping[str, str | int]]) -> tuple[Turn, ...]:
    """Return an order as it was stored."""
    return tuple(Turn(By(str(row["by"])), int(row["after_s"])) for row in rows)


def moments(callee: Callee, standing: Standing) -> tuple[tuple[datetime, By], ...]:
    """Return when this person is told by what. Ways that do not lead there cost no time."""
    patience = PATIENCE.get(standing.level, 1.0)
    at = max(standing.began_at, callee.since)
    found: list[tuple[datetime, By]] = []
    for turn in callee.order:
        if turn.by not in callee.can:
            continue
        if found:
            at += timedelta(seconds=turn.after_s * patience)
        found.append((at, turn.by))
    return tuple(found)


def due(standing: Standing, callees: Sequence[Callee], *, pace: Pace, now: datetime) -> Due:
    """Return who is told by what now, and when to look again.

    When everybody's turns are over and nobody has acknowledged, the all-call list is told, again
    and again: a telling has a next moment as long as it is open.
    """
    plans = {callee.id: moments(callee, standing) for callee in callees}
    since = standing.told_until
    turns = [
        (who, by)
        for who, plan in plans.items()
        for at, by in plan
        if at <= now and (since is None or at > since)
    ]
    coming = [at for plan in plans.values() for at, _ in plan if at > now]
    round_at, rounds = standing.round_at or _first_round(standing, plans, pace), standing.rounds
    calls_all = round_at <= now
    if calls_all:
        rounds += 1
        round_at = now + pause_after(rounds, pace)
    return Due(
        turns=turns,
        calls_all=calls_all,
        told_until=now,
        rounds=rounds,
        round_at=round_at if rounds else None,  # who comes on duty meanwhile is waited for too
        next_at=min([*coming, round_at]),
    )


def pause_after(rounds: int, pace: Pace) -> timedelta:
    """Return how long the all-call waits after its `rounds`-th round: growing, then the same."""
    doubled = pace.first_s * float(2 ** min(rounds - 1, 30))
    return timedelta(seconds=min(doubled, max(pace.longest_s, pace.first_s)))


def free_at(
    rung: Sequence[datetime], *, apart_s: float, an_hour: int, then_apart_s: float, now: datetime
) -> datetime:
    """Return when a telephone may ring again that rang at these moments: `now`, or later.

    Not sooner than `apart_s` after the last; after `an_hour` in one hour not sooner than
    `then_apart_s`. It is never silent for longer.
    """
    lately = [at for at in rung if at > now - HOUR]
    if not lately:
        return now
    gap = apart_s if len(lately) < an_hour else max(then_apart_s, apart_s)
    return max(now, max(lately) + timedelta(seconds=gap))


def _first_round(
    standing: Standing, plans: Mapping[int, Sequence[tuple[datetime, By]]], pace: Pace
) -> datetime:
    """Return when the all-call begins: some time after the last turn; at once if nobody has one."""
    last = [plan[-1][0] for plan in plans.values() if plan]
    if not last:
        return standing.began_at
    patience = PATIENCE.get(standing.level, 1.0)
    return max(last) + timedelta(seconds=pace.after_last_s * patience)
