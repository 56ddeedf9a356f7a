"""What an alarm may lead to outside of this house: a message, a call to 119 and 112."""

from datetime import datetime

from anbu.care.people import queries as people
from anbu.care.people.rules import Deed, Leave

from ..models import Alarm
from ..rules import NotAllowed, at_stake

FEWEST_LETTERS = 5


def leave_to_write(alarm: Alarm, *, now: datetime) -> Leave:
    """Return whether a message about this home may go out."""
    return _leave(Deed.MESSAGE, alarm, urgent=_at_stake(alarm), now=now)


def leave_to_share(alarm: Alarm, *, said: str, now: datetime) -> Leave:
    """Return on which basis 119 and 112 may be told, or refuse.

    Without consent a life must be at stake: the alarm shows it (a cry, 심각, its ladder is at
    119), or the person who called says so in words.
    """
    ladder_says_so = alarm.ladder[alarm.rung]["do"] == "joint"
    urgent = _at_stake(alarm) or ladder_says_so or len(said.strip()) >= FEWEST_LETTERS
    leave = _leave(Deed.SHARE, alarm, urgent=urgent, now=now)
    if not leave:
        raise NotAllowed(
            "119·112에 알리는 데 동의하지 않은 가구입니다. 생명·신체가 급한 까닭을 적어 주세요."
        )
    return leave


def _at_stake(alarm: Alarm) -> bool:
    return at_stake(kind=alarm.kind, level=alarm.level)


def _leave(deed: Deed, alarm: Alarm, *, urgent: bool, now: datetime) -> Leave:
    home = alarm.household_id
    return people.leaves(deed=deed, households=[home], urgent=[home] if urgent else [], at=now)[
        home
    ]
