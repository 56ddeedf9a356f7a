"""Answers are kept with their version, a person decides, and what cannot wait has an owner."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from anbu.care.assess import actions, queries
from anbu.care.assess.actions import Answered
from anbu.care.assess.models import Assessment, Crisis, Decision, Instrument, Request
from anbu.care.assess.rules import BadInstrument, NotAllowed, Unknown
from anbu.care.foundation.actions import acting, hold, let_go
from anbu.care.foundation.models import Trace
from anbu.care.people.actions.walls import walls_of
from anbu.care.people.models import Household, PastTier
from anbu.care.people.rules import BadInput
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from anbu.config import invariants, rights
from tests.care.alarms.world import BY, MONDAY, THERE, World
from tests.care.assess.test_rules import SHIPPED, SMALL, told

NOON = MONDAY + timedelta(hours=12)  # Monday: the dong office is on duty
NIGHT = MONDAY + timedelta(hours=22)
REVIEW = date(2027, 5, 24)


@pytest.fixture
def home(world: World) -> UUID:
    """Return a home in the planner's dong, with the instruments that come with Anbu."""
    actions.load_shipped(by=BY, now=NOON)
    return world.home(still_at=NOON)


def assess(
    world: World,
    home: UUID,
    drawn: str = "111110000",
    code: str = "phq9",
    *,
    by: Staff | None = None,
    now: datetime = NOON,
    **more: Any,
) -> UUID:
    said: dict[str, Any] = {"answers": told(SHIPPED[code], drawn)} if drawn else {}
    return actions.assess(
        household=home,
        told=Answered(instrument=code, version="1", **(said | more)),
        how="face",
        note="",
        by=by or world.planner,
        now=now,
    )


def decide(world: World, home: UUID, **more: Any) -> None:
    said: dict[str, Any] = {
        "household": home,
        "tier": "high",
        "reason": "끼니를 거르고 찾는 이가 없음",
        "review_on": REVIEW,
        "assessment": None,
        "by": world.planner,
        "now": NOON,
    }
    actions.decide_tier(**(said | more))


def folder(world: World, home: UUID) -> queries.Folder:
    found = queries.folder(household=home, seen_by=world.planner, now=NOON)
    assert found is not None
    return found


# ---- instruments -------------------------------------------------------------------------------


def test_what_comes_with_anbu_is_loaded_once(world: World):
    assert len(actions.load_shipped(by=BY, now=NOON)) == 7
    assert actions.load_shipped(by=BY, now=NOON) == []
    assert Trace.objects.filter(verb="load_instrument").count() == 7
    assert [one.code for one in queries.instruments()][-1] == "seoul12"  # cannot be used: last


def test_a_version_that_answers_lean_on_is_never_changed(world: World):
    actions.load(text=SMALL, by=BY, now=NOON)
    with pytest.raises(BadInstrument, match="version of its own"):
        actions.load(text=SMALL.replace("혼자", "홀로"), by=BY, now=NOON)
    assert "혼자" in Instrument.objects.get().text


def test_answers_are_explained_by_the_version_they_were_given_to(world: World, home: UUID):
    actions.load(text=SMALL, by=BY, now=NOON)
    said = Answered(instrument="small", version="1", answers={"alone": 1, "helped": 0, "harm": 0})
    how = {"household": home, "how": "phone", "note": "", "by": world.planner, "now": NOON}
    actions.assess(told=said, **how)
    stricter = SMALL.replace('version = "1"', 'version = "2"').replace("most = 1,", "most = 2,")
    actions.load(text=stricter.replace("least = 2", "least = 3"), by=BY, now=NOON)
    (card,) = folder(world, home).assessments
    assert card.instrument.version == "1"
    assert card.result.sum is not None
    assert (card.result.sum.low, card.result.sum.bands[0].code) == (2, "risk")
    with pytest.raises(NotAllowed, match="새 판"):
        actions.assess(told=said, **how)


def test_a_city_that_knows_the_rest_fills_an_incomplete_one(world: World, home: UUID):
    with pytest.raises(NotAllowed):
        assess(world, home, "", "seoul12", answers={"1": 0})
    text = Instrument.objects.get(code="seoul12").text
    choices = '[[choices]]\npoints = 0\ntext = "예"\ntext_en = "yes"\n'
    choices += '[[choices]]\npoints = 1\ntext = "아니오"\ntext_en = "no"\n'
    fuller = text.replace('"choices", "points", ', "").replace('version = "1"', 'version = "2"')
    actions.load(text=fuller + choices, by=BY, now=NOON)
    actions.assess(
        household=home,
        told=Answered(instrument="seoul12", version="2", answers={"1": 0, "4": 0}),
        how="self",
        note="",
        by=world.planner,
        now=NOON,
    )
    row = Assessment.objects.get()
    assert (row.low, row.high) == (1, 11)


