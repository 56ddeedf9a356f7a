"""What a concern is, how it may end, and the sentence that says why."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.places.rules import SEOUL
from anbu.kernel.decline import FLATTEN, SHIFT, SHRINK

LONGEST = 60  # letters of a sentence
ASKED_AT = time(5)  # Mondays: the week before has been closed in every home that reports in time
COOL_WEEKS = 12  # nobody is told of the same again before the baseline has moved on


class Kind(StrEnum):
    SHRINK = "shrink"  # fewer signs
    SHIFT = "shift"  # the day comes earlier or later
    FLATTEN = "flatten"  # day and night grow alike


CODES = {Kind.SHRINK: SHRINK, Kind.SHIFT: SHIFT, Kind.FLATTEN: FLATTEN}


class State(StrEnum):
    OPEN = "open"  # 새로
    ACKNOWLEDGED = "acknowledged"  # 살펴보는 중
    CLOSED = "closed"  # 끝


NEXT = {
    State.OPEN: {State.ACKNOWLEDGED, State.CLOSED},
    State.ACKNOWLEDGED: {State.CLOSED},
    State.CLOSED: set(),
}


class Outcome(StrEnum):
    LINKED = "linked"  # care or treatment was arranged
    WATCHED = "watched"  # seen in person; goes on being watched
    EXPLAINED = "explained"  # a known reason: a stay in hospital, family, a season
    EQUIPMENT = "equipment"  # an appliance, the device or who lives there changed
    NOTHING = "nothing"  # asked, and nothing was found


class NotAllowed(Refused):
    """Raised when a concern cannot be changed like this."""


class UnknownConcern(NotHere):
    """Raised for a concern this person may not know of, or that does not exist."""


def check_move(present: State, to: State) -> None:
    """Refuse a step the table does not hold."""
    if to not in NEXT[present]:
        raise NotAllowed("이미 끝났거나 이미 살펴보는 중입니다.")


def asks_at(week_on: date) -> datetime:
    """Return when the week that began on this Monday is asked about."""
    return datetime.combine(week_on + timedelta(days=7), ASKED_AT, SEOUL)


def sentence(kind: str, facts: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a Korean template of at most LONGEST letters and the values that fill it."""
    if kind == Kind.SHRINK:
        return (
            "최근 %(weeks)d주 신호가 %(percent)d%% 줄었습니다 (하루 %(before)s번 → %(now)s번)",
            {
                "weeks": facts["weeks"],
                "percent": round(100 * facts["lost"]),
                "before": f"{facts['before']:.0f}" if facts["before"] >= 10 else facts["before"],
                "now": f"{facts['now']:.0f}" if facts["now"] >= 10 else facts["now"],
            },
        )
    if kind == Kind.SHIFT:
        minutes = round(60 * abs(facts["hours"]) / 10) * 10
        values = {"weeks": facts["weeks"], "hours": minutes // 60, "minutes": minutes % 60}
        if facts["hours"] > 0:
            return "최근 %(weeks)d주 하루가 %(hours)d시간 %(minutes)d분쯤 늦어졌습니다", values
        return "최근 %(weeks)d주 하루가 %(hours)d시간 %(minutes)d분쯤 빨라졌습니다", values
    return "최근 %(weeks)d주 낮과 밤의 차이가 줄었습니다 (밤 신호 %(before)d%% → %(now)d%%)", {
        "weeks": facts["weeks"],
        "before": round(100 * facts["night_before"]),
        "now": round(100 * facts["night_now"]),
    }
