"""The mass brake with two clocks, a dying clock, and whatever may come: nothing lost or doubled."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions, jobs
from anbu.care.alarms.actions import raising
from anbu.care.alarms.models import Alarm, Brake, Doubt, Message
from anbu.care.alarms.rules import NotAllowed, TakenByAnother
from anbu.config.invariants import check
from tests.care.alarms.test_brake import NIGHT, SECOND, TIERS
from tests.care.alarms.test_two_at_once import at_once
from tests.care.alarms.world import World, make_world, sweep

MINUTE = timedelta(minutes=1)
CHOICES = cycle(("our_fault", "by_risk", "go"))  # each in its turn, so that none is missed


@pytest.fixture(autouse=True)
def small(settings, monkeypatch) -> None:
    settings.BRAKE_AT_LEAST, settings.BRAKE_PER_MINUTE = 3, 3
    monkeypatch.setattr(raising, "JUDGED_AT_ONCE", 6)  # several batches for one flood


@pytest.mark.django_db(transaction=True)
def test_two_clocks_close_one_brake_and_let_everything_go_once(transactional_db):
    world = make_world()
    homes = {world.home(still_at=NIGHT, tier="low") for _ in range(18)}
    answers = at_once(
        *[lambda: sweep(actions.raise_next_silence, NIGHT + SECOND) for _ in range(3)]
    )
    assert all(isinstance(answer, int) for answer in answers), answers
    brake = Brake.objects.get()
    assert set(Alarm.objects.values_list("household", flat=True)) == homes
    assert set(Alarm.objects.values_list("brake", flat=True)) == {brake.id}
    later = NIGHT + MINUTE
    choosing = [
        lambda who=who: actions.choose_brake(brake_id=brake.id, choice="go", by=who, now=later)
        for who in (world.operator, world.second)
    ]
    told = at_once(*choosing)
    assert sorted(isinstance(answer, TakenByAnother) for answer in told) == [False, True]
    answers = at_once(*[lambda: sweep(actions.let_go_next, later) for _ in range(3)])
    assert all(isinstance(answer, int) for answer in answers), answers
    sweep(actions.let_go_next, later)
    brake.refresh_from_db()
    assert brake.ended_at == later
    sent = [str(job.args["message_id"]) for job in ProcrastinateJob.objects.all()]
    assert len(sent) == len(set(sent)) == Message.objects.filter(status="queued").count() == 18


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_dies_before_it_commits_leaves_neither_brake_nor_alarm(transactional_db):
    world = make_world()
    for _ in range(6):
        world.home(still_at=NIGHT, tier="low")

    def die() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            actions.raise_next_silence(now=NIGHT + SECOND)
            assert (Brake.objects.count(), Alarm.objects.count()) == (1, 6)
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    (died,) = at_once(die)
    assert isinstance(died, OperationalError)
    assert (Brake.objects.count(), Alarm.objects.count(), Message.objects.count()) == (0, 0, 0)
    sweep(actions.raise_next_silence, NIGHT + SECOND)  # the next clock finds them as they were
    assert Alarm.objects.filter(brake=Brake.objects.get(), waits_for="brake").count() == 6
    assert Message.objects.filter(status="waiting").count() == 6


class Flood:
    """Waves of silence, cries, people and choices, in any order."""

    def __init__(self, world: World, reached: Counter[str]) -> None:
        self.world, self.reached = world, reached
        self.now: datetime = NIGHT
        self.due: set[UUID] = set()

    def step(self, dice: random.Random) -> None:
        deed = dice.choice(("wave", "wave", "one", "cry", "claim", "choose", "choose", "wait"))
        getattr(self, "_" + deed)(dice)
        self.reached[deed] += 1
        self.now += SECOND
        for each in jobs.SWEEPS:
            for _ in range(200):
                if not each(self.now):
                    break
            else:
                raise AssertionError(f"{each.__name__} never ends")
        self.check()

    def check(self) -> None:
        broken = [f"{f.name}: {f.broken}" for f in check(now=self.now) if f.broken]
        assert broken == []
        silences = Alarm.objects.filter(kind="silence")  # who cries later cries for itself
        raised = list(silences.values_list("household", flat=True))
        assert len(raised) == len(set(raised))
        assert set(raised) == self.due
        for brake in Brake.objects.exclude(choice=""):
            self.reached[brake.choice if brake.chosen_by else "by itself"] += 1
        held = Message.objects.filter(alarm__waits_for="brake", alarm__closed_at=None)
        assert not held.exclude(status="waiting").exists()
        jobs_of = Counter(str(job.args["message_id"]) for job in ProcrastinateJob.objects.all())
        assert set(jobs_of.values()) <= {1}

    def _wave(self, dice: random.Random) -> None:
        for n in range(dice.randint(3, 5)):
            self.due.add(self.world.home(still_at=self.now, tier=TIERS[n % 3]))

    def _one(self, dice: random.Random) -> None:
        self.due.add(self.world.home(still_at=self.now, tier=dice.choice(TIERS)))

    def _cry(self, dice: random.Random) -> None:
        if self.due:
            self.world.cry(dice.choice(sorted(self.due)), at=self.now)

    def _claim(self, dice: random.Random) -> None:
        held = Alarm.objects.filter(waits_for="brake", closed_at=None).order_by("id").first()
        if held is not None:
            told = {"version": held.version, "by": self.world.operator, "now": self.now}
            actions.claim(alarm_id=held.id, **told)
            self.reached["claimed out of the brake"] += 1

    def _choose(self, dice: random.Random) -> None:
        brake = Brake.objects.filter(ended_at=None).order_by("began_at", "id").first()
        if brake is None:
            return
        told = {"choice": next(CHOICES), "reason": "시험"}
        try:
            actions.choose_brake(brake_id=brake.id, **told, by=self.world.operator, now=self.now)
        except NotAllowed:
            self.reached["refused"] += 1

    def _wait(self, dice: random.Random) -> None:
        self.now += timedelta(minutes=dice.choice((1, 2, 11)))


def test_whatever_comes_every_due_home_is_raised_once_and_nothing_stays_held(world):
    reached: Counter[str] = Counter()
    for seed in (1, 2, 3):
        print("seed", seed)  # shown when the story fails
        with transaction.atomic():
            story = Flood(world, reached)
            dice = random.Random(seed)
            for _ in range(14):
                story.step(dice)
            for _ in range(8):
                story._wait(random.Random(0))
                story.now += timedelta(minutes=11)
                for each in jobs.SWEEPS:
                    sweep(each, story.now)
            assert not Alarm.objects.filter(waits_for="brake", closed_at=None).exists()
            assert not Brake.objects.filter(ended_at=None).exists()
            closed = Alarm.objects.filter(outcome="our_fault")
            listed = set(Doubt.objects.values_list("household", flat=True))
            assert set(closed.values_list("household", flat=True)) <= listed
            story.due = set()
            transaction.set_rollback(True)
    for what in ("go", "by_risk", "our_fault", "by itself", "cry", "claimed out of the brake"):
        assert reached[what], reached
