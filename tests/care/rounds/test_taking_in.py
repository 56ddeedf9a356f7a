"""What telephones tell is kept once, whatever the order, and nothing that came is lost."""

import json
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from anbu.care.alarms.models import Alarm
from anbu.care.errands.models import Errand
from anbu.care.foundation.models import Trace
from anbu.care.rounds.actions import take_in
from anbu.care.rounds.models import (
    Contact,
    Device,
    Link,
    Promise,
    Question,
    Standing,
    Task,
    ToldValue,
    Unread,
    Visit,
    Worker,
)
from anbu.care.rounds.rules import NotAllowed
from anbu.care.staff.models import Staff
from tests.care.alarms.world import World
from tests.care.rounds.rounds_world import NOON, TODAY, home, worker

type Told = dict[str, Any]


class Phone:
    """A telephone in the hand of somebody who goes round."""

    def __init__(self, of: Worker) -> None:
        self.worker = of
        self.row = Device.objects.create(
            worker=of, made_at=NOON, seen_at=NOON, key_ends_at=NOON + timedelta(hours=12)
        )
        self.count = 0

    def says(self, what: str, at_home: UUID, *, minute: int = 0, **more: Any) -> Told:
        self.count += 1
        return {
            "what": what,
            "id": str(uuid4()),
            "seq": self.count,
            "at": (NOON + timedelta(minutes=minute)).isoformat(),
            "home": str(at_home),
            **more,
        }

    def call(self, at_home: UUID, result: str = "reached", **more: Any) -> Told:
        mood = {"mood": "good"} if result == "reached" else {}
        return self.says("contact", at_home, kind="call", result=result, **mood, **more)

    def sends(self, *told: Any, later: int = 60) -> Any:
        return take_in(
            device=self.row.pk,
            body=json.dumps({"events": told}).encode(),
            by=self.worker.staff,
            now=NOON + timedelta(minutes=later),
        )


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(worker())


def test_a_call_is_in_the_log_and_moves_the_one_clock(phone: Phone) -> None:
    one = home(usual=phone.worker)
    Task.objects.create(
        day=TODAY, household_id=one, worker=phone.worker, way="call", because="due",
        minutes=12, hour=10,
    )  # fmt: skip
    told = phone.call(one, minutes=9, note=" 감기 기운이 있음 ")
    receipt = phone.sends(told)
    row = Contact.objects.get()
    assert receipt.taken == (row.id,)
    assert (row.note, row.minutes, row.is_real, row.seq) == ("감기 기운이 있음", 9, True, 1)
    clock = Standing.objects.get(household=one)
    assert (clock.contact_at, clock.contact_kind) == (NOON, "call")
    assert clock.due_on == TODAY + timedelta(days=7)
    assert Task.objects.get().done_by == row
    trace = Trace.objects.filter(verb="log_contact").get()
    assert (trace.by, trace.household) == (phone.worker.staff.actor, one)


def test_told_again_nothing_changes(phone: Phone) -> None:
    one = home(usual=phone.worker)
    told = phone.call(one, heard=["repair", "lonely"], wants=["repair"], next_on="2026-11-27")
    link = phone.says("link", one, kind="private", text="쌀 10kg", amount_krw=35_000)
    first = phone.sends(told, link)
    again = phone.sends(link, told, told, later=70)
    assert sorted(first.taken) == sorted(set(again.taken))
    counts = [model.objects.count() for model in (Contact, Link, Errand, Promise)]
    assert counts == [1, 1, 1, 1]
    assert Errand.objects.get().need == "repair"
    assert Promise.objects.get().on == TODAY + timedelta(days=3)


def state(homes: Sequence[UUID]) -> Any:
    """Return all that follows of a log, without moments and numbers of rows."""
    clocks = Standing.objects.filter(household__in=homes).order_by("household_id")
    return (
        sorted(Contact.objects.values_list("id", "result", "seq", "replaces", "note")),
        [
            (c.contact_at, c.contact_kind, c.visit_at, c.tries, c.refuses_since, c.due_on)
            for c in clocks
        ],
        sorted(Link.objects.values_list("told", "contact_id", "amount_krw")),
        sorted(ToldValue.objects.values_list("id", "field", "value")),
        sorted(Question.objects.values_list("household_id", "field", "closed_at")),
        sorted(Errand.objects.values_list("cause", "need", "request")),
        sorted(Promise.objects.filter(ended_at=None).values_list("made_in", "on")),
        sorted(Task.objects.values_list("household_id", "done_by")),
        Alarm.objects.filter(household__in=homes, closed_at=None).count(),
    )


def days_work(mine: Phone, other: Phone, a: UUID, b: UUID) -> list[tuple[Phone, Told]]:
    """Return what two telephones have to tell of two homes."""
    no = mine.call(a, "no_answer", minute=1)
    yes = mine.call(a, minute=30, next_on="2026-11-26", heard=["food"], wants=["food"])
    wrong = mine.call(b, minute=35)
    right = mine.call(b, "no_answer", minute=36, replaces=wrong["id"])
    link = mine.says("link", a, kind="benefit", text="기초연금", contact=yes["id"])
    number = mine.says("told", a, field="phone", value="010-0000-7777", was="010-0000-4321")
    visit = other.says(
        "contact", b, minute=50, kind="visit", result="reached", mood="worry",
        partner=mine.worker.pk, note="바닥에 쓰러져 계셨다고 함",
    )  # fmt: skip
    same = other.says("told", a, field="phone", value="010-0000-8888")
    bad = other.call(b, "wrong_number", minute=20)
    stolen = other.call(a, "no_answer", minute=31, replaces=yes["id"])
    ours = [(mine, told) for told in (no, yes, wrong, right, link, number)]
    return ours + [(other, told) for told in (visit, same, bad, stolen)]


