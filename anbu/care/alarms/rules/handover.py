"""Handing work to the other side: it passes when the receiver has said back what is asked."""

from datetime import datetime, timedelta
from enum import StrEnum

from anbu.care.people.rules import BadInput, clean

from .alarm import State


class HandState(StrEnum):
    WAITING = "waiting"  # 확인 기다림: the sender answers for it until it is accepted
    ACCEPTED = "accepted"  # 확인함: from this instant the receiver does
    REFUSED = "refused"  # 받지 않음: it stays with the sender
    WITHDRAWN = "withdrawn"  # 거두어들임: by the sender, or because it has ended


class Stair(StrEnum):
    """Who is told of what nobody has accepted yet."""

    OFFICE = "office"  # the side it was sent to
    DISTRICT = "district"  # 구청: may accept for its dong offices
    CITY = "city"  # who is responsible at the centre


# Working hours: design/README.md section 4.5 (not accepted by 09:30: the district is told).
UP_AFTER = timedelta(minutes=30)
PREPARED_BEFORE = timedelta(minutes=30)  # the board stands so long before duty passes
STAIRS = {
    "dong": (Stair.OFFICE, Stair.DISTRICT, Stair.CITY),
    "centre": (Stair.OFFICE, Stair.CITY),  # by night there is no office of the district
}
REQUEST_LENGTH = 120
SHORTEST_READ_BACK = 4  # letters: "네" says nothing back


def goes_up_at(*, sent_at: datetime, switch_at: datetime | None) -> datetime:
    """Return when somebody further up is told, if nobody has accepted by then."""
    return max(sent_at, switch_at or sent_at) + UP_AFTER


def next_stair(stair: Stair, *, towards: str) -> Stair:
    """Return who is told next; the last one is told again and again."""
    stairs = STAIRS[towards]
    return stairs[min(stairs.index(stair) + 1, len(stairs) - 1)]


def usual_request(state: State) -> str:
    """Return what is asked where the sender asked for nothing else."""
    if state in (State.DISPATCHED, State.JOINT):
        return "현장 결과 확인"
    return "오늘 안에 안부 확인"


def said_back(text: str, *, request: str) -> str:
    """Return a read-back in the receiver's own words.

    Raises:
        BadInput: it is empty, too short, or the request itself, letter by letter.
    """
    told = clean(text, what="되읽기", at_most=REQUEST_LENGTH, needed=True)
    if len(told) < SHORTEST_READ_BACK:
        raise BadInput("무엇을 하실지 한 줄로 적어 주세요.")
    if _bare(told) == _bare(request):
        raise BadInput("부탁을 그대로 옮기지 말고 자기 말로 적어 주세요.")
    return told


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
