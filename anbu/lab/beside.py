"""How the colleagues work beside a viewer: they leave a calm queue, neither empty nor neglected."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from anbu.care.alarms.models import Alarm
from anbu.care.alarms.rules import Level, State
from anbu.care.places.models import Post
from anbu.lab.colleagues import (
    Colleagues,
    Deed,
    call,
    calls_in_vain,
    close,
    hand_back,
    is_at_dong,
    open_alarms,
)

VIEWERS_SHARE = 0.15  # of the alarms of a play; colleagues leave them alone at first
NOBODYS = timedelta(minutes=90)  # so long may one of those lie with nobody
RECORDED = 0  # the home that falls silent in front of the viewer …
RECORDED_OWN = timedelta(hours=2)  # … is theirs alone for so long
CRY_WAITS = timedelta(minutes=20)  # for the viewer, before a colleague answers it

ENOUGH = 6  # alarms that may wait at the post: a colleague takes what is more
MIX = {Level.CRITICAL: 2, Level.CAUTION: 3, Level.WATCH: 3}  # what a usual evening's queue holds


class Beside(Colleagues):
    """Two operators on the same night as the viewer; every wait is of the shown clock."""

    def _plan(self, now: datetime) -> None:
        busy = {deed.alarm for deed in self._deeds}
        idle = [alarm for alarm in open_alarms().order_by("raised_at", "id")]
        idle = [alarm for alarm in idle if alarm.id not in busy]
        ours = {person.pk for person in self._hands}
        for alarm in idle:
            if is_at_dong(alarm) or alarm.owner_staff_id in ours:
                self._deeds += self._script(alarm, begins=now)
            elif alarm.kind == Alarm.Kind.SOS and alarm.owner_staff_id is None:
                self._answer_cry(alarm, now)
        self._help_out([a for a in idle if _waits(a) and a.kind != Alarm.Kind.SOS], now)

    def _answer_cry(self, alarm: Alarm, now: datetime) -> None:
        steps = [call("person", "safe", "스피커가 잘못 들었다고 함"), close("safe_call", "")]
        self._deeds += self._paced(alarm, steps, begins=max(now, alarm.raised_at + CRY_WAITS))

    def _help_out(self, waiting: list[Alarm], now: datetime) -> None:
        """Take what is too much for the viewer, most of it from the level that has most."""
        free = [alarm for alarm in waiting if self._is_free(alarm, now)]
        grades = Counter(Level(alarm.level) for alarm in waiting)
        grades[Level.CRITICAL] += sum(deed.do is hand_back for deed in self._deeds)

        def must(alarm: Alarm) -> bool:
            return alarm.level == Level.CRITICAL and now >= alarm.owner_since + NOBODYS

        def crowd(alarm: Alarm) -> float:
            return grades[Level(alarm.level)] / MIX[Level(alarm.level)]

        while free:
            most = max(free, key=lambda alarm: (must(alarm), crowd(alarm)))
            if grades.total() <= ENOUGH and grades[Level.CRITICAL] and not must(most):
                return
            free.remove(most)
            grades[Level(most.level)] -= 1
            deeds = self._work_on(most, grades, now)
            grades[Level.CRITICAL] += deeds[-1].do is hand_back
            self._deeds += deeds

    def _work_on(self, alarm: Alarm, grades: Counter[Level], now: datetime) -> Sequence[Deed]:
        """Look into it; when nothing critical waits, let the calls be in vain and hand it back."""
        if not grades[Level.CRITICAL] and alarm.level < Level.CRITICAL:
            return self._paced(alarm, calls_in_vain(alarm), begins=now)
        return self._script(alarm, begins=now)

    def _is_free(self, alarm: Alarm, now: datetime) -> bool:
        """Say whether a colleague may take it already."""
        if self._index[alarm.household_id] == RECORDED and now < alarm.raised_at + RECORDED_OWN:
            return False
        is_viewers = self._chance(alarm, "whose") < VIEWERS_SHARE
        return not is_viewers or now >= alarm.owner_since + NOBODYS


def _waits(alarm: Alarm) -> bool:
    """Say whether it waits at the centre with nobody's name on it."""
    is_there = alarm.owner_post is not None and alarm.owner_post.kind == Post.CENTRE
    is_out = State(alarm.state) in (State.DISPATCHED, State.JOINT)
    return is_there and not is_out and alarm.shelved_until is None
