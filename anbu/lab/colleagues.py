"""The people on the other chairs: they answer alarms as an ordinary night shift does.

They know from the drawn city why a home is silent; what they do with it goes through the same
actions as everybody's work, at the moment at which they would have done it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from anbu.care.alarms import actions, jobs
from anbu.care.alarms.models import Alarm
from anbu.care.people.models import Contact
from anbu.care.places import queries as posts
from anbu.care.places.models import Dong, Post
from anbu.care.staff import actions as staff
from anbu.care.staff.models import Staff
from anbu.lab.city import City
from anbu.lab.noise import uniform

FINISHED_BEFORE = timedelta(minutes=75)  # younger alarms are still being worked on at the start
VIEWERS_SHARE = 0.3  # of the alarms that rise during the play, and always the recorded home's

log = structlog.get_logger()


@dataclass(frozen=True)
class Deed:
    """One thing somebody does with one alarm, so long after it was raised."""

    at: datetime
    alarm: UUID
    do: Callable[[Alarm, Staff, datetime], object]


class Colleagues:
    """Two operators who work through alarms while a city's last days are being lived."""

    def __init__(
        self,
        city: City,
        ids: Sequence[UUID],
        hands: Sequence[Staff],
        *,
        joined_at: datetime | None = None,
    ) -> None:
        """`joined_at`: from here on they work beside a viewer, and leave a part to them."""
        self._city = city
        self._index = {h: home.index for h, home in zip(ids, city.homes, strict=True)}
        self._hands = list(hands)
        self._joined_at = joined_at
        self._planners: dict[int, Staff] = {}
        self._planned: set[UUID] = set()
        self._deeds: list[Deed] = []

    def begin_shift(self, now: datetime) -> None:
        """Come to work."""
        for person in self._hands:
            staff.start_shift(by=person, now=now)

    def work(self, until: datetime) -> None:
        """Do everything that would have been done by now, in the order of time."""
        self._plan()
        due = sorted((d for d in self._deeds if d.at <= until), key=lambda deed: deed.at)
        self._deeds = [deed for deed in self._deeds if deed.at > until]
        for deed in due:
            self._do(deed)

    def hold(self, now: datetime) -> None:
        """Let each colleague have one alarm in hand when the viewer comes in."""
        waiting = Alarm.objects.filter(closed_at=None, owner_post__kind=Post.CENTRE, level__lt=3)
        in_order = waiting.select_related("owner_post", "household__dong").order_by(
            "raised_at", "id"
        )
        for person, alarm in zip(self._hands, in_order, strict=False):
            at = max(alarm.raised_at, now - timedelta(minutes=2))
            actions.claim(alarm_id=alarm.id, version=alarm.version, by=person, now=at)
            _call("person", "no_answer", "")(alarm, person, at)

    def tally(self) -> tuple[int, int]:
        """Return how many alarms are open and how many are closed."""
        is_open = Alarm.objects.filter(closed_at=None).count()
        return is_open, Alarm.objects.count() - is_open

    def _plan(self) -> None:
        fresh = Alarm.objects.filter(closed_at=None).exclude(id__in=self._planned)
        for alarm in fresh.select_related("owner_post", "household__dong").order_by("id"):
            self._planned.add(alarm.id)
            self._deeds += self._script(alarm)

    def _do(self, deed: Deed) -> None:
        while jobs.advance_overdue(deed.at):
            pass
        alarm = (
            Alarm.objects.filter(id=deed.alarm, closed_at=None)
            .select_related("owner_post", "household__dong")
            .first()
        )
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

    def _script(self, alarm: Alarm) -> list[Deed]:
        """Return what will be done with this alarm, and when."""
        index = self._index[alarm.household_id]
        minute = int(alarm.due_at.timestamp() // 60)
        chance = [float(uniform(self._city.seed, f"deed{n}", index, minute)[0]) for n in range(3)]
        cause = self._cause(index, alarm.due_at)
        contact = Contact.objects.filter(household=alarm.household_id).order_by("rank").first()
        steps = _steps(cause, contact.pk if contact else None, chance[0])
        pause = 2 + 9 * chance[1]
        begins = max(alarm.raised_at, self._joined_at or alarm.raised_at)
        at_dong = alarm.owner_post is not None and alarm.owner_post.kind == Post.DONG
        if at_dong and posts.on_duty(begins) != "dong":
            begins = posts.next_opening(begins)
        deeds = [
            Deed(begins + timedelta(minutes=pause * (n + 1)), alarm.id, step)
            for n, step in enumerate(steps)
        ]
        if self._joined_at:
            return deeds if index and chance[2] > VIEWERS_SHARE else []
        if alarm.raised_at < self._city.starts_at - FINISHED_BEFORE:
            return deeds
        return deeds[: int(chance[2] * len(deeds))]  # the night goes on; the viewer takes over

    def _cause(self, index: int, at: datetime) -> str:
        hours = (at - self._city.starts_at).total_seconds() / 3600
        spells = self._city.homes[index].spells
        return next((s.cause for s in spells if s.from_h <= hours <= s.until_h), "asleep")


type Step = Callable[[Alarm, Staff, datetime], object]


def _steps(cause: str, contact: int | None, chance: float) -> list[Step]:
    missed = _call("person", "no_answer", "")
    ask = [_call(contact, "safe", "함께 있다고 함")] if contact else []
    if cause == "hospital":
        told = [_call(contact, "safe", "입원 중이라고 함")] if contact else [_go("현장 확인")]
        return [missed, missed, *told, _close("hospital", "퇴원 예정일을 물어 적음")]
    if cause == "travel":
        return [missed, *ask, _close("out", "가족과 여행 중")]
    if cause == "out":
        if chance < 0.5:
            return [missed, _call("person", "safe", "밖에 있다고 함"), _close("out", "외출 중")]
        return [missed, missed, *ask, _close("out", "친척 집에서 지냄")]
    if chance < 0.06:
        return [missed, missed, _go("불은 켜져 있음"), _close("safe_visit", "문을 열어 줌")]
    if chance < 0.5:
        return [_call("person", "safe", "괜찮다고 함"), _close("safe_call", "")]
    return [missed, _call("person", "safe", "주무셨다고 함"), _close("safe_call", "")]


def _call(whom: str | int | None, result: str, note: str) -> Step:
    def call(alarm: Alarm, by: Staff, now: datetime) -> object:
        to = whom if isinstance(whom, int) else "person"
        return actions.record_call(
            alarm_id=alarm.id,
            whom=to,  # type: ignore[arg-type]
            result=result,
            note=note,
            by=by,
            now=now,
        )

    return call


def _go(note: str) -> Step:
    def go(alarm: Alarm, by: Staff, now: datetime) -> object:
        return actions.dispatch(alarm_id=alarm.id, note=note, by=by, now=now)

    return go


def _close(outcome: str, note: str) -> Step:
    def close(alarm: Alarm, by: Staff, now: datetime) -> object:
        return actions.close(alarm_id=alarm.id, outcome=outcome, note=note, by=by, now=now)

    return close