# ---- answers -----------------------------------------------------------------------------------


def test_answers_change_no_tier(world: World, home: UUID):
    before = Household.objects.get(id=home)
    assess(world, home, "333333333")
    assess(world, home, "", "tool13", total=13)
    assess(world, home, "", "groups5", picked="emergency")
    after = Household.objects.get(id=home)
    assert (after.tier, after.tier_since) == (before.tier, before.tier_since)
    assert not PastTier.objects.exists()
    assert not Decision.objects.exists()


def test_a_missing_answer_is_a_range(world: World, home: UUID):
    assess(world, home, "1111.....")
    row = Assessment.objects.get()
    assert (row.low, row.high) == (4, 19)
    (card,) = folder(world, home).assessments
    assert card.result.missing == ("5", "6", "7", "8", "9")
    assert card.result.act_now_unknown == ("9",)
    assert not Crisis.objects.exists()


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("phq9", {}),
        ("phq9", {"answers": {"10": 0}}),
        ("tool13", {}),
        ("tool13", {"total": 14}),
        ("groups5", {"picked": ""}),
    ],
)
def test_what_answers_nothing_is_refused(world: World, home: UUID, code: str, more: dict):
    with pytest.raises(NotAllowed):
        assess(world, home, "", code, **more)
    assert not Assessment.objects.exists()


def test_the_centre_neither_asks_nor_reads(world: World, home: UUID):
    assess(world, home)
    for stranger in (world.operator, world.supervisor):
        with pytest.raises(NotAllowed):
            assess(world, home, by=stranger)
        with pytest.raises(NotAllowed):
            decide(world, home, by=stranger)
        assert queries.folder(household=home, seen_by=stranger, now=NOON) is None


def test_the_next_dong_knows_nothing(world: World, home: UUID):
    made = assess(world, home, "000000001")
    request = actions.ask(
        household=home, asks="review", told_by="딸", words="왜인가요", by=world.planner, now=NOON
    )
    decide(world, home, review_on=date(2026, 11, 25))
    there = world.next_planner
    assert queries.folder(household=home, seen_by=there, now=NOON) is None
    found = queries.work(seen_by=there, now=NOON)
    assert (found.crises, found.requests, found.reviews, found.undated) == ((), (), (), 0)
    crisis = Crisis.objects.get().id
    for deed in (
        lambda: assess(world, home, by=there),
        lambda: decide(world, home, by=there),
        lambda: actions.take_crisis(crisis_id=crisis, by=there, now=NOON),
        lambda: actions.answer(
            request_id=request, reply="upheld", words="그대로 둡니다", by=there, now=NOON
        ),
    ):
        with pytest.raises(Unknown):
            deed()
    other = world.home(still_at=NOON, dong=THERE)
    with pytest.raises(Unknown):
        decide(world, other, by=there, assessment=made)  # answers of another home


# ---- a person decides --------------------------------------------------------------------------


def test_an_officer_sets_the_tier_against_the_score_and_says_why(world: World, home: UUID):
    made = assess(world, home, "000000000")
    decide(world, home, assessment=made)
    row = Household.objects.get(id=home)
    assert (row.tier, row.tier_by, row.tier_review_on) == ("high", world.planner.actor, REVIEW)
    found = folder(world, home)
    assert found.tiers[0].reason == "끼니를 거르고 찾는 이가 없음"
    assert found.deciders[world.planner.actor] == "이하늘"
    (decision,) = found.decisions
    assert (decision.tier, decision.assessment, decision.by) == ("high", made, "이하늘")
    assert Trace.objects.filter(verb="change_tier", household=home).exists()


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"reason": "확인"}, NotAllowed),
        ({"review_on": None}, NotAllowed),
        ({"review_on": date(2026, 11, 23)}, NotAllowed),
        ({"review_on": date(2028, 1, 1)}, NotAllowed),
        ({"tier": ""}, BadInput),
        ({"reason": "450101-2345678 이라 함"}, BadInput),
        ({"assessment": uuid4()}, Unknown),
    ],
)
def test_a_decision_without_reason_or_end_is_none(
    world: World, home: UUID, more: dict, refusal: type[Exception]
):
    with pytest.raises(refusal):
        decide(world, home, **more)
    assert Household.objects.get(id=home).tier == "mid"
    assert not Decision.objects.exists()


