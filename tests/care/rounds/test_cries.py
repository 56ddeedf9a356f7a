"""A call for help from no home at all, and a colleague who was hurt: somebody has it, always."""

from datetime import timedelta

import pytest

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.jobs import look_after_calls
from anbu.care.alarms.models import Alarm, CallNote, CallStep, Care
from anbu.care.alarms.queries.calls import call_page, call_rows
from anbu.care.effects.models import Notice, Subscription, Telling
from anbu.care.foundation.models import Trace
from anbu.care.rounds import actions
from anbu.care.rounds.actions import danger, watching
from anbu.care.rounds.models import Visit, Worker
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import World
from tests.care.rounds.test_danger import DURESS, OWN, pair, watched
from tests.care.rounds.visiting import DAY, MINUTE, SECOND, Pair, signal

__all__ = ["pair"]  # a fixture


def cry(pair: Pair, *, now=DAY, **told):
    return actions.call_for_help(worker=pair.worker, by=pair.staff, now=now, **told)


def together(pair: Pair) -> None:
    Worker.objects.filter(pk=pair.worker.pk).update(partner=pair.partner)
    pair.worker.refresh_from_db()


@pytest.mark.parametrize("is_silent", [True, False])
def test_who_was_never_at_a_home_has_the_centre_at_once(pair: Pair, is_silent: bool):
    together(pair)
    id = cry(pair, is_silent=is_silent)
    note = CallNote.objects.get()
    assert (note.id, note.level, note.owner_post.kind) == (id, 3, "centre")
    assert "어디인지 모름" in note.place
    first = pair.partner if is_silent else pair.worker
    assert note.call_back == first.phone
    assert ("전화하지 마세요" in note.words) is is_silent
    assert not Visit.objects.exists()  # and no stranger's home is said to be the place
    assert not Alarm.objects.exists()
    assert Telling.objects.get(cause=id).cause_kind == "call"
    assert Trace.objects.filter(verb="take_cry", by=pair.staff.actor).count() == 1
    (row,) = call_rows(seen_by=pair.world.operator)
    assert (row.name, row.at_stake) == (pair.staff.name, True)
    assert [row.id for row in call_rows(seen_by=pair.world.planner)] == [id]  # their dong too
    assert call_rows(seen_by=pair.world.next_planner) == ()


def test_nobody_of_a_pair_and_no_number_is_no_reason_to_refuse(pair: Pair):
    Worker.objects.filter(pk=pair.worker.pk).update(phone="", partner=None)
    pair.worker.refresh_from_db()
    cry(pair)
    note = CallNote.objects.get()
    assert (note.call_back, "짝" in note.words, "112에 알려" in note.words) == ("", False, True)


def test_nobody_who_acts_on_it_is_told_again_at_the_centre_also_by_day(pair: Pair):
    cry(pair)
    noon = DAY + 3 * MINUTE + SECOND
    look_after_calls(noon)
    note = CallNote.objects.get()
    assert (note.late, note.owner_post.kind) == (1, "centre")


def test_called_again_it_is_one(pair: Pair):
    assert cry(pair) == cry(pair, now=DAY + 5 * SECOND)
    assert CallStep.objects.count() == 1
    assert pair.pin(OWN, now=DAY + MINUTE)
    cry(pair, now=DAY + 2 * MINUTE)
    assert CallNote.objects.count() == 1
    said = CallStep.objects.order_by("at", "id").values_list("detail__what", flat=True)
    assert list(said) == ["worker_help", "worker_own", "worker_calls"]


def test_either_number_looks_the_same_and_ends_nothing(pair: Pair, world: World):
    other = Pair(world, pair.partner, pair.worker)
    actions.set_pins(worker=other.worker, own=OWN, duress=DURESS, by=other.staff, now=DAY)
    for each in (pair, other):
        cry(each)
        assert not each.pin("0000", now=DAY + SECOND)
    assert pair.pin(OWN, now=DAY + MINUTE) is other.pin(DURESS, now=DAY + MINUTE) is True
    assert pair.pin(OWN, now=DAY + 2 * MINUTE) is other.pin(DURESS, now=DAY + 2 * MINUTE) is False
    assert not CallNote.objects.exclude(closed_at=None).exists()
    told = [
        list(Trace.objects.filter(by=each.staff.actor).order_by("id").values_list("verb", "detail"))
        for each in (pair, other)
    ]
    bare = [[(verb, sorted(detail)) for verb, detail in each] for each in told]
    assert bare[0][1:] == bare[1][1:] or bare[0] == bare[1]
    page = call_page(call_id=CallNote.objects.get(taken_by=other.staff).id, seen_by=world.operator)
    assert page is not None
    assert "협박 번호" in page.steps[0].detail["text"]


