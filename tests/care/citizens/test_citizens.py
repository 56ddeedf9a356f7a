"""A citizen reaches the own record and nothing else, and what is asked there is answered."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from anbu.care.alarms.models import Alarm
from anbu.care.assess import actions as assessing
from anbu.care.assess import queries as assess
from anbu.care.assess.models import Request
from anbu.care.citizens import actions, queries
from anbu.care.citizens.models import Correction, Session
from anbu.care.citizens.rules import (
    FREE_TRIES,
    IDLE,
    LONGEST,
    NotAllowed,
    UnknownRequest,
    Why,
    told_of,
)
from anbu.care.foundation.actions import act_as, acting, hold, let_go, record, record_each
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Actor, Purpose, Reach
from anbu.care.people.models import Consent, Household, Person
from anbu.care.people.rules import BadInput
from anbu.care.staff.rules import TooManyTries
from tests.care.alarms.world import MONDAY, THERE, World, make_world
from tests.care.people.test_walls import names, the_desks

NOW = MONDAY + timedelta(hours=10)
PROOF = told_of("윤정례", date(1945, 3, 1), "010-0000-4321")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def home(world: World):
    found = world.home(still_at=NOW)
    world.home(still_at=NOW, phone="010-1111-1111", dong=THERE)
    return found


@pytest.fixture
def guest(home) -> actions.Guest:
    token = actions.come_in(proof=PROOF, now=NOW)
    assert token is not None
    found = actions.sitting(token=token, now=NOW)
    assert found is not None
    return found


def test_one_person_is_found_and_two_alike_are_nobody(world, home):
    assert actions.come_in(proof=PROOF, now=NOW)
    assert (
        actions.come_in(proof=told_of("김없음", date(1945, 3, 1), "010-0000-4321"), now=NOW) is None
    )
    world.home(still_at=NOW)  # the same name, year and telephone once more
    assert actions.come_in(proof=PROOF, now=NOW) is None
    told = Trace.objects.filter(verb="find_no_citizen")
    assert {(row.household, str(row.detail)) for row in told} == {(None, "{}")}


def test_a_sitting_ends_idle_and_in_any_case(guest, home):
    row = Session.objects.get()
    assert guest.token not in row.token
    assert actions.sitting(token=guest.token, now=NOW + IDLE) is None
    at = NOW
    while at < NOW + LONGEST - timedelta(minutes=4):
        at += timedelta(minutes=4)
        sits = actions.sitting(token=guest.token, now=at)
        assert (sits is not None) is (at < NOW + LONGEST)
    assert actions.sitting(token=guest.token, now=NOW + LONGEST) is None


def test_who_left_does_not_sit_any_more(guest):
    actions.leave(guest=guest, now=NOW)
    assert actions.sitting(token=guest.token, now=NOW) is None
    assert actions.sitting(token="somebody", now=NOW) is None


def test_the_walls_let_a_citizen_see_one_home_even_by_raw_sql(guest, home):
    with the_desks():
        act_as(Actor("nobody", "", Reach("nobody")))
        assert actions.sitting(token=guest.token, now=NOW) == guest
        assert names() == set()  # the door has closed behind the looking up
        act_as(guest.actor, now=NOW)
        assert Person.objects.count() == 1
        assert Session.objects.count() == 1
        held = queries.held(actor=guest.actor)
        assert held is not None
        assert (held.name, len(held.contacts)) == ("윤정례", 2)
        assert queries.looks(actor=guest.actor, now=NOW) == ()


def test_tries_are_counted_before_they_are_looked_at(db):
    for _ in range(FREE_TRIES):
        actions.knock(keys=["address 1", "identity a"], now=NOW)
    with pytest.raises(TooManyTries):
        actions.knock(keys=["address 1"], now=NOW)
    with pytest.raises(TooManyTries):
        actions.knock(keys=["identity a"], now=NOW)
    actions.knock(keys=["address 2"], now=NOW)
    actions.knock(keys=["address 1"], now=NOW + timedelta(minutes=2))


def test_who_looked_stands_there_as_office_and_role_never_as_a_name(world, guest, home):
    looked = {"at": NOW, "household": home, "by": world.planner.actor}
    record(verb="open_household", purpose=Purpose("visit", "1"), **looked)
    record(verb="open_household", purpose=Purpose("visit", "2"), **looked)
    record(verb="see_strips", **looked | {"by": world.operator.actor}, purpose=Purpose("signal"))
    record(verb="see_strips", **looked | {"by": "system:clock"})
    record(verb="call", **looked)  # a deed is no look
    listed = {"at": NOW, "by": world.operator.actor, "purpose": Purpose("list")}
    record(verb="list_alarms", homes=[home], **listed)
    record(verb="list_alarms", homes=[], **listed)
    record_each(
        by=world.planner.actor,
        verb="export_home",
        at=NOW,
        households=[home],
        purpose=Purpose("reason", "1", "반찬 나눔"),
    )
    lines = queries.looks(actor=guest.actor, now=NOW)
    told = {(line.role, line.why, line.times) for line in lines}
    assert told == {
        ("복지플래너", Why.CARE, 2),
        ("복지플래너", Why.EXPORT, 1),
        ("관제사", Why.SIGNAL, 1),
        ("관제사", Why.LIST, 1),
    }
    assert all(name not in str(lines) for name in ("이하늘", "문가람", "staff:"))
    assert queries.looks(actor=guest.actor, now=NOW + timedelta(days=731)) == ()


def test_consent_taken_back_works_at_once_and_bears_the_citizens_name(guest, home):
    kinds = [each.kind for each in queries.agreements(actor=guest.actor, now=NOW)]
    assert kinds == ["monitoring", "night"]
    with acting(guest.actor):
        actions.withdraw(kind="night", by=guest.actor, now=NOW)
    assert [each.kind for each in queries.agreements(actor=guest.actor, now=NOW)] == ["monitoring"]
    assert Consent.objects.filter(withdrawn_at=NOW).count() == 1
    trace = Trace.objects.get(verb="withdraw_consent")
    assert trace.by.startswith("citizen:")
    assert trace.household == home
    with pytest.raises(BadInput):
        actions.withdraw(kind="night", by=guest.actor, now=NOW)


def test_what_is_wrong_is_put_right_by_a_person_of_the_own_area(world, guest, home):
    words = "동·호수가 302호가 아니라 301호입니다"
    made = actions.ask_correction(what="address", words=words, by=guest.actor, now=NOW)
    with pytest.raises(NotAllowed):
        actions.ask_correction(what="everything", words=words, by=guest.actor, now=NOW)
    with pytest.raises(BadInput):
        actions.ask_correction(what="name", words="450101-2345678", by=guest.actor, now=NOW)
    assert [row.card.days_left for row in actions.open_work(seen_by=world.planner, now=NOW)] == [10]
    assert actions.open_work(seen_by=world.next_planner, now=NOW) == ()
    assert actions.open_work(seen_by=world.operator, now=NOW) == ()
    answer = {"correction": made, "reply": "corrected", "words": "301호로 고쳤습니다", "now": NOW}
    for stranger in (world.next_planner, world.operator):
        with pytest.raises(UnknownRequest):
            actions.answer_correction(by=stranger, **answer)
    with pytest.raises(BadInput):
        actions.answer_correction(by=world.planner, **answer | {"words": ""})
    actions.answer_correction(by=world.planner, **answer)
    with pytest.raises(NotAllowed):
        actions.answer_correction(by=world.planner, **answer)
    (card,) = queries.own_corrections(actor=guest.actor, now=NOW)
    assert (card.reply, card.reply_words) == ("corrected", "301호로 고쳤습니다")
    with pytest.raises(IntegrityError, match="answered_by_a_person"), transaction.atomic():
        Correction.objects.update(replied_by=None)


def test_nobody_buries_an_office_under_requests(guest):
    for n in range(10):
        actions.ask_correction(what="other", words=f"고칠 것 {n}번입니다", by=guest.actor, now=NOW)
    with pytest.raises(NotAllowed):
        actions.ask_correction(what="other", words="하나 더 있습니다", by=guest.actor, now=NOW)


def test_a_review_is_asked_for_without_anybody_in_between(world, guest, home):
    words = "왜 고위험인지 알고 싶습니다"
    actions.ask_review(asks="explanation", words=words, by=guest.actor, now=NOW)
    with pytest.raises(Exception, match="이미"):
        actions.ask_review(asks="explanation", words=words, by=guest.actor, now=NOW)
    (found, _home) = assess.work(seen_by=world.planner, now=NOW).requests[0]
    assert (found.told_by, found.received_by, found.days_left) == ("본인", "", 30)
    assessing.answer(
        request_id=found.id,
        reply="explained",
        words="혼자 사시고 쓰러지신 적이 있어서",
        by=world.planner,
        now=NOW,
    )
    (card,) = assess.own_requests(household=home, actor=guest.actor, now=NOW)
    assert card.reply == "explained"
    other = Household.objects.exclude(id=home).get()
    assert assess.own_requests(household=other.id, actor=guest.actor, now=NOW) == ()
    with pytest.raises(LookupError):
        assessing.ask_for_oneself(
            household=other.id, asks="review", words=words, by=guest.actor, now=NOW
        )
    assert Request.objects.get().received_by is None
    assert Alarm.objects.count() == 0


def test_a_long_past_costs_the_same(world, guest, home, django_assert_max_num_queries):
    for n in range(30):
        record(
            by=world.planner.actor,
            verb="open_household",
            at=NOW - timedelta(days=n),
            household=home,
            purpose=Purpose("case"),
        )
    hold()
    try:
        with django_assert_max_num_queries(4):
            (line,) = queries.looks(actor=guest.actor, now=NOW)
    finally:
        let_go()
    assert line.times == 30
