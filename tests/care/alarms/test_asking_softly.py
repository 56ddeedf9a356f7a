"""An unusual silence: a machine asks first, a life sign answers, a person is called in time."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Message, Step
from anbu.care.alarms.rules import LONGEST_REASON, NotAllowed
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs
from anbu.care.readings.models import Device, Watch
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message as Said
from anbu.sources import Reading

from .world import BY, MONDAY, World, sweep

HOUR = timedelta(hours=1)
DAYS = 12
MORNING = MONDAY + 10 * HOUR  # the dong offices are open
POLICY = 'name = "all"\n[[policy]]\ndetector = "learned"\n'


class Home:
    """A learned home, drawn in hours: # life, . stillness; everything sweeps each half hour."""

    def __init__(self, world: World, *, policy: str = POLICY, **more) -> None:
        jobs.make_partitions(now=MORNING)
        self.at = MORNING - DAYS * 24 * HOUR
        self.id: UUID = world.home(still_at=self.at + 24 * HOUR, **more)
        readings.revoke_device(code=Device.objects.get(household=self.id).code, by=BY, now=self.at)
        readings.add_device(
            code="sensor-1",
            household=self.id,
            provider="plugs",
            interval=HOUR / 2,
            channels=["motion"],
            by=BY,
            now=self.at,
        )
        self.hear(DAYS * "#.##.##.#.##.#.........#", look=False)
        readings.load_detectors(text=policy, by=BY, now=self.at)
        self.sweep()

    def hear(self, picture: str, *, look: bool = True) -> "Home":
        said = []
        for sign in picture:
            for half in (0, 1):
                self.at += HOUR / 2
                value = float(sign == "#" and half == 0)
                reading = Reading(BY_NAME["motion"].code, self.at.timestamp(), value)
                said.append(
                    Said(
                        id=f"{self.at}", device="sensor-1", readings=(reading,), sos=None, body=b""
                    )
                )
                if look:
                    readings.take_in(messages=said, provider="plugs", now=self.at)
                    said = []
                    self.sweep()
        readings.take_in(messages=said, provider="plugs", now=self.at)
        return self

    def sweep(self) -> None:
        sweep(jobs.turn_learned_clocks, self.at)
        sweep(jobs.end_absences, self.at)
        sweep(actions.raise_next_silence, self.at)
        sweep(actions.ask_next_returns, self.at)
        sweep(actions.end_next_returns, self.at)
        sweep(actions.advance_next_overdue, self.at)

    def until_asked(self) -> Alarm:
        for _ in range(24):
            self.hear(".")
            if alarm := Alarm.objects.filter(household=self.id, closed_at=None).first():
                return alarm
        raise AssertionError("nobody asked")

    def alarms(self) -> list[tuple[str, int, str]]:
        rows = Alarm.objects.filter(household=self.id).order_by("raised_at")
        return list(rows.values_list("kind", "level", "outcome"))


def overdue(alarm: Alarm) -> list[tuple[str, str, str]]:
    """Return the rungs nobody took in time: which, the next one, and why."""
    rows = Step.objects.filter(alarm=alarm, kind="overdue").order_by("id")
    return list(rows.values_list("detail__do", "detail__next", "detail__why"))


@pytest.fixture
def home(world: World, settings) -> Home:
    settings.GATEWAY_URL = "http://127.0.0.1:9/"
    return Home(world)


def test_a_machine_asks_before_anybody_is_called(home: Home) -> None:
    alarm = home.until_asked()
    assert (alarm.kind, alarm.level, alarm.waits_for) == ("watch", 1, "answer")
    assert alarm.due_at <= alarm.raised_at
    assert "평소 최장" in alarm.reason
    assert alarm.reason.endswith("안부 문자")
    assert len(alarm.reason) <= LONGEST_REASON
    assert Message.objects.filter(alarm=alarm).count() == 1
    assert alarm.facts["learned"]["policy"] == "all 1"


def test_a_life_sign_ends_a_question_by_itself(home: Home) -> None:
    alarm = home.until_asked()
    home.hear("#")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.outcome, alarm.closed_by) == ("closed", "answered_by_sign", None)
    assert list(alarm.steps.order_by("id").values_list("kind", flat=True))[-2:] == [
        "evidence",
        "closed",
    ]
    assert Message.objects.get(alarm=alarm).status == "expired"  # it was still to be sent
    message = Message.objects.get(alarm=alarm)
    assert actions.deliver(message_id=message.id, ports={}, now=home.at) is None


