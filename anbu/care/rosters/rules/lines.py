"""One line of a roster that somebody keeps in a file, read or refused in words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from anbu.care.people.rules import BadInput, clean
from anbu.care.places.rules import SEOUL

from .turns import Part, check_order, check_turn

COLUMNS = {
    "on": ("날짜", "date", "on"),
    "begins": ("시작", "begins", "start"),
    "ends": ("끝", "종료", "ends", "end"),
    "login": ("아이디", "login"),
    "part": ("구분", "part"),
    "order": ("순서", "order"),
}
NEEDED = ("on", "begins", "ends", "login")
PARTS = {"": Part.DUTY, "근무": Part.DUTY, "주": Part.DUTY, "duty": Part.DUTY}
PARTS |= {"호출대기": Part.ON_CALL, "대기": Part.ON_CALL, "on_call": Part.ON_CALL}
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})\.?")
MOST_LINES = 2_000  # four people for a year are some 1,500


@dataclass(frozen=True, kw_only=True)
class TypedTurn:
    """One line, read."""

    login: str
    begins_at: datetime
    ends_at: datetime
    part: Part
    order: int


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Return in which column each thing stands.

    Raises:
        BadInput: one is missing that must be there.
    """
    bare = [title.strip().lower() for title in header]
    found = {
        ours: next((nth for nth, title in enumerate(bare) if title in names), -1)
        for ours, names in COLUMNS.items()
    }
    for name in NEEDED:
        if found[name] < 0:
            raise BadInput("제목 줄에 ‘%(column)s’ 칸이 없습니다.", column=COLUMNS[name][0])
    return {name: nth for name, nth in found.items() if nth >= 0}


def read_line(cells: Mapping[str, str], *, now: datetime) -> TypedTurn:
    """Return one line as a turn; one that ends before it begins ends on the next day.

    Raises:
        BadInput: it cannot be read; the sentence says which cell.
    """
    told = {name: clean(text, what="칸", at_most=60) for name, text in cells.items()}
    day = _day(told.get("on", ""))
    begins_at = _moment(day, told.get("begins", ""), "시작")
    ends_at = _moment(day, told.get("ends", ""), "끝")
    if ends_at <= begins_at:
        ends_at += timedelta(days=1)
    check_turn(begins_at=begins_at, ends_at=ends_at, now=now)
    if not told.get("login"):
        raise BadInput("아이디가 비었습니다.")
    part = PARTS.get(told.get("part", ""))
    if part is None:
        raise BadInput("구분은 근무 또는 호출대기로 적어 주세요.")
    order = told.get("order", "")
    nth = int(order) if order.isascii() and order.isdigit() and len(order) < 3 else 0
    times = {"begins_at": begins_at, "ends_at": ends_at}
    return TypedTurn(login=told["login"], part=part, order=check_order(part, nth), **times)


def _day(text: str) -> date:
    found = DAY.fullmatch(text)
    try:
        return date(*(int(each) for each in found.groups())) if found else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise BadInput("날짜를 2026-11-23처럼 적어 주세요.")


def _moment(day: date, text: str, what: str) -> datetime:
    found = CLOCK.fullmatch(text)
    hour, minute = (int(each) for each in found.groups()) if found else (-1, 0)
    if (hour, minute) == (24, 0):
        return datetime.combine(day + timedelta(days=1), time(0), SEOUL)
    if not (0 <= hour < 24 and minute < 60):
        raise BadInput("%(column)s 칸에 때를 18:00처럼 적어 주세요.", column=what)
    return datetime.combine(day, time(hour, minute), SEOUL)
