"""Who may ask for a file, who may allow it, how many rows it holds and how long it lives."""

from datetime import timedelta
from enum import StrEnum

from anbu.care.foundation.rules import NotHere, Refused


class DataSet(StrEnum):
    """What can be asked for."""

    HOMES = "homes"  # 가구 명단
    TIERS = "tiers"  # 동별 위험군 수
    OUTCOMES = "outcomes"  # 동별 신호 결과 수


class State(StrEnum):
    """Where a request is: asked, answered, made, over."""

    ASKED = "asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ALLOWED = "allowed"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    OVER = "over"


COUNTS = frozenset({DataSet.TIERS, DataSet.OUTCOMES})  # nobody's name stands in them
LISTS_HOMES = frozenset({"supervisor", "officer", "planner"})
MAY_ASK: dict[DataSet, frozenset[str]] = {
    DataSet.HOMES: LISTS_HOMES,
    DataSet.TIERS: LISTS_HOMES | {"analyst"},
    DataSet.OUTCOMES: LISTS_HOMES | {"analyst"},
}
MAY_ALLOW: dict[DataSet, frozenset[str]] = {
    DataSet.HOMES: frozenset({"privacy_officer"}),
    DataSet.TIERS: frozenset({"privacy_officer", "supervisor"}),
    DataSet.OUTCOMES: frozenset({"privacy_officer", "supervisor"}),
}
# Ours, no source: a district's list passes (110,000 homes in 25 districts), the city's does not.
MOST_ROWS = 5_000
LIVES = timedelta(hours=72)  # ours: asked on a Friday, fetched on a Monday
MOST_FETCHES = 3  # ours: a broken download may be tried again
LETTERS_OF_A_REASON = 5


class NotAllowed(Refused):
    """Something that cannot be done with this export."""


class UnknownExport(NotHere):
    """There is no such export, as far as this person may know."""


def check_reason(reason: str) -> str:
    """Refuse a reason that is none."""
    if len("".join(reason.split())) < LETTERS_OF_A_REASON:
        raise NotAllowed("까닭을 다섯 글자 이상 적어 주세요.")
    return reason


def is_within(*, district: int | None, of: int | None) -> bool:
    """Say whether who sits in `of` answers for what is asked in `district`; None is the city."""
    return of is None or of == district
