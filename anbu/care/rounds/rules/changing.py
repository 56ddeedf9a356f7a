"""What a planner may change by hand: the same limits hold as for the plan."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from .contacts import NotAllowed
from .planning import CALL_MIN, NOTE_MIN, VISIT_MIN, WALK_MIN, Way, Worker


def takes(way: Way) -> int:
    """Return how many minutes of each who goes are kept for this [minutes]."""
    return {Way.CALL: CALL_MIN, Way.VISIT: VISIT_MIN + WALK_MIN, Way.NOTE: NOTE_MIN + WALK_MIN}[way]


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of who is to be called or visited."""

    home: UUID
    consents: bool
    is_away: bool


def check_change(
    person: Person, way: Way, who: Collection[tuple[Worker, int]], *, may_visit: Collection[int]
) -> None:
    """Refuse what would hurt the hours, the rule of two, a relation or a consent.

    Args:
        who: each who goes, with the minutes that are left of their day beside what is fixed.
    """
    if not person.consents:
        raise NotAllowed("돌봄단의 안부확인에 동의하지 않은 분입니다.")
    if person.is_away:
        raise NotAllowed("지금 집에 없다고 알려온 분입니다. 부재를 먼저 확인해 주세요.")
    for worker, left in who:
        if person.home in worker.never:
            raise NotAllowed("가족이거나 자기 집이어서 맡을 수 없는 단원입니다.")
        if left < takes(way):
            raise NotAllowed("그 단원에게 남은 시간이 모자랍니다.")
    if way == Way.VISIT:
        if len({worker.id for worker, _ in who}) != 2:
            raise NotAllowed("방문은 두 사람이 함께 갑니다. 함께 갈 단원을 골라 주세요.")
        if any(worker.id not in may_visit for worker, _ in who):
            raise NotAllowed("안전 교육이나 확인 서류의 기한이 지나 방문할 수 없는 단원입니다.")