def test_guessing_ends_no_call_from_nowhere(pair: Pair):
    cry(pair)
    for n in range(5):
        assert not pair.pin(f"111{n}", now=DAY + SECOND)
    assert not pair.pin(OWN, now=DAY + 2 * SECOND)
    assert CallNote.objects.get().closed_at is None


def test_a_person_ends_it_as_any_call(pair: Pair, world: World):
    id = cry(pair)
    staffing.start_shift(by=world.operator, now=DAY)
    alarms.close_call(call_id=id, outcome="safe", by=world.operator, now=DAY + MINUTE)
    again = cry(pair, now=DAY + timedelta(hours=1))
    assert again != id


@pytest.mark.parametrize("outcome", ["worker_hurt", "worker_attacked", "worker_safe"])
def test_who_was_hurt_is_looked_after_by_the_planner_of_the_dong(
    pair: Pair, world: World, outcome: str
):
    visit = pair.begin(pair.home())
    pair.help(now=DAY + MINUTE)
    watched(DAY + 2 * MINUTE)
    alarms.close(alarm_id=signal(visit).id, outcome=outcome, by=world.planner, now=DAY + 5 * MINUTE)
    watched(DAY + 6 * MINUTE)
    if outcome == "worker_safe":
        assert not Care.objects.exists()
        return
    hurt = Care.objects.filter(whom__in=[pair.worker.staff, pair.partner.staff])
    assert {care.owner_staff for care in hurt} == {world.planner}
    assert hurt.count() == 2
    rows = alarms.open_cares(seen_by=world.planner, now=DAY + 7 * MINUTE)
    assert {pair.staff.name, pair.partner.staff.name} <= {row.whom for row in rows}
    assert alarms.open_cares(seen_by=world.next_planner, now=DAY + 7 * MINUTE) == ()
    assert Trace.objects.filter(verb="worker_hurt").count() == 1
    watched(DAY + 8 * MINUTE)
    assert hurt.count() == 2  # once


def test_the_dong_is_told_on_the_browsers_it_asked_for(pair: Pair, world: World, settings):
    settings.PUSH_CONTACT = "mailto:duty@example.org"
    Subscription.objects.create(
        staff=world.planner,
        endpoint="https://push.example.org/1",
        public="p",
        secret="s",
        name="Chrome",
        began_at=DAY,
    )
    cry(pair)
    assert Notice.objects.get().text == danger.OF_OURS
    visit = pair.begin(pair.home(), at=DAY + timedelta(hours=1))
    pair.help(now=DAY + timedelta(hours=1, minutes=1))
    watched(DAY + timedelta(hours=1, minutes=2))
    over = DAY + timedelta(hours=1, minutes=5)
    alarms.close(alarm_id=signal(visit).id, outcome="worker_hurt", by=world.planner, now=over)
    watched(over + MINUTE)
    assert Notice.objects.filter(text=watching.OF_HURT).count() == 1


def test_without_a_planner_a_supervisor_is_asked(pair: Pair, world: World):
    visit = pair.begin(pair.home())
    pair.help(now=DAY + MINUTE)
    watched(DAY + 2 * MINUTE)
    Staff.objects.filter(pk=world.operator.pk).update(role="supervisor")
    alarms.close(
        alarm_id=signal(visit).id, outcome="worker_hurt", by=world.planner, now=DAY + 5 * MINUTE
    )
    Staff.objects.filter(pk=world.planner.pk).update(is_active=False)
    watched(DAY + 6 * MINUTE)
    care = Care.objects.get(whom=pair.worker.staff)
    assert care.owner_staff == world.operator
