"""A worker behind a door: the deadline, who is told when it passes, and asking for help unseen.

The deadline stands on the server. A telephone that is dead, drowned or taken away changes nothing:
the clock here goes on, and tells others when it is over (BS 8484: amber and red alerts).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from .contacts import NotAllowed

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=2)
USUAL = timedelta(minutes=30)
MORE = timedelta(minutes=10)  # "10분 더"
MOST_MORE = 6  # then a voice is asked for: somebody may be made to press
AMBER = timedelta(0)  # the deadline is over: the worker and the partner, then the dong office
RED = timedelta(minutes=5)  # nobody has heard of the worker: the control room
HOLD_S = 3.0  # the red button is held so long
TAP_APART_S, TAPS = 6.0, 5  # who cannot hold: five taps in six seconds
MOST_WRONG = 5  # numbers that are not right; then none ends this call any more
CANCEL_S = 10.0  # within so long the worker's own number ends it; the number under duress seems to


class Stage(StrEnum):
    """Where a visit stands. Red stays red until a person of the centre says how it ended."""

    INSIDE = "inside"  # 방문 중
    AMBER = "amber"  # 시간 지남
    RED = "red"  # 응답 없음, or help was asked for
    OUT = "out"  # 나옴


NEXT = {
    Stage.INSIDE: {Stage.AMBER, Stage.RED, Stage.OUT},
    Stage.AMBER: {Stage.INSIDE, Stage.RED, Stage.OUT},
    Stage.RED: {Stage.OUT},
    Stage.OUT: set(),
}


class Pin(StrEnum):
    """What a number typed to end a call for help means."""

    OWN = "own"
    DURESS = "duress"  # looks the same to whoever stands beside the worker
    WRONG = "wrong"


class Word(StrEnum):
    """What a telephone says of a visit that goes on."""

    LONGER = "longer"  # 10분 더
    FINE = "fine"  # 괜찮아요
    OUT = "out"  # 나왔어요


class Spoken(NamedTuple):
    """One such word, with its id and the moment at which it was said."""

    at: datetime
    id: str
    what: Word


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a visit comes to by everything that was heard of it, in whatever order it came."""

    began_at: datetime
    ends_at: datetime
    times_more: int
    heard_at: datetime  # the last that was heard of the worker
    out_at: datetime | None


def course(*, began_at: datetime | None, length: timedelta, heard: Iterable[Spoken]) -> Course:
    """Return where a visit stands by its beginning and all its words.

    A beginning that has not come yet is taken for the first word. What was said after they were
    out counts no more.
    """
    words = sorted(set(heard))
    start = began_at or min(word.at for word in words)
    outs = [word.at for word in words if word.what is Word.OUT]
    out_at = min(outs) if outs else None
    ends_at, times, last = start + length, 0, start
    for word in words:
        if word.what is Word.OUT or out_at is not None and word.at > out_at:
            continue
        last = max(last, word.at)
        wanted = max(ends_at, word.at) if word.what is Word.LONGER else word.at
        if times < MOST_MORE and wanted + MORE > ends_at:
            ends_at, times = wanted + MORE, times + 1
    return Course(
        began_at=start,
        ends_at=ends_at,
        times_more=times,
        heard_at=max(last, out_at) if out_at else last,
        out_at=out_at,
    )


class Fit(NamedTuple):
    """What decides whether somebody may go to a door."""

    id: int
    name: str
    trained_until: date | None
    screened_until: date | None
    has_left: bool = False


def visit_faults(*, worker: Fit, partner: Fit | None, on: date) -> tuple[NotAllowed, ...]:
    """Return why these two may not go to a door on this day; nothing: they may."""
    found: list[NotAllowed] = []
    if partner is None:
        found.append(NotAllowed("방문은 두 사람이 함께 갑니다. 짝을 골라 주세요."))
    elif partner.id == worker.id:
        found.append(NotAllowed("짝은 자기 자신일 수 없습니다. 다른 단원을 골라 주세요."))
    pair = {one.id: one for one in (worker, partner) if one is not None}
    for one in pair.values():
        if one.has_left:
            found.append(NotAllowed("%(name)s 님은 지금 돌봄단원이 아닙니다.", name=one.name))
        if one.trained_until is None or one.trained_until < on:
            found.append(
                NotAllowed(
                    "%(name)s 님의 방문 안전 교육이 없거나 기한이 지났습니다."
                    " 교육을 받고 방문해 주세요.",
                    name=one.name,
                )
            )
        if one.screened_until is None or one.screened_until < on:
            found.append(
                NotAllowed(
                    "%(name)s 님의 방문 전 확인(범죄 경력·감염병)이 없거나 기한이 지났습니다."
                    " 동주민센터에 말씀해 주세요.",
                    name=one.name,
                )
            )
    return tuple(found)


def check_pins(own: str, duress: str) -> None:
    """Refuse numbers that nobody could press apart under fear."""
    for pin in (own, duress):
        if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 6):
            raise NotAllowed("번호는 숫자 네 자리에서 여섯 자리로 정해 주세요.")
    if own == duress:
        raise NotAllowed("내 번호와 협박 번호는 서로 달라야 합니다.")


def check_move(present: Stage, to: Stage) -> None:
    """Refuse a step that a visit cannot take."""
    if to not in NEXT[present]:
        raise NotAllowed("이 방문은 지금 그렇게 바꿀 수 없습니다.")


def check_length(length: timedelta) -> timedelta:
    """Refuse a visit so short or long that its deadline would say nothing."""
    if not SHORTEST <= length <= LONGEST:
        raise NotAllowed("방문 시간은 10분에서 2시간 사이로 정해 주세요.")
    return length


def stage_at(*, ends_at: datetime, now: datetime) -> Stage:
    """Return which stage the clock alone makes of a visit whose worker was not heard of."""
    if now >= ends_at + RED:
        return Stage.RED
    return Stage.AMBER if now >= ends_at + AMBER else Stage.INSIDE


def next_moment(stage: Stage, *, ends_at: datetime) -> datetime | None:
    """Return when the clock must look at this visit again; None: it has nothing to do."""
    match stage:
        case Stage.INSIDE:
            return ends_at + AMBER
        case Stage.AMBER:
            return ends_at + RED
        case _:
            return None


def later(*, ends_at: datetime, now: datetime, times: int) -> datetime:
    """Return the new deadline of "ten more minutes", from now when it is over already.

    Raises:
        NotAllowed: it was asked for too often; a voice on the telephone is asked for then.
    """
    if times >= MOST_MORE:
        raise NotAllowed("여러 번 늘렸습니다. 동주민센터에 전화해 주세요.")
    return max(ends_at, now) + MORE
