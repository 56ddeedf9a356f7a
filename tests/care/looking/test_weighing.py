"""What the clock makes of sealed traces: flags for a person to judge, counts, and nothing else."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from anbu.care.foundation.actions import record, seal_next
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Purpose
from anbu.care.looking import actions, queries
from anbu.care.looking.models import Review, Suspicion, Tally
from anbu.care.looking.rules import NotAllowed, UnknownLook, digest_of, month_of, next_month
from anbu.care.people import actions as people
from anbu.care.people.models import Consent, Household, Opening
from anbu.care.people.queries import agreed, baits
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.config.reactions import REACTIONS
from tests.care.alarms.world import BY, HERE, MONDAY, World, sweep

NOW = MONDAY + timedelta(hours=12)
MINUTE = timedelta(minutes=1)
REASON = Purpose("reason", "1", "따님이 안부를 물어 옴")
TASK = Purpose("signal", "1")


@pytest.fixture
def reviewer(world: World) -> Staff:
    return officer("boho")


def officer(login: str, **place: int) -> Staff:
    seat = place or {"organisation": places.organisations("city")[0].id}
    return staffing.add_staff(
        login=login, name="안새봄", role="privacy_officer", by=BY, now=NOW, **seat
    )[0]


def look(who: Staff, home: UUID, *, at=NOW, purpose: Purpose = REASON) -> None:
    record(by=who.actor, verb="open_household", at=at, household=home, purpose=purpose)


def weigh(now=NOW) -> int:
    """Seal what was left and weigh it, as the clock does; return how many steps it took."""
    sweep(seal_next, now)
    return sweep(actions.weigh_next, now)


def flags(who: Staff) -> list[str]:
    return sorted(Suspicion.objects.filter(staff=who).values_list("rule", flat=True))


def place_bait(by: Staff) -> UUID:
    return actions.place_bait(
        dong=HERE, address="관악구 은천로00길 99", name="가상별", birth_year=1940, sex="f",
        by=by, now=NOW,
    )  # fmt: skip


@pytest.mark.django_db
def test_looks_are_weighed_within_five_minutes_of_being_sealed():
    every = {reaction.name: reaction.every_s for reaction in REACTIONS}
    assert every["traces"] + every["looks"] <= 60


def test_many_people_without_a_task_become_one_flag_that_grows(world: World):
    homes = [UUID(int=n) for n in range(25)]
    for n in range(19):
        look(world.planner, homes[n], at=NOW + n * MINUTE)
    weigh()
    assert flags(world.planner) == []
    look(world.planner, homes[19], at=NOW + 20 * MINUTE)
    look(world.operator, homes[19], at=NOW + 20 * MINUTE)
    weigh()
    assert flags(world.planner) == ["many"]
    assert flags(world.operator) == []
    look(world.planner, homes[20], at=NOW + 21 * MINUTE)
    weigh()
    found = Suspicion.objects.get()
    assert (len(found.traces), len(found.homes)) == (21, 21)
    weigh()  # the trace of the flag itself
    assert weigh() == 0  # nothing new: nothing to do
    world.planner.refresh_from_db()
    assert world.planner.is_active  # a machine shuts nobody out
    assert Trace.objects.filter(verb="flag_looking", by="system:clock").count() == 2


def test_with_tasks_the_same_day_is_an_ordinary_one(world: World):
    for n in range(60):
        look(world.planner, UUID(int=n), at=NOW + n * MINUTE / 2, purpose=TASK)
    weigh()
    assert flags(world.planner) == []
    assert Tally.objects.count() == 60


def test_the_neighbours_of_the_own_road_and_the_own_family_name(world: World):
    road = actions.tell_residence(
        staff=world.second.pk, dong=HERE, address="관악구 은천로00길 7", by=BY, now=NOW
    )
    assert road == "은천로00길"
    Staff.objects.filter(pk=world.second.pk).update(name="윤가람")
    one, other = (world.home(still_at=NOW + timedelta(hours=6)) for _ in range(2))
    look(world.second, one)
    look(world.operator, one)
    weigh()
    assert (flags(world.second), flags(world.operator)) == (["family"], [])
    look(world.second, other, at=NOW + MINUTE)
    weigh()
    assert flags(world.second) == ["family", "neighbour"]


def test_one_person_again_and_again_over_days(world: World):
    home = UUID(int=7)
    for day in range(5):
        look(world.planner, home, at=NOW + timedelta(days=day))
        weigh(NOW + timedelta(days=day))
    assert flags(world.planner) == ["again"]


def test_a_look_in_the_night_counts_only_off_shift(world: World):
    night = NOW + timedelta(hours=11)  # 23:00
    staffing.start_shift(by=world.operator, now=night - timedelta(hours=1))
    look(world.operator, UUID(int=1), at=night)
    look(world.planner, UUID(int=1), at=night)
    weigh()
    assert (flags(world.operator), flags(world.planner)) == ([], ["night"])


def test_bait_is_in_no_persons_work_is_never_watched_and_flags_who_opens_it(
    world: World, reviewer: Staff
):
    made = place_bait(reviewer)
    assert Household.objects.get(id=made).tier_review_on.year > NOW.year + 5
    assert queries.task_at(household=made, seen_by=world.planner, now=NOW) is None
    people.give_consent(household=made, kind="monitoring", obtained_how="서면", by=BY, now=NOW)
    assert Consent.objects.filter(household=made, withdrawn_at=None).exists()
    assert (
        agreed(households=[made], kind="monitoring", at=NOW) == set()
    )  # so no reading is taken in
    assert not Trace.objects.filter(household=made, by=reviewer.actor).exists()
    look(world.planner, made, purpose=TASK)
    weigh()
    assert flags(world.planner) == ["bait"]
    assert [row.household_id for row in baits(seen_by=reviewer)] == [made]
    assert not baits(seen_by=world.supervisor).exists()
    actions.remove_bait(household=made, by=reviewer, now=NOW)
    assert Household.objects.get(id=made).left_at == NOW
    for who in (world.operator, world.supervisor):
        with pytest.raises(NotAllowed):
            place_bait(who)


def test_who_tries_names_behind_glass_is_flagged(world: World):
    for n in range(3):
        found = actions.find_behind_glass(
            name=f"없는이{n}", where="4321", reason="쓰러졌다는 전화", by=world.planner, now=NOW
        )
        assert found is None
    weigh()
    assert flags(world.planner) == ["misses"]


def test_a_step_asks_no_more_for_many_looks_than_for_few(world: World):
    asked = {}
    look(world.planner, UUID(int=1), purpose=TASK)
    weigh()  # the first step of all writes down where it stands
    for many in (5, 200):
        for n in range(many):
            look(world.planner, UUID(int=n), at=NOW + n * MINUTE, purpose=TASK)
        sweep(seal_next, NOW)
        with CaptureQueriesContext(connection) as captured:
            actions.weigh_next(now=NOW)
        asked[many] = len(captured)
    assert asked[5] == asked[200]
    assert asked[200] <= 20


# ---- the review ------------------------------------------------------------------------------


def test_a_flag_is_judged_once_with_a_reason_and_what_was_judged_is_over(
    world: World, reviewer: Staff
):
    made = place_bait(reviewer)
    look(world.planner, made)
    weigh()
    (line,) = queries.waiting(seen_by=reviewer)
    assert (line.staff, line.rule, line.looks) == ("이하늘", "bait", 1)
    assert "가상별" not in str(line)  # a reviewer judges looks, not people
    told = {"suspicion": line.id, "by": reviewer, "now": NOW}
    with pytest.raises(ValueError, match="5글자"):
        actions.judge_suspicion(verdict="wrong", note="음", **told)
    actions.judge_suspicion(verdict="unclear", note="소명을 받기로 함", **told)
    with pytest.raises(NotAllowed, match="이미"):
        actions.judge_suspicion(verdict="right", note="다시 살펴보았음", **told)
    assert queries.waiting(seen_by=reviewer) == ()
    look(world.operator, made, at=NOW + MINUTE)
    weigh()
    assert flags(world.planner) == ["bait"]  # not raised anew by what was judged
    look(world.planner, made, at=NOW + 2 * MINUTE)
    weigh()
    assert flags(world.planner) == ["bait", "bait"]


def test_nobody_judges_the_own_looking_not_even_in_the_database(world: World, reviewer: Staff):
    other = officer("boho2")
    look(reviewer, place_bait(other))
    weigh()
    (line,) = queries.waiting(seen_by=other)
    assert queries.waiting(seen_by=reviewer) == ()
    with pytest.raises(UnknownLook):
        actions.judge_suspicion(
            suspicion=line.id, verdict="right", note="내가 보았음", by=reviewer, now=NOW
        )
    with pytest.raises(DatabaseError, match="own_looking"), transaction.atomic():
        Suspicion.objects.filter(pk=line.id).update(
            verdict="right", note="x", reviewed_by=reviewer, reviewed_at=NOW
        )


def test_a_districts_reviewer_sees_that_districts_staff_alone(world: World):
    here, far = (
        officer(f"gu{n}", organisation=places.organisations("district", name)[0].id)
        for n, name in enumerate(("11620", "11680"))
    )
    look(world.planner, place_bait(officer("boho")))
    weigh()
    assert [line.staff for line in queries.waiting(seen_by=here)] == ["이하늘"]
    assert queries.waiting(seen_by=far) == ()


def test_a_month_is_closed_when_it_is_over_and_everything_is_judged(world: World, reviewer: Staff):
    home = world.home(still_at=NOW + timedelta(hours=6))
    people.open_for_reason(household=home, reason=REASON.text, by=world.planner, now=NOW)
    people.break_glass(household=home, reason="쓰러졌다는 전화", by=world.next_planner, now=NOW)
    look(world.next_planner, home, purpose=Purpose("break_glass", "2", "쓰러졌다는 전화"))
    weigh()
    month = month_of(NOW)
    later = NOW + timedelta(days=20)
    told = {"month": month, "note": "두 건을 살펴보았음", "by": reviewer}
    with pytest.raises(NotAllowed, match="끝나지 않은"):
        actions.close_month(now=NOW, **told)
    with pytest.raises(NotAllowed, match="2건"):
        actions.close_month(now=later, **told)
    for opening in Opening.objects.all():
        actions.judge_opening(
            opening=opening.pk, verdict="right", note="통화 기록과 맞음", by=reviewer, now=later
        )
    signed = actions.close_month(now=later, **told)
    assert signed.summary["broken_glass"] == {"right": 1}
    assert signed.summary["openings"] == {"right": 1}
    assert signed.summary["without_task"] == 1
    trace = Trace.objects.get(verb="close_review")
    assert trace.detail["digest"] == signed.digest == digest_of(signed.summary)
    with pytest.raises(NotAllowed, match="이미 마감"):
        actions.close_month(now=later, **told)
    for deed in (Review.objects.all().delete, lambda: Review.objects.update(note="달리 적음")):
        with pytest.raises(DatabaseError, match="stays as it was signed"), transaction.atomic():
            deed()
    assert next_month(month) > month


def test_the_review_tells_how_much_everybody_looked_and_is_looked_at_itself(
    world: World, reviewer: Staff
):
    homes = [UUID(int=n) for n in range(3)]
    for n, purpose in enumerate((TASK, REASON, REASON, REASON)):
        look(world.planner, homes[n % 3], at=NOW + n * MINUTE, purpose=purpose)
    weigh()
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            page = actions.open_review(month=month_of(NOW), seen_by=reviewer, now=NOW)
        asked.append(len(captured))
    (line,) = page.staff
    assert (line.staff, line.looks, line.people, line.without_task) == ("이하늘", 4, 3, 3)
    assert Trace.objects.filter(verb="list_review", by=reviewer.actor, kind="list").count() == 2
    assert asked[0] == asked[1] <= 26
    for who in (world.supervisor, world.planner):
        with pytest.raises(NotAllowed):
            actions.open_review(month=month_of(NOW), seen_by=who, now=NOW)
