"""The people on the other chairs: they answer alarms as an ordinary night shift does.

They know from the drawn city why a home is silent; what they do with it goes through the same
actions as everybody's work, at the moment at which they would have done it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

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
SHIFT_BEFORE = timedelta(hours=2, minutes=40)  # the night began at 18:00


@dataclass(frozen=True)
class Deed:
    """One thing somebody does with one alarm, so long after it was raised."""

    at: datetime
    alarm: UUID
    do: Callable[[Alarm, Staff, datetime], object]


class Colleagues:
    """Two operators who work through alarms while a city's last days are being lived."""

    def __init__(self, city: City, ids: Sequence[UUID], team: Sequence[Staff]) -> None:
        self._city = city
        self._index = {
            household: home.index for household, home in zip(ids, city.homes, strict=True)
        }
        self._hands = list(team[1:3])
        self._planners: dict[int, Staff] = {}
        self._planned: set[UUID] = set()
        self._deeds: list[Deed] = []
        self._has_begun = False

    def work(self, until: datetime) -> None:
        """Do everything that would have been done by now, in the order of time."""
        if not self._has_begun and until >= self._city.starts_at - SHIFT_BEFORE:
            self._has_begun = True
            for person in self._hands:
                staff.start_shift(by=person, now=until)
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
        if alarm is None:
            return
        person = self._person(alarm)
        if alarm.owner_staff_id is None:
            actions.claim(alarm_id=alarm.id, version=alarm.version, by=person, now=deed.at)
        deed.do(alarm, person, deed.at)

    def _person(self, alarm: Alarm) -> Staff:
        if self._is_for_dong(alarm):
            return self._planner(alarm.household.dong)
        owners = [hand for hand in self._hands if hand.pk == alarm.owner_staff_id]
        return owners[0] if owners else self._hands[self._index[alarm.household_id] % 2]

    def _is_for_dong(self, alarm: Alarm) -> bool:
        mine = {hand.pk for hand in self._hands}
        at_dong = alarm.owner_post is not None and alarm.owner_post.kind == Post.DONG
        return at_dong or alarm.owner_staff_id not in {None, *mine}

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
        begins = alarm.raised_at
        if self._is_for_dong(alarm) and posts.on_duty(begins) != "dong":
            begins = posts.next_opening(begins)
        deeds = [
            Deed(begins + timedelta(minutes=pause * (n + 1)), alarm.id, step)
            for n, step in enumerate(steps)
        ]
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
