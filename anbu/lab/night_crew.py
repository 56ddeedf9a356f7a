"""The people of one night: three operators who take what is most pressing, and the dongs at nine.

They know from the drawn city what a home's silence is. What they do goes through the same actions
as everybody's work, at the moment and in the time in which people do it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Doubt, GroupSignal, Handover, Message
from anbu.care.alarms.rules import HandState, Stair
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.places.models import Post
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.lab.city import City
from anbu.lab.colleagues import Step, call, close, open_alarms
from anbu.lab.colleagues import steps_for as usual_steps
from anbu.lab.noise import uniform

# Ours, none is published: until somebody looks up, a call with what is written down of it, the
# pause before the same number is tried again, the way of a field agent to the door.
LOOKS_UP_S = (4.0, 20.0)
DEED_S = (45.0, 150.0)
CONFIRMS_S = (8.0, 25.0)  # an answer that has come is read, and the alarm closed
TRIES_AGAIN = timedelta(minutes=5)
ON_THE_WAY = timedelta(minutes=35)
GROUP_CHECKED = timedelta(minutes=20)  # after life and sight are back
READS_BACK = (5.0, 40.0)  # minutes after nine, until a dong office has read its hand-overs
UNSEEN_PLAN_H = 6
SAID_BACK = "오전에 전화하고 찾아가 보겠습니다"


@dataclass
class Hand:
    """One operator, and until when they are busy."""

    who: Staff
    free_at: datetime
    taken: Counter[datetime] = field(default_factory=Counter)  # by ten minutes of the night


@dataclass
class Crew:
    """Everybody who works on what rings in this night."""

    city: City
    ids: Sequence[UUID]
    hands: Sequence[Hand]
    begins: datetime
    _scripts: dict[UUID, list[Step]] = field(default_factory=dict)
    _due: dict[UUID, datetime] = field(default_factory=dict)
    _planners: dict[int, Staff] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = {id: home.index for id, home in zip(self.ids, self.city.homes, strict=True)}

    def work(self, until: datetime) -> None:
        """Let everybody do what they get done by then."""
        if not Alarm.objects.filter(closed_at=None).exists():
            for hand in self.hands:
                hand.free_at = max(hand.free_at, until + timedelta(milliseconds=1))
            return
        while (hand := min(self.hands, key=lambda one: one.free_at)).free_at <= until:
            if not self._do_next(hand):
                hand.free_at = until + timedelta(milliseconds=1)

    def answer_handovers(self, now: datetime) -> None:
        """Let the dong offices, and later the district, accept what they have read by now."""
        waiting = Handover.objects.filter(state=HandState.WAITING, to_post__kind=Post.DONG)
        for item in waiting.select_related("to_post", "board").order_by("id"):
            if item.board is None or now < item.board.switch_at:
                continue
            minutes = READS_BACK[0] + self._chance("read", item.to_post_id) * READS_BACK[1]
            is_read = now >= item.board.switch_at + timedelta(minutes=minutes)
            if is_read or item.stair != Stair.OFFICE:
                by = self._planner(item.to_post)
                told = {"handover": item.id, "read_back": SAID_BACK, "by": by}
                actions.accept_handover(**told, now=now)  # type: ignore[arg-type]

    def look_after_causes(self, now: datetime) -> None:
        """Own the common causes, say what they were, and decide about whom nobody can see."""
        lead = self.hands[0].who
        for signal in GroupSignal.objects.filter(closed_at=None).select_related("incident__group"):
            if signal.owner_staff_id is None:
                actions.claim_group(signal_id=signal.id, by=lead, now=now)
            over_at = signal.incident.over_at or signal.incident.ended_at
            if over_at is not None and now >= over_at + GROUP_CHECKED:
                cause = "power_cut" if signal.incident.group.kind == "feeder" else "provider"
                actions.close_group(signal_id=signal.id, outcome=cause, by=lead, now=now)
        for doubt in Doubt.objects.filter(ended_at=None, planned_at=None).order_by("id"):
            actions.decide_doubt(doubt=doubt.id, plan="call", hours=UNSEEN_PLAN_H, by=lead, now=now)

    def _do_next(self, hand: Hand) -> bool:
        """Do one thing; False: there is nothing to do."""
        at = hand.free_at
        alarm = self._mine(hand, at) or self._first_waiting()
        if alarm is None:
            return False
        at = max(at, alarm.rung_started_at)  # nobody answers before it waits for somebody
        starts = at + timedelta(seconds=self._between(LOOKS_UP_S, alarm, "look", at))
        if alarm.owner_staff_id is None:
            actions.claim(alarm_id=alarm.id, version=alarm.version, by=hand.who, now=starts)
            hand.taken[_ten_minutes(starts, self.begins)] += 1
        takes, step = self._next_step(alarm, starts)
        ends = starts + timedelta(seconds=self._between(takes, alarm, "deed", at))
        try:
            step(alarm, hand.who, ends)
        except actions.NotAllowed:  # it went another way meanwhile, or ended
            self._due.pop(alarm.id, None)
        else:
            self._due[alarm.id] = ends + self._pause(alarm)
        hand.free_at = ends
        return True

    def _next_step(self, alarm: Alarm, at: datetime) -> tuple[tuple[float, float], Step]:
        """Return what is done next about this alarm, and within which seconds it is done."""
        texts = alarm.messages.filter(contact=None, status=Message.Status.ANSWERED)
        if texts.filter(settled_at__lte=at).exists():
            return CONFIRMS_S, close("safe_message", "문자에 답함")
        script = self._script(alarm)
        return DEED_S, script.pop(0) if script else close("safe_call", "")

    def _mine(self, hand: Hand, at: datetime) -> Alarm | None:
        """Return what this operator has in hand and can go on with."""
        mine = open_alarms().filter(owner_staff=hand.who)
        ready = [one for one in mine if self._due.get(one.id, at) <= at]
        return min(ready, key=lambda one: (-one.level, self._due.get(one.id, at)), default=None)

    def _first_waiting(self) -> Alarm | None:
        """Return what the queue shows first of all that waits for a person at the centre."""
        free = open_alarms().filter(owner_post__kind=Post.CENTRE, waits_for__in=("", "answer"))
        in_order = free.order_by("-level", "rung_due_at", "raised_at", "id")
        for one in in_order:
            if one.ladder[one.rung]["do"] != "message" or one.sign_returned_at is not None:
                return one
        return None

    def _pause(self, alarm: Alarm) -> timedelta:
        after = Alarm.objects.get(id=alarm.id)
        if after.state in ("dispatched", "joint"):
            return ON_THE_WAY
        return TRIES_AGAIN if after.waits_for == "answer" else timedelta()

    def _script(self, alarm: Alarm) -> list[Step]:
        if alarm.id not in self._scripts:
            home = self.city.homes[self._index[alarm.household_id]]
            sight = people.for_actor(machine("seed"), Purpose("machine", "colleagues"))
            kin = sight.contacts.filter(household=alarm.household_id).first()
            contact = kin.pk if kin else None
            if home.falls_at is not None:
                self._scripts[alarm.id] = _rescue(contact)
            else:
                cause = self._cause(home.index, alarm.due_at)
                chance = float(self._chance("how", home.index))
                self._scripts[alarm.id] = usual_steps(cause, contact, chance)
        return self._scripts[alarm.id]

    def _cause(self, index: int, at: datetime) -> str:
        hours = (at - self.city.starts_at).total_seconds() / 3600
        spells = self.city.homes[index].spells
        return next((s.cause for s in spells if s.from_h <= hours <= s.until_h), "asleep")

    def _planner(self, post: Post) -> Staff:
        if post.id not in self._planners:
            known = Staff.objects.filter(post=post, role=Staff.Role.PLANNER).first()
            if known is None:
                login, name = f"planner-{post.id}", f"{post.name} 담당"
                told = {"login": login, "name": name, "role": "planner", "post": post.id}
                known, _ = staffing.add_staff(**told, by="system:seed", now=self.begins)  # type: ignore[arg-type]
            self._planners[post.id] = known
        return self._planners[post.id]

    def _between(self, span: tuple[float, float], alarm: Alarm, stream: str, at: datetime) -> float:
        index, second = self._index[alarm.household_id], int(at.timestamp())
        chance = float(uniform(self.city.seed, stream, index, second)[0])
        return span[0] + chance * (span[1] - span[0])

    def _chance(self, stream: str, number: int) -> float:
        return float(uniform(self.city.seed, stream, number)[0])


def _rescue(contact: int | None) -> list[Step]:
    """Return what is done for somebody who really fell: nobody answers, until the door is open."""
    missed = call("person", "no_answer", "")
    ask = [call(contact, "unknown", "어제부터 연락이 안 됨")] if contact else []
    return [missed, missed, *ask, _dispatch, _call_119, close("rescued", "119가 문을 열고 이송")]


def _dispatch(alarm: Alarm, by: Staff, now: datetime) -> object:
    return actions.dispatch(alarm_id=alarm.id, note="불이 켜져 있고 대답이 없음", by=by, now=now)


def _call_119(alarm: Alarm, by: Staff, now: datetime) -> object:
    return actions.call_119(alarm_id=alarm.id, note="침대 옆에 쓰러져 있음", by=by, now=now)


def _ten_minutes(at: datetime, begins: datetime) -> datetime:
    """Return the ten minutes of the night a moment lies in, by when they begin."""
    return begins + (at - begins) // timedelta(minutes=10) * timedelta(minutes=10)