def test_a_nurse_assesses_and_does_not_decide(world: World, home: UUID):
    nurse = staffing.add_staff(
        login="nurse", name="서나래", role="nurse", post=world.planner.post_id, by=BY, now=NOON
    )[0]
    assert assess(world, home, by=nurse)
    with pytest.raises(NotAllowed, match="역할"):
        decide(world, home, by=nurse)


# ---- what cannot wait --------------------------------------------------------------------------


def test_a_thought_of_self_harm_has_an_owner_at_once_and_half_an_hour(world: World, home: UUID):
    assess(world, home, "000000001")
    crisis = Crisis.objects.get()
    assert (crisis.owner, crisis.owner_post_id) == (world.planner, world.planner.post_id)
    assert crisis.due_at == NOON + timedelta(minutes=30)
    (card,) = queries.open_crises(seen_by=world.planner, now=NOON, household=home)
    assert (card.is_mine, card.is_overdue, card.owner) == (True, False, "이하늘")
    told = {"crisis_id": crisis.id, "by": world.planner, "now": NOON}
    for outcome, note in (("", "곁에 있음"), ("line", "네"), ("line", "")):
        with pytest.raises((NotAllowed, BadInput)):
            actions.end_crisis(outcome=outcome, note=note, **told)
    actions.end_crisis(outcome="line", note="109 상담사와 20분 통화", **told)
    assert queries.open_crises(seen_by=world.planner, now=NOON) == ()
    for deed in (
        lambda: actions.take_crisis(**told),
        lambda: actions.end_crisis(outcome="safe", note="다시 적어 봄", **told),
    ):
        with pytest.raises(NotAllowed, match="이미"):
            deed()


def test_what_nobody_ended_in_time_is_seen_by_the_centre_out_of_hours_only(
    world: World, home: UUID
):
    assess(world, home, "000000001")
    late = NOON + timedelta(minutes=30)
    assert queries.open_crises(seen_by=world.operator, now=late) == ()  # the office is open
    assert queries.open_crises(seen_by=world.planner, now=late)[0].is_overdue
    (card,) = queries.open_crises(seen_by=world.operator, now=NIGHT)
    actions.take_crisis(crisis_id=card.id, by=world.operator, now=NIGHT)
    (card,) = queries.open_crises(seen_by=world.operator, now=NIGHT)
    assert (card.owner, card.is_mine) == ("문가람", True)
    assert [home.name for _card, home in queries.work(seen_by=world.operator, now=NIGHT).crises]
    before = assess(world, home, "000000002", now=NIGHT)
    assert Crisis.objects.get(assessment=before).due_at > NIGHT
    assert len(queries.open_crises(seen_by=world.operator, now=NIGHT)) == 1  # half an hour first


def test_verify_asks_whether_every_crisis_is_owned(world: World, home: UUID):
    assess(world, home, "000000001")
    found = {each.name: each.broken for each in invariants.check(now=NOON)}
    assert found["a_crisis_answer_is_owned_until_a_person_ends_it"] == 0


# ---- asking why --------------------------------------------------------------------------------


def ask(world: World, home: UUID, asks: str = "review") -> UUID:
    return actions.ask(
        household=home,
        asks=asks,
        told_by="본인",
        words="왜 고위험인지 알고 싶음",
        by=world.planner,
        now=NOON,
    )


def answer(world: World, request: UUID, reply: str, words: str = "딸과 살게 되어 낮춤") -> None:
    actions.answer(request_id=request, reply=reply, words=words, by=world.planner, now=NOON)


def test_a_review_is_answered_within_thirty_days_and_a_change_is_a_decision(
    world: World, home: UUID
):
    request = ask(world, home)
    (card,) = folder(world, home).requests
    assert (card.due_on, card.days_left) == (date(2026, 12, 23), 30)
    for reply, words in (("changed", "바꾸었습니다"), ("explained", "설명함"), ("upheld", "네")):
        with pytest.raises(NotAllowed):
            answer(world, request, reply, words)
    decide(world, home, tier="low")
    answer(world, request, "changed")
    (card,) = folder(world, home).requests
    assert (card.reply, card.replied_by) == ("changed", "이하늘")
    with pytest.raises(NotAllowed, match="이미"):
        answer(world, request, "upheld", "그대로 둡니다")


