"""The people on the other chairs: they answer alarms as an ordinary night shift does.

They know from the drawn city why a home is silent; what they do with it goes through the same
actions as everybody's work, at the moment at which they would have done it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import QuerySet

from anbu.care.alarms import actions, jobs
from anbu.care.alarms.models import Alarm
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.places import queries as posts
from anbu.care.places.models import Dong, Post
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff
from anbu.lab.city import City
from anbu.lab.noise import uniform

FINISHED_BEFORE = timedelta(minutes=75)  # younger alarms are still being worked on at the start
HANDED_BACK = 2  # alarms that colleagues called about in vain: critical, whoever comes in
LEFT_ALONE = 5  # alarms that nobody has looked at yet

log = structlog.get_logger()

type Step = Callable[[Alarm, Staff, datetime], object]


@dataclass(frozen=True)
class Deed:
    """One thing somebody does with one alarm, so long after it was raised."""

    at: datetime
    alarm: UUID
    do: Step


class Colleagues:
    """Two operators who work through alarms while a city's last days are being lived."""

    def __init__(self, city: City, ids: Sequence[UUID], hands: Sequence[Staff]) -> None:
        self._city = city
        self._index = {h: home.index for h, home in zip(ids, city.homes, strict=True)}
        self._hands = list(hands)
        self._planners: dict[int, Staff] = {}
        self._planned: set[UUID] = set()
        self._deeds: list[Deed] = []

    def begin_shift(self, now: datetime) -> None:
        """Come to work."""
        for person in self._hands:
            staff.start_shift(by=person, now=now)

    def work(self, until: datetime) -> None:
        """Do everything that would have been done by now, in the order of time."""
        self._plan(until)
        due = sorted((d for d in self._deeds if d.at <= until), key=lambda deed: deed.at)
        self._deeds = [deed for deed in self._deeds if deed.at > until]
        for deed in due:
            self._do(deed)

    def hold(self, now: datetime) -> None:
        """Let the viewer find colleagues at work, and what they had to hand back."""
        waiting = open_alarms().filter(owner_post__kind=Post.CENTRE, level__lt=3)
        in_order = list(waiting.order_by("raised_at", "id"))
        at_work = max(len(in_order) - LEFT_ALONE, HANDED_BACK)
        missed = call("person", "no_answer", "")
        for number, alarm in enumerate(in_order[:at_work]):
            person = self._hands[number % len(self._hands)]
            at = max(alarm.raised_at, now - timedelta(minutes=12))
            actions.claim(alarm_id=alarm.id, version=alarm.version, by=person, now=at)
            in_vain = calls_in_vain(alarm) if number < HANDED_BACK else [missed]
            for step in in_vain:
                step(alarm, person, at)

    def tally(self) -> tuple[int, int]:
        """Return how many alarms are open and how many are closed."""
        is_open = Alarm.objects.filter(closed_at=None).count()
        return is_open, Alarm.objects.count() - is_open

    def _plan(self, now: datetime) -> None:
        fresh = open_alarms().filter(raised_at__lte=now).exclude(id__in=self._planned)
        for alarm in fresh.order_by("id"):
            self._planned.add(alarm.id)
            if alarm.raised_at < self._city.starts_at - FINISHED_BEFORE:
                self._deeds += self._script(alarm, begins=alarm.raised_at)

    def _do(self, deed: Deed) -> None:
        while jobs.advance_overdue(deed.at):
            pass
        alarm = open_alarms().filter(id=deed.alarm).first()
        person = self._person(alarm) if alarm else None
        if alarm is None or person is None:
            return
        try:
            if alarm.owner_staff_id is None:
                actions.claim(alarm_id=alarm.id, version=alarm.version, by=person, now=deed.at)
            deed.do(alarm, person, deed.at)
        except (actions.NotAllowed, actions.UnknownAlarm) as refused:
            # the viewer was quicker, or the alarm went another way: then there is nothing to do
            log.info("colleague_stepped_back", alarm=str(alarm.id), why=type(refused).__name__)

    def _person(self, alarm: Alarm) -> Staff | None:
        """Return who would answer this alarm; nobody, when it is in somebody else's hands."""
        if alarm.owner_post is not None and alarm.owner_post.kind == Post.DONG:
            return self._planner(alarm.household.dong)
        if alarm.owner_staff_id is None:
            return self._hands[self._index[alarm.household_id] % len(self._hands)]
        known = [*self._hands, *self._planners.values()]
        return next((one for one in known if one.pk == alarm.owner_staff_id), None)

    def _planner(self, dong: Dong) -> Staff:
        """Return the planner of this dong; each sits alone at the desk and works by day."""
        if dong.id not in self._planners:
            post = Post.objects.get(dong=dong)
            known = Staff.objects.filter(post=post).first()
            self._planners[dong.id] = known or self._hire(dong, post)
        return self._planners[dong.id]

    def _hire(self, dong: Dong, post: Post) -> Staff:
        login, name = f"planner-{dong.code}", f"{dong.name} 담당"
        began = self._city.starts_at - timedelta(days=30)
        person, _ = staff.add_staff(
            login=login, name=name, role="planner", post=post.id, by="system:seed", now=began
        )
        return person

    def _script(self, alarm: Alarm, *, begins: datetime) -> list[Deed]:
        """Return what will be done with this alarm, and when."""
        cause = self._cause(self._index[alarm.household_id], alarm.due_at)
        sight = people.for_actor(machine("seed"), Purpose("machine", "colleagues"))
        contact = sight.contacts.filter(household=alarm.household_id).first()
        steps = steps_for(cause, contact.pk if contact else None, self._chance(alarm, "how"))
        if is_at_dong(alarm) and posts.on_duty(begins) != "dong":
            begins = posts.next_opening(begins)
        return self._paced(alarm, steps, begins=begins)

    def _paced(self, alarm: Alarm, steps: Sequence[Step], *, begins: datetime) -> list[Deed]:
        pause = 2 + 9 * self._chance(alarm, "pace")
        return [
            Deed(begins + timedelta(minutes=pause * (n + 1)), alarm.id, step)
            for n, step in enumerate(steps)
        ]

    def _chance(self, alarm: Alarm, stream: str) -> float:
        """Return a number in [0, 1) that is always the same for this alarm of this city."""
        minute = int(alarm.due_at.timestamp() // 60)
        index = self._index[alarm.household_id]
        return float(uniform(self._city.seed, f"do-{stream}", index, minute)[0])

    def _cause(self, index: int, at: datetime) -> str:
        hours = (at - self._city.starts_at).total_seconds() / 3600
        spells = self._city.homes[index].spells
        return next((s.cause for s in spells if s.from_h <= hours <= s.until_h), "asleep")


def open_alarms() -> QuerySet[Alarm]:
    """Return the alarms that still wait for their end, with all that a colleague looks at."""
    return Alarm.objects.filter(closed_at=None).select_related("owner_post", "household__dong")


def is_at_dong(alarm: Alarm) -> bool:
    """Say whether the dong's own post holds it."""
    return alarm.owner_post is not None and alarm.owner_post.kind == Post.DONG


def steps_for(cause: str, contact: int | None, chance: float) -> list[Step]:
    """Return what is done, in order, about a healthy home that is silent for this cause."""
    missed = call("person", "no_answer", "")
    ask = [call(contact, "safe", "함께 있다고 함")] if contact else []
    if cause == "hospital":
        told = [call(contact, "safe", "입원 중이라고 함")] if contact else [_go("현장 확인")]
        return [missed, missed, *told, close("hospital", "퇴원 예정일을 물어 적음")]
    if cause == "travel":
        return [missed, *ask, close("out", "가족과 여행 중")]
    if cause == "out":
        if chance < 0.5:
            return [missed, call("person", "safe", "밖에 있다고 함"), close("out", "외출 중")]
        return [missed, missed, *ask, close("out", "친척 집에서 지냄")]
    if chance < 0.06:
        return [missed, missed, _go("불은 켜져 있음"), close("safe_visit", "문을 열어 줌")]
    if chance < 0.5:
        return [call("person", "safe", "괜찮다고 함"), close("safe_call", "")]
    return [missed, call("person", "safe", "주무셨다고 함"), close("safe_call", "")]


def call(whom: str | int | None, result: str, note: str) -> Step:
    """Return the deed of calling somebody and writing down what came of it."""

    def do(alarm: Alarm, by: Staff, now: datetime) -> object:
        to = whom if isinstance(whom, int) else "person"
        return actions.record_call(
            alarm_id=alarm.id,
            whom=to,  # type: ignore[arg-type]
            result=result,
            note=note,
            by=by,
            now=now,
        )

    return do


def _go(note: str) -> Step:
    def do(alarm: Alarm, by: Staff, now: datetime) -> object:
        return actions.dispatch(alarm_id=alarm.id, note=note, by=by, now=now)

    return do


def close(outcome: str, note: str) -> Step:
    """Return the deed of ending an alarm."""

    def do(alarm: Alarm, by: Staff, now: datetime) -> object:
        return actions.close(alarm_id=alarm.id, outcome=outcome, note=note, by=by, now=now)

    return do


def calls_in_vain(alarm: Alarm) -> list[Step]:
    """Return the deeds of calling until nobody is left to call at home, and handing it back."""
    missed = call("person", "no_answer", "")
    other = (n for n, rung in enumerate(alarm.ladder) if rung["do"] not in ("message", "call"))
    first = next(other, len(alarm.ladder))
    return [*[missed] * max(first - alarm.rung, 0), hand_back]


def hand_back(alarm: Alarm, by: Staff, now: datetime) -> object:
    """Give an alarm back to the post: two more lines are ringing."""
    return actions.transfer(
        alarm_id=alarm.id, to_post=posts.centre(), reason="다른 신호를 먼저 받음", by=by, now=now
    )
