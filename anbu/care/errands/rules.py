"""What people need, by when it is looked after, and how it may end."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.places.rules import is_working_day

WORDS_LENGTH = 120
NOTE_LENGTH = 300
LONGEST_DAYS = 31  # nothing is put off further than this from today


class Need(StrEnum):
    """What it is about. What is heard at a door or on the phone: domain.md sections 3 and 4."""

    LOOK = "look"  # 안부 확인
    HEALTH = "health"  # 병원·건강
    FOOD = "food"  # 끼니
    MONEY = "money"  # 생활비·급여
    REPAIR = "repair"  # 집 고장
    DEVICE = "device"  # 안부 기기
    LONELY = "lonely"  # 외로움
    OTHER = "other"  # 그 밖


# Working days from the acceptance on. No source gives any: ours. Who cannot keep the day puts it
# off, with a reason that stays.
DUE_IN = {
    Need.LOOK: 0,
    Need.HEALTH: 1,
    Need.FOOD: 1,
    Need.MONEY: 3,
    Need.REPAIR: 3,
    Need.DEVICE: 3,
    Need.LONELY: 5,
    Need.OTHER: 3,
}


class End(StrEnum):
    """How it ended; a person says so."""

    DONE = "done"  # 해드림
    PASSED = "passed"  # 다른 기관에 이음
    NOT_NEEDED = "not_needed"  # 필요 없어짐
    DECLINED = "declined"  # 본인이 바라지 않음
    NOT_MET = "not_met"  # 만나지 못함


NEEDS_WORDS = frozenset({End.PASSED, End.DECLINED, End.NOT_MET})  # to whom, or why


class NotAllowed(Refused):
    """Raised when an errand cannot be changed like this."""


class UnknownErrand(NotHere):
    """Raised for an errand this person may not know of, or that does not exist."""


def due_on(need: Need, *, today: date, holidays: Collection[date]) -> date:
    """Return the day by which it is looked after, counted in working days.

    What is accepted on a day off counts from the next working day; what cannot wait (`LOOK`) is
    due on that day itself.
    """
    left, day = DUE_IN[need], today
    if left == 0:
        return day
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


def check_day(day: date, *, today: date) -> None:
    """Refuse a day that is over, or so far off that it is forgotten."""
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        raise NotAllowed("오늘부터 %(days)d일 안의 날을 골라 주세요.", days=LONGEST_DAYS)


def check_end(end: str, note: str) -> End:
    """Return how it ends; some ends say nothing without words."""
    if end not in set(End):
        raise NotAllowed("어떻게 끝났는지 골라 주세요.")
    if End(end) in NEEDS_WORDS and not note:
        raise NotAllowed("어디에 이었는지, 또는 왜 그런지 한 줄로 적어 주세요.")
    return End(end)