def test_a_decision_of_before_answers_no_review(world: World, home: UUID):
    decide(world, home, now=NOON - timedelta(hours=1))
    with pytest.raises(NotAllowed, match="새로 결정"):
        answer(world, ask(world, home), "changed")


def test_an_explanation_may_be_given_and_a_wrong_wish_is_refused(world: World, home: UUID):
    answer(world, ask(world, home, "explanation"), "explained", "점수와 까닭을 읽어 드림")
    with pytest.raises(NotAllowed):
        ask(world, home, "money")


# ---- work lists --------------------------------------------------------------------------------


def test_what_waits_stands_in_the_order_in_which_it_presses(world: World, home: UUID):
    late = world.home(still_at=NOON)
    decide(world, late, review_on=date(2026, 11, 24))
    decide(world, home, review_on=date(2026, 12, 1))
    ask(world, home)
    assess(world, home, "000000003")
    never = world.home(still_at=NOON)
    found = actions.open_work(seen_by=world.planner, now=NOON + timedelta(days=2))
    assert [row.home.id for row in found.reviews] == [late, home]
    assert [row.days_left for row in found.reviews] == [-1, 6]
    assert (found.overdue, found.undated) == (1, 1)
    assert [card.days_left for card, _home in found.requests] == [28]
    assert [card.household for card, _home in found.crises] == [home]
    trace = Trace.objects.get(verb="list_assessment_work")
    assert (set(trace.homes), trace.detail["count"]) == ({home, late}, 4)
    assert never not in trace.homes
    assert trace.kind == "list"


@pytest.mark.parametrize("homes", [1, 5])
def test_the_work_lists_ask_a_constant_number_of_questions(
    world: World, home: UUID, homes: int, django_assert_num_queries
):
    for _nth in range(homes):
        one = world.home(still_at=NOON)
        decide(world, one, review_on=date(2026, 11, 25))
        ask(world, one)
        assess(world, one, "000000001")
    queries.work(seen_by=world.planner, now=NOON)  # who asks is looked up once
    with django_assert_num_queries(
        7
    ):  # crises, requests, reviews, undated; homes, people, contacts
        found = queries.work(seen_by=world.planner, now=NOON)
    assert len(found.crises) == len(found.requests) == len(found.reviews) == homes


def test_the_folder_asks_a_constant_number_of_questions(
    world: World, home: UUID, django_assert_num_queries
):
    for _nth in range(4):
        assess(world, home)
        decide(world, home)
        ask(world, home)
    folder(world, home)
    with django_assert_num_queries(10):  # six of the past, names, answers, decisions, requests
        folder(world, home)


# ---- the database ------------------------------------------------------------------------------


def test_every_table_that_leads_to_a_home_stands_behind_a_wall(world: World, home: UUID):
    assess(world, home, "000000001")
    room = apps.get_app_config("assess")
    walled = {table for table, _condition in walls_of(room)}
    assert walled == {f"assess_{name}" for name in ("assessment", "crisis", "decision", "request")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE tablename LIKE 'assess_%'")
        assert {table for (table,) in cursor.fetchall()} == walled
    assert [_read_as(who) for who in (world.planner, world.next_planner)] == [1, 0]


def _read_as(who: Staff) -> int:
    """Count the assessments with the desks' log-in of the database, past every view of ours."""
    rights.grant(_run)
    hold()
    try:
        with acting(actor_of(who), now=NOON):
            _run("SET LOCAL ROLE anbu_web")
            found: int = _run("SELECT count(*) FROM assess_assessment")[0][0]
            _run("RESET ROLE")
            return found
    finally:
        let_go()


def _run(said: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(said)
        return list(cursor.fetchall()) if cursor.description else []


def test_the_database_refuses_what_no_person_answered_or_ended(world: World, home: UUID):
    assess(world, home, "000000001")
    ask(world, home)
    for rows, change in (
        (Crisis.objects, {"closed_at": NOON}),
        (Crisis.objects, {"outcome": "safe"}),
        (Request.objects, {"replied_at": NOON, "reply": "upheld"}),
        (Assessment.objects, {"low": 9, "high": 3}),
        (Assessment.objects, {"answers": {}}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
