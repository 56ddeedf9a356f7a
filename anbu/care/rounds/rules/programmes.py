"""Who has a place at a programme, and how being there stands in the log."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from .contacts import NotAllowed

MOST_PEOPLE = 200
LONGEST_MIN = 12 * 60
OURS = uuid5(NAMESPACE_URL, "anbu:rounds:programme")  # the space of ids that attendance has


class ProgrammeKind(StrEnum):
    """What people do together: 관계망 형성, domain.md section 3."""

    WALK = "walk"  # 함께 걷기
    COOKING = "cooking"  # 요리
    TRIP = "trip"  # 나들이
    OTHER = "other"  # 그 밖


def seated[T](in_order: Sequence[T], capacity: int) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """Return who has a place and who waits: first come, first in; who leaves makes room."""
    return tuple(in_order[:capacity]), tuple(in_order[capacity:])


def attendance_id(programme: UUID, home: UUID, nth: int = 0) -> UUID:
    """Return the id in the log of what is told of one home at one programme.

    Told twice it is the same row. What puts it right is the next, `nth`.
    """
    return uuid5(OURS, f"{programme}/{home}/{nth}")


def check_programme(*, minutes: int, capacity: int) -> None:
    """Refuse a programme that no day or no room could hold."""
    if not 10 <= minutes <= LONGEST_MIN:
        raise NotAllowed("모임은 10분에서 12시간 사이로 정해 주세요.")
    if not 1 <= capacity <= MOST_PEOPLE:
        raise NotAllowed("인원은 %(most)d명까지 정할 수 있습니다.", most=MOST_PEOPLE)
