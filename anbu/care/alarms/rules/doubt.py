"""Whom nobody can vouch for: how they are reached, and how it is known again."""

from enum import StrEnum


class Plan(StrEnum):
    """How somebody is to be reached whom nobody can see: plan B."""

    OTHER = "other"  # 다른 신호로 봄
    CALL = "call"  # 돌봄단 전화
    VISIT = "visit"  # 방문


class DoubtEnd(StrEnum):
    """How it was known again that somebody is well."""

    REACHED = "reached"  # 통화함
    VISITED = "visited"  # 만남
    SIGN = "sign"  # 생활신호를 확인함
    SEEN = "seen"  # the home is seen again, and nobody needed to decide


BY_PERSON = frozenset(DoubtEnd) - {DoubtEnd.SEEN}
LONGEST_PLAN_H = 72


def plan_b(*, is_seen_otherwise: bool, phone_works: bool) -> Plan:
    """Return what to try first: what still sees the home, else a call, else somebody goes."""
    if is_seen_otherwise:
        return Plan.OTHER
    return Plan.CALL if phone_works else Plan.VISIT
