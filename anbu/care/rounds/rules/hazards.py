"""What a worker should know before a door: facts, for a time, and the person may object."""

import re
from datetime import date, timedelta

from anbu.care.foundation.rules import has_resident_number

from .contacts import NotAllowed

LONGEST_HAZARD = timedelta(days=180)
HAZARD_LENGTH = 120
APPEAL_LENGTH = 300
# Words that judge a person instead of saying what is there.
JUDGING = re.compile(r"미친|정신병|또라이|진상|더러|치매끼|알코올 ?중독자|전과자|범죄자")


def check_hazard(text: str, *, until: date, today: date) -> str:
    """Return a note as it is kept, or refuse it: too long, judging, or without an end."""
    tidy = " ".join(text.split())
    if not tidy or len(tidy) > HAZARD_LENGTH:
        raise NotAllowed("주의할 것은 120자 안에서 있는 그대로 적어 주세요.")
    if has_resident_number(tidy):
        raise NotAllowed("주민등록번호는 적을 수 없습니다.")
    if JUDGING.search(tidy):
        raise NotAllowed(
            "사람을 판단하는 말 대신, 문 앞에서 알아야 할 사실만 적어 주세요. 예: 큰 개를 풀어 둠"
        )
    check_until(until, today=today)
    return tidy


def check_until(until: date, *, today: date) -> None:
    """Refuse an end that is past, or further than a half year: a person looks again by then."""
    if not today <= until <= today + LONGEST_HAZARD:
        raise NotAllowed("기한은 오늘부터 180일 안에서 정해 주세요.")
