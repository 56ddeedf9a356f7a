"""What changes in a household's life, and what stays to be read."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import actions, queries
from anbu.care.people.actions import NewContact, NewHousehold, NewPerson, TierChange, UnknownHome
from anbu.care.people.models import Contact, Household, PastTier
from anbu.care.people.rules import BadInput, Line, life_stage, reachability
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.seoul import seoul

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
LATER = NOW + timedelta(days=30)
HERE, THERE = "1162058500", "1162059500"
US = machine("test")


@pytest.fixture
def city(db: None) -> None:
    seoul(now=NOW)


def planner(dong: str) -> Staff:
    post = where.dong_post(dong)
    assert post is not None
    return staffing.add_staff(
        login=f"p{dong}", name="한지우", role="planner", post=post.id, by="system:test", now=NOW
    )[0]


@pytest.fixture
def home(city: None) -> UUID:
    (made,) = register(1)
    return made


def register(many: int) -> list[UUID]:
    told = NewHousehold(
        dong=HERE,
        address="관악구 은천로00길 12",
        unit="3층",
        tier="high",
        patience_hours=24,
        person=NewPerson(name="윤정례", birth_year=1945, sex="f", phone="010-0000-4321"),
        contacts=[NewContact(name="윤OO", relation="딸", phone="010-0000-1234")],
    )
    return actions.register_households(homes=[told] * many, by="system:test", now=NOW)


def test_a_tier_is_decided_with_a_reason_and_the_one_before_stays(home):
    who = planner(HERE)
    actions.change_tier(
        household=home,
        tier="mid",
        reason="다시 만나 보니 이웃과 지냄",
        review_on=date(2027, 5, 1),
        by=actor_of(who),
        now=LATER,
    )
    told = queries.history(household=home, seen_by=who)
    assert told is not None
    assert [(line.tier, line.since, line.until) for line in told.tiers] == [
        ("mid", LATER, None),
        ("high", NOW, LATER),
    ]
    assert told.tiers[0].decided_by == who.actor
    assert queries.tiers_to_look_at(seen_by=who, on=date(2027, 4, 30)) == []
    assert queries.tiers_to_look_at(seen_by=who, on=date(2027, 5, 1)) == [(home, date(2027, 5, 1))]


def test_a_tier_without_a_reason_is_no_decision(home):
    with pytest.raises(BadInput, match="까닭"):
        actions.change_tier(
            household=home, tier="mid", reason=" ", review_on=None, by=US, now=LATER
        )
    assert Household.objects.get().tier == "high"
    assert not PastTier.objects.exists()


def test_many_tiers_change_at_once_or_not_at_all(city, django_assert_max_num_queries):
    homes = register(50)
    changes = [TierChange(household=home, tier="low", reason="재조사") for home in homes]
    with django_assert_max_num_queries(12):  # a few statements, however many homes
        actions.change_tiers(changes=changes, by=US, now=LATER)
    assert set(Household.objects.values_list("tier", flat=True)) == {"low"}
    assert PastTier.objects.count() == 50
    assert Trace.objects.filter(verb="change_tier").count() == 50
    with pytest.raises(BadInput, match="두 번"):
        actions.change_tiers(changes=[changes[0], changes[0]], by=US, now=LATER)
    stranger = TierChange(household=UUID(int=7), tier="mid", reason="재조사")
    with pytest.raises(UnknownHome):
        actions.change_tiers(changes=[*changes, stranger], by=US, now=LATER)
    assert PastTier.objects.count() == 50


def test_the_next_dong_changes_nothing(home):
    stranger = actor_of(planner(THERE))
    with pytest.raises(UnknownHome):
        actions.change_tier(
            household=home, tier="mid", reason="까닭", review_on=None, by=stranger, now=LATER
        )
    with pytest.raises(UnknownHome):
        actions.enrol(household=home, service="ai_speaker", by=stranger, now=LATER)
    with pytest.raises(UnknownHome):
        actions.refuse_help(
            household=home, reason="까닭", ask_again_on=None, by=stranger, now=LATER
        )
    assert queries.history(household=home, seen_by=Staff.objects.get()) is None


def test_a_move_keeps_the_address_before_and_may_protect_the_new_one(home):
    who = planner(HERE)
    actions.move_home(
        household=home,
        address="관악구 쑥고개로 3",
        unit="101호",
        postcode="08708",
        is_protected=True,
        by=actor_of(who),
        now=LATER,
    )
    told = queries.history(household=home, seen_by=who)
    assert told is not None
    assert [line.place for line in told.addresses] == ["", "관악구 은천로00길 12 3층"]
    listed = queries.home(household=home, seen_by=who)
    assert listed is not None
    assert (listed.address, listed.unit, listed.is_protected) == ("", "", True)
    signal = Purpose("signal", "0193")
    responder = queries.home(household=home, seen_by=who, purpose=signal)
    assert responder is not None
    assert responder.address == "관악구 쑥고개로 3"


def test_services_come_and_go_and_a_no_is_respected_until_it_ends(home):
    who = planner(HERE)
    told = {"household": home, "by": actor_of(who)}
    actions.enrol(**told, service="smart_plug", now=NOW)
    actions.enrol(**told, service="smart_plug", now=NOW)  # twice changes nothing
    actions.refuse_help(
        **told, service="ai_speaker", reason="말하는 기계가 싫다", ask_again_on=None, now=NOW
    )
    with pytest.raises(BadInput, match="거절"):
        actions.enrol(**told, service="ai_speaker", now=LATER)
    actions.end_refusal(**told, service="ai_speaker", now=LATER)
    actions.enrol(**told, service="ai_speaker", now=LATER)
    actions.end_enrolment(**told, service="smart_plug", why="이사", now=LATER)
    history = queries.history(household=home, seen_by=who)
    assert history is not None
    lines = [(s.service, s.is_refusal, s.until) for s in history.services]
    assert sorted(lines, key=str) == sorted(
        [
            ("smart_plug", False, LATER),
            ("ai_speaker", True, LATER),
            ("ai_speaker", False, None),
        ],
        key=str,
    )


def test_who_refuses_everything_is_enrolled_nowhere(home):
    actions.refuse_help(household=home, reason="됐다", ask_again_on=None, by=US, now=NOW)
    with pytest.raises(BadInput, match="거절"):
        actions.enrol(household=home, service="smart_plug", by=US, now=NOW)


def test_a_note_about_health_is_read_by_those_it_is_for(home):
    who = planner(HERE)
    told = {"household": home, "by": actor_of(who), "now": NOW}
    actions.write_health_note(**told, text="인슐린", audience="responders")
    actions.write_health_note(**told, text="상담 내용", audience="nurse")
    assert [n.text for n in queries.health_notes(household=home, seen_by=who)] == ["인슐린"]
    (note,) = queries.health_notes(household=home, seen_by=who)
    actions.end_health_note(household=home, note=note.id, by=actor_of(who), now=LATER)
    assert queries.health_notes(household=home, seen_by=who) == ()
    assert queries.health_notes(household=home, seen_by=planner(THERE)) == ()


def test_a_dead_number_lowers_the_figure_and_an_answer_raises_it(home):
    who = planner(HERE)

    def score() -> int:
        found = queries.numbers(household=home, seen_by=who, now=LATER)
        assert found is not None
        return found.quality.score

    daughter = Contact.objects.get().pk
    told = {"household": home, "by": "system:test"}
    before = score()
    actions.number_is_dead(**told, contact=daughter, now=NOW)
    dead = score()
    actions.number_is_dead(**told, contact=daughter, now=LATER)
    assert Contact.objects.get().dead_since == NOW  # since when it has been so stays
    actions.number_answered(**told, contact=daughter, now=LATER)
    actions.number_answered(**told, contact=None, now=LATER)
    assert dead < before < score()
    assert queries.numbers(household=home, seen_by=planner(THERE), now=LATER) is None


LINES = st.builds(
    Line,
    st.sampled_from(["", "010-0000-0000"]),
    st.sampled_from([None, NOW, NOW - timedelta(days=181)]),
    st.sampled_from([None, NOW]),
)


@given(LINES, st.lists(LINES, max_size=5))
def test_the_figure_is_explained_to_the_point(own, contacts):
    found = reachability(own, contacts, NOW)
    assert found.score == max(0, 100 - sum(why.points for why in found.whys))
    assert (found.score == 100) == (not found.whys)
    assert all(why.sentence % dict(why.values) for why in found.whys)


@given(LINES, st.lists(LINES, max_size=5))
def test_one_more_number_that_answers_never_makes_it_worse(own, contacts):
    fresh = Line("010-0000-0001", NOW, None)
    more = reachability(own, [*contacts, fresh], NOW).score
    assert more >= reachability(own, contacts, NOW).score


@given(LINES, st.lists(LINES, min_size=1, max_size=5))
def test_a_number_that_dies_never_makes_it_better(own, contacts):
    dead = Line(contacts[0].phone, contacts[0].confirmed_at, NOW)
    after = reachability(own, [dead, *contacts[1:]], NOW).score
    assert after <= reachability(own, contacts, NOW).score


@pytest.mark.parametrize(
    ("born", "stage"), [(1987, "young"), (1986, "middle"), (1962, "middle"), (1961, "old")]
)
def test_stages_of_life_follow_the_year_of_birth(born, stage):
    assert life_stage(born, 2026) == stage