def test_in_any_order_and_repetition_it_comes_to_one_state(world: World) -> None:
    one = worker()
    mine, other = Phone(one), Phone(worker(partner=one))
    a, b = home(usual=one), home(usual=other.worker)
    for nth in (a, b):
        for of in (one, other.worker):
            day = TODAY - timedelta(days=of.pk % 2 + 1)
            Task.objects.get_or_create(
                household_id=nth, day=day,
                defaults={"worker": one, "partner": other.worker, "way": "visit",
                          "because": "due", "minutes": 43, "hour": 10},
            )  # fmt: skip
    work = days_work(mine, other, a, b)
    seen = []
    for seed in range(12):
        dice = Random(seed)
        with transaction.atomic():
            told = [*work, *dice.sample(work, 5)]
            dice.shuffle(told)
            for phone, event in told if seed else work:
                phone.sends(event, later=60 + seed)
            seen.append(state([a, b]))
            transaction.set_rollback(True)
    assert all(one == seen[0] for one in seen)
    contacts, clocks, links, values, questions, errands, promises, _, alarms = seen[0]
    assert len(contacts) == 7
    assert len(links) == len(errands) == len(promises) == alarms == 1
    assert len(values) == 3
    assert len(questions) == 2
    # what another wrote is not theirs to take back
    assert max(row[0] for row in clocks if row[0]) == NOON + timedelta(minutes=50)
    assert NOON + timedelta(minutes=30) in [row[0] for row in clocks]


def test_what_cannot_be_read_is_kept_and_keeps_nothing_out(phone: Phone) -> None:
    one, foreign = home(usual=phone.worker), home()
    strange = phone.says("contact", one, kind="telepathy", result="reached")
    other = phone.call(foreign, note="옆집 분")
    good = phone.call(one)
    receipt = phone.sends(strange, other, good)
    assert set(receipt.taken) == {UUID(told["id"]) for told in (strange, other, good)}
    assert set(receipt.unread) == {UUID(strange["id"]), UUID(other["id"])}
    assert Contact.objects.get().household_id == one
    phone.sends(strange, other)
    assert sorted(Unread.objects.values_list("why", flat=True)) == ["not_yours", "strange"]
    assert "옆집 분" in Unread.objects.get(why="not_yours").raw


def test_a_telephone_that_counts_anew_loses_nothing(phone: Phone) -> None:
    one = home(usual=phone.worker)
    first, second = phone.call(one), phone.call(one, minute=5)
    second["seq"] = first["seq"]
    phone.sends(first)
    phone.sends(second)
    assert Contact.objects.count() == 2


def test_nobody_tells_with_another_ones_telephone(phone: Phone, world: World) -> None:
    one = home(usual=phone.worker)
    thief: Staff = worker().staff
    with pytest.raises(NotAllowed):
        take_in(
            device=phone.row.pk,
            body=json.dumps({"events": [phone.call(one)]}).encode(),
            by=thief,
            now=NOON,
        )
    assert not Contact.objects.exists()


@pytest.mark.parametrize("more", [{"note": "죽고 싶다고 하심"}, {"heard": ["crisis"]}])
def test_a_crisis_is_somebodys_at_once(phone: Phone, more: Told) -> None:
    one = home(usual=phone.worker)
    phone.sends(phone.call(one, **more))
    alarm = Alarm.objects.get(household=one)
    assert alarm.owner_staff is None
    assert alarm.owner_post is not None
    assert phone.worker.staff.name in json.dumps(
        list(alarm.steps.values_list("detail", flat=True)), ensure_ascii=False, default=str
    )


def test_what_was_told_late_is_taken_for_two_weeks(phone: Phone) -> None:
    one = home()
    for ago, kept in ((13, 1), (15, 0)):
        with transaction.atomic():
            Task.objects.create(
                day=TODAY - timedelta(days=ago), household_id=one, worker=phone.worker,
                way="call", because="due", minutes=12, hour=10,
            )  # fmt: skip
            phone.sends(phone.call(one))
            assert Contact.objects.count() == kept
            assert Unread.objects.count() == 1 - kept
            transaction.set_rollback(True)


def test_no_batch_is_refused_in_words(phone: Phone) -> None:
    for body in (b"", b"[]", b'{"events": 3}', b"\xff"):
        with pytest.raises(NotAllowed):
            take_in(device=phone.row.pk, body=body, by=phone.worker.staff, now=NOON)


def test_a_visit_to_a_home_of_others_is_watched(world: World) -> None:
    one = worker()
    other = worker(partner=one)
    phone = Phone(one)
    begun = phone.says("inside", home(), minutes=30, partner=other.pk)
    phone.sends(begun, later=1)
    visit = Visit.objects.get()
    assert (visit.worker, visit.out_at) == (one, None)
