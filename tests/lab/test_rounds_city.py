"""A made-up round: as large as asked for, its clocks as the log has them, and a day to plan."""

from collections import Counter

import pytest
from django.db.models import Count

from anbu.care.places.rules import SEOUL
from anbu.care.rounds import actions
from anbu.care.rounds.actions.standing import recount
from anbu.care.rounds.models import Contact, Link, Standing, Task, Unplaced, Worker
from anbu.lab.bench_rounds import CLOCK
from anbu.lab.rounds_city import Scale, found
from tests.care.alarms.world import make_world
from tests.care.rounds.rounds_world import NOON, TODAY

pytestmark = pytest.mark.django_db
SMALL = Scale(people=120, workers=8, contacts=4_000, days=365)


def clocks() -> list[tuple[object, ...]]:
    return list(Standing.objects.order_by("household_id").values_list(*CLOCK))


def test_a_small_round_is_as_large_as_asked_for_and_its_clocks_are_its_logs():
    make_world()
    made = found(SMALL, seed=1, now=NOON)
    assert len(made.homes) == 120
    assert abs(Contact.objects.count() - 4_000) < 120
    assert Contact.objects.filter(at__gt=NOON).count() == 0
    hours = Counter(row.at.astimezone(SEOUL).hour for row in Contact.objects.all())
    assert set(hours) == set(range(9, 18))
    assert all(row.at.astimezone(SEOUL).weekday() < 5 for row in Contact.objects.all())
    assert Contact.objects.filter(kind="visit").exclude(partner=None).exists()
    assert {row["kind"] for row in Link.objects.values("kind").annotate(n=Count("id"))} <= {
        "benefit", "emergency", "private",
    }  # fmt: skip
    before = clocks()
    recount(made.homes, now=NOON)
    assert clocks() == before


def test_its_day_is_planned_and_nobody_who_is_due_is_lost():
    make_world()
    found(SMALL, seed=2, now=NOON)
    plan = actions.plan_city(day=TODAY, now=NOON)
    due = set(Standing.objects.filter(due_on__lte=TODAY).values_list("household_id", flat=True))
    tasks = set(Task.objects.values_list("household_id", flat=True))
    left = set(Unplaced.objects.values_list("household_id", flat=True))
    assert due <= tasks | left
    assert not tasks & left
    assert plan.tasks == len(tasks)
    for worker in Worker.objects.all():
        mine = [t for t in Task.objects.all() if worker.pk in (t.worker_id, t.partner_id)]
        assert sum(task.minutes for task in mine) <= 240
    assert actions.plan_city(day=TODAY, now=NOON).changed == 0


@pytest.mark.parametrize(("people", "workers"), [(70_000, 1_200), (7_000, 120), (10, 2)])
def test_a_city_is_brought_down_as_a_whole(people: int, workers: int):
    scale = Scale.of(people)
    assert (scale.people, scale.workers) == (people, workers)
    assert scale.contacts == round(2_400_000 * people / 70_000)