def test_a_receipt_is_no_answer_and_after_an_hour_a_person_is_called(home: Home) -> None:
    alarm = home.until_asked()
    message = Message.objects.get(alarm=alarm)
    for status in ("sent", "delivered"):
        actions.settle_message(message_id=message.id, status=status, now=home.at)
    assert overdue(alarm) == []
    home.hear(".")
    assert overdue(alarm)[0] == ("message", "call", "overdue")
    alarm.refresh_from_db()
    assert (alarm.closed_at, alarm.level) == (None, 2)


@pytest.mark.parametrize("deed", ["claim", "note", "climbed"])
def test_what_a_person_touched_or_must_do_only_a_person_ends(
    home: Home, world: World, deed: str
) -> None:
    alarm = home.until_asked()
    if deed == "claim":
        actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.planner, now=home.at)
    elif deed == "note":
        actions.note(alarm_id=alarm.id, text="창문이 열려 있음", by=world.planner, now=home.at)
    else:
        home.hear("..")
    home.hear("#")
    alarm.refresh_from_db()
    assert alarm.closed_at is None
    assert alarm.sign_returned_at is not None


def test_too_long_a_silence_does_not_wait_for_the_hour(home: Home) -> None:
    alarm = home.until_asked()
    Alarm.objects.filter(id=alarm.id).update(rung_due_at=home.at + 24 * HOUR)
    home.hear("." * 10)
    alarm.refresh_from_db()
    assert overdue(alarm)[0] == ("message", "call", "silence")
    assert alarm.level >= 2
    told = Step.objects.filter(alarm=alarm, kind="evidence").values_list("detail__what", flat=True)
    assert list(told) == ["silence"]
    assert len(home.alarms()) == 1


def test_a_home_is_asked_only_so_often_and_then_only_a_person_is_called(
    world: World, settings
) -> None:
    settings.GATEWAY_URL = "http://127.0.0.1:9/"
    home = Home(world, policy=POLICY + "contacts = 1\n")
    home.until_asked()
    home.hear("#" + "." * 16)
    asked, called = home.alarms()
    assert asked == ("watch", 1, "answered_by_sign")
    assert (called[0], called[2]) == ("silence", "")


@pytest.mark.parametrize("why", ["no phone", "no gateway"])
def test_whom_no_machine_can_reach_a_person_is_called_only_when_it_is_too_long(
    world: World, settings, why: str
) -> None:
    settings.GATEWAY_URL = "" if why == "no gateway" else "http://127.0.0.1:9/"
    home = Home(world, phone="" if why == "no phone" else "010-0000-4321")
    home.hear("." * 14)
    (alarm,) = Alarm.objects.filter(household=home.id)
    assert alarm.kind == "silence"
    assert "learned" in alarm.facts


def test_a_message_that_cannot_be_sent_calls_nobody_before_the_hour(home: Home) -> None:
    alarm = home.until_asked()
    message = Message.objects.get(alarm=alarm)
    actions.settle_message(message_id=message.id, status="failed", now=home.at)
    alarm.refresh_from_db()
    assert (alarm.level, alarm.rung) == (1, 0)


def test_no_person_may_say_that_a_machine_was_answered(home: Home, world: World) -> None:
    alarm = home.until_asked()
    with pytest.raises(NotAllowed):
        actions.close(alarm_id=alarm.id, outcome="answered_by_sign", by=world.planner, now=home.at)


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "silence"}, {"level": 2}, {"rung": 1}, {"outcome": "safe_call"}, {"tries": 1}],
)
def test_the_table_lets_a_machine_end_its_own_question_and_nothing_else(
    home: Home, wrong: dict[str, object]
) -> None:
    alarm = home.until_asked()
    end: dict[str, object] = {"state": "closed", "outcome": "answered_by_sign"}
    end |= {"closed_at": home.at, "closed_by": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.filter(id=alarm.id).update(**(end | wrong))
    Alarm.objects.filter(id=alarm.id).update(**end)


def test_the_panel_says_what_the_learned_rule_weighed_and_how_often_it_was_right(
    home: Home, world: World
) -> None:
    alarm = home.until_asked()
    shown = queries.preview(alarm_id=alarm.id, seen_by=world.planner, now=home.at)
    assert shown.learned["by"] == "record"
    assert shown.record.rule == "watch"
    assert shown.record.closed == 0
    assert shown.row.strip.rhythm
    assert shown.row.strip.due == alarm_at(home)
    home.hear("#" + "." * 17)
    (_, second) = Alarm.objects.filter(household=home.id).order_by("raised_at")
    record = queries.rule_record(rule="watch", now=home.at)
    assert (record.closed, record.crises) == (1, 0)
    assert record.delay == alarm.raised_at - alarm.last_sign_at
    assert queries.rule_record(rule="learned", now=home.at).closed == 0
    assert queries.rule_of(second.kind, second.facts["learned"]) == "learned"


def alarm_at(home: Home):
    return Watch.objects.get(household=home.id).alarm_at
