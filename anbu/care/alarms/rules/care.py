"""동료 돌봄: after a death or an entry somebody asks the people involved how they are. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from anbu.care.places.rules import SEOUL, Hours, next_opening

from .alarm import Outcome

# A death, and whoever was found in need behind their own door: somebody went in and saw it.
# A colleague of the care corps who was hurt or attacked: theirs, and of who looked for them.
HURT = frozenset({Outcome.WORKER_HURT, Outcome.WORKER_ATTACKED})
CARED_FOR = frozenset({Outcome.DIED, Outcome.RESCUED}) | HURT
PATIENT_DAYS = 3  # working days; then the next supervisor is asked
CARE_NOTE = 200


class CareState(StrEnum):
    ASKED = "asked"
    SPOKEN = "spoken"  # they have talked
    DECLINED = "declined"  # the colleague does not want to, and that is all right


CARE_NEXT = {
    CareState.ASKED: {CareState.SPOKEN, CareState.DECLINED},
    CareState.SPOKEN: set(),
    CareState.DECLINED: set(),
}


def asks_for_care(outcome: str, *, was_entered: bool = False) -> bool:
    """Say whether the people involved in an alarm that ended so are looked after.

    Whoever opened somebody's door is, however it ended.
    """
    return was_entered or outcome in CARED_FOR


def working_days_on(
    at: datetime, days: int, *, holidays: Collection[date], hours: Hours
) -> datetime:
    """Return the close of the `days`-th working day after the day of `at`."""
    tomorrow = at.astimezone(SEOUL).date() + timedelta(days=1)
    moment = datetime.combine(tomorrow, hours.opens, SEOUL) - timedelta(microseconds=1)
    for _ in range(days):
        moment = next_opening(moment, holidays, hours)
    return datetime.combine(moment.astimezone(SEOUL).date(), hours.closes, SEOUL)


def who_asks(candidates: Sequence[int], *, now_asking: int | None = None, whom: int) -> int | None:
    """Return whose turn it is to ask, in a fixed order: the one after who asked until now.

    Nobody is asked to look after themselves while there is anybody else. None: nobody can.
    """
    others = [one for one in candidates if one != whom] or list(candidates)
    if not others:
        return None
    after = [one for one in others if now_asking is not None and one > now_asking]
    return min(after) if after else min(others)
