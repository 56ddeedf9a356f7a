"""교대: a pattern of days that teams work through one after the other."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL, Hours

from .coverage import stretches
from .turns import Planned

DAY, NIGHT, ROUND_THE_CLOCK = "주", "야", "당"
REST_DAYS = ("비", "휴")  # 비번: the day a night ends on; 휴무: a free day
LETTERS = (DAY, NIGHT, ROUND_THE_CLOCK, *REST_DAYS)
MOST_DAYS, MOST_TEAMS = 28, 8
# Usual ones, to choose from. 4조 2교대: a day, a night, off after it, a free day.
USUAL = ("주야비휴", "주주야야비휴휴휴", "당비휴", "주주주주주휴휴")


def check_pattern(pattern: str, *, teams: Sequence[Sequence[int]]) -> str:
    """Return a pattern without spaces and dashes.

    Raises:
        BadInput: it is no pattern, does not divide among the teams, or names somebody twice.
    """
    bare = "".join(letter for letter in pattern if letter not in " -·,")
    if not bare or any(letter not in LETTERS for letter in bare) or len(bare) > MOST_DAYS:
        raise BadInput("주·야·당·비·휴로 28일까지 적어 주세요. 보기: 주야비휴")
    if not {DAY, NIGHT, ROUND_THE_CLOCK} & set(bare):
        raise BadInput("일하는 날이 하루는 있어야 합니다.")
    if not 1 <= len(teams) <= MOST_TEAMS or not all(teams):
        raise BadInput("조마다 한 사람 이상, 여덟 조까지 적어 주세요.")
    if len(bare) % len(teams):
        raise BadInput("날수가 조의 수로 나누어져야 합니다.")
    everyone = [staff for team in teams for staff in team]
    if len(set(everyone)) != len(everyone):
        raise BadInput("한 사람은 한 조에만 들 수 있습니다.")
    return bare


def lay_out(
    pattern: str,
    *,
    teams: Sequence[Sequence[int]],
    starts_on: date,
    first: date,
    last: date,
    kind: str,
    holidays: Collection[date],
    hours: Hours,
) -> tuple[Planned, ...]:
    """Return the turns of every team from `first` to `last`, both included.

    Each team is one share of the pattern behind the one before it. A turn is laid only where
    the post (`kind`: centre or dong) is on duty, and cut to it: no office is open on a holiday,
    and by day on working days the centre is not needed.
    """
    shift, found = len(pattern) // len(teams), []
    day = max(first, starts_on)
    while day <= last:
        nth = (day - starts_on).days
        for team, people in enumerate(teams):
            letter = pattern[(nth - team * shift) % len(pattern)]
            span = _on_duty(_span(letter, day, hours), kind, holidays, hours)
            if span:
                found += [
                    Planned(staff=staff, begins_at=span[0], ends_at=span[1]) for staff in people
                ]
        day += timedelta(days=1)
    return tuple(found)


def _span(letter: str, day: date, hours: Hours) -> tuple[datetime, datetime] | None:
    opens, closes = (datetime.combine(day, at, SEOUL) for at in (hours.opens, hours.closes))
    tomorrow = datetime.combine(day + timedelta(days=1), hours.opens, SEOUL)
    spans = {DAY: (opens, closes), NIGHT: (closes, tomorrow), ROUND_THE_CLOCK: (opens, tomorrow)}
    return spans.get(letter)


def _on_duty(
    span: tuple[datetime, datetime] | None, kind: str, holidays: Collection[date], hours: Hours
) -> tuple[datetime, datetime] | None:
    if span is None:
        return None
    there = stretches(
        kind, needed=1, begins_at=span[0], ends_at=span[1], holidays=holidays, hours=hours
    )
    if not there:
        return None
    return max(span[0], there[0].begins_at), min(span[1], there[-1].ends_at)
