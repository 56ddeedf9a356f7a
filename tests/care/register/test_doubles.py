"""Who stands twice in the register: likeness with reasons, a person decides, and may undo it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.people.actions import NewContact, NewPerson
from anbu.care.people.models import Bait, Contact, Household, Person
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions as readings
from anbu.care.register import actions, queries
from anbu.care.register.actions import NotPossible, UnknownPair
from anbu.care.register.models import Double
from anbu.care.register.rules import (
    WORTH_A_LOOK,
    Card,
    by_sound,
    candidates,
    letters,
    likeness,
    pairs,
)
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.seoul import seoul

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
LATER = NOW + timedelta(days=3)
HERE, THERE = "1162058500", "1162059500"


def card(nth: int = 0, **told: Any) -> Card:
    usual: dict[str, Any] = {
        "id": UUID(int=nth),
        "name": "이영례",
        "birth_year": 1945,
        "birth_day": "0315",
        "sex": "f",
        "phone": "01000004321",
        "contact_phones": frozenset(),
        "address": "서울특별시 관악구 은천로 12",
        "unit": "302호",
    }
    return Card(**usual | told)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("이영례", "리영례"),
        ("유순자", "류순자"),
        ("임옥녀", "림옥여"),
        ("노말순", "로말순"),
        ("나복남", "라복남"),
        ("양길자", "량길자"),
        ("여운영", "려운영"),
        ("이 영례", "이영례"),
    ],
)
def test_north_and_south_spellings_are_one_name(one, other):
    assert by_sound(one) == by_sound(other)
    found = likeness(card(name=one), card(1, name=other))
    assert found.grounds[0].points >= 30
    assert found.score >= WORTH_A_LOOK


@pytest.mark.parametrize(("one", "other"), [("이영례", "김영례"), ("정혜", "정호"), ("나", "가")])
def test_other_names_stay_others(one, other):
    assert by_sound(one) != by_sound(other)


def test_letters_tell_how_far_two_names_are_apart():
    assert (len(letters("정혜")), letters("정혜")[:4]) == (5, letters("정해")[:4])


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": "이영래"}, "이름이 자음이나 모음 하나만 다름"),
        ({"birth_year": 1954}, "태어난 해가 한 해 다르거나 숫자가 바뀜"),
        ({"phone": "01000004327"}, "전화번호가 한 자리만 다름"),
        ({"unit": ""}, "건물이 같고 한쪽은 호수를 모름"),
        ({"address": "관악구 봉천동 123-4"}, "한쪽은 지번 주소라 견줄 수 없음"),
        ({"address": "관악구  은천로12"}, "주소가 같음"),
    ],
)
def test_a_slip_of_the_pen_is_still_worth_a_look_and_says_why(told, sentence):
    found = likeness(card(), card(1, **told))
    assert sentence in [ground.sentence for ground in found.grounds]
    assert found.score >= WORTH_A_LOOK


@pytest.mark.parametrize(
    "told",
    [
        {"birth_year": 1960, "birth_day": "0101", "phone": "01000001111"},  # same name next door
        {"name": "김순자", "sex": "m", "birth_day": "1102", "phone": ""},  # a couple of one age
        {"name": "이영자", "address": "강남구 도산대로 1", "phone": "", "birth_day": ""},
    ],
)
def test_neighbours_and_namesakes_are_left_alone(told):
    assert likeness(card(), card(1, **told)).score < WORTH_A_LOOK


NAMES = st.text(st.sampled_from("이리유류임림노로나라영례순자정혜해김"), min_size=2, max_size=4)
CARDS = st.builds(
    Card,
    id=st.uuids(),
    name=NAMES,
    birth_year=st.integers(1930, 1960),
    birth_day=st.sampled_from(["", "0315", "1102"]),
    sex=st.sampled_from("fm"),
    phone=st.sampled_from(["", "01000004321", "01000004327"]),
    contact_phones=st.frozensets(st.sampled_from(["01000009999", "01000004321"])),
    address=st.sampled_from(["관악구 은천로 12", "관악구 은천로 13", "관악구 봉천동 1-2"]),
    unit=st.sampled_from(["", "302호"]),
)


@given(CARDS, CARDS)
def test_likeness_is_the_same_from_both_sides(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other).score <= 100


@given(CARDS)
def test_a_record_is_like_itself(one):
    if one.phone not in one.contact_phones:
        assert likeness(one, one).score >= WORTH_A_LOOK


@given(st.lists(CARDS, max_size=12))
def test_no_pair_is_asked_twice_and_twins_are_never_missed(cards):
    found = list(candidates(cards))
    assert len(found) == len(set(found))
    for one, other in found:
        assert one < other
    twins = {
        (a, b)
        for a in range(len(cards))
        for b in range(a + 1, len(cards))
        if by_sound(cards[a].name) == by_sound(cards[b].name)
        and cards[a].birth_year == cards[b].birth_year
    }
    assert twins <= set(found)
    assert {(p[0].id, p[1].id) for p in pairs(cards)} <= {
        (cards[a].id, cards[b].id) for a, b in found
    }


@pytest.fixture
def city(db: None) -> None:
    seoul(now=NOW)


def register(name: str, dong: str = HERE, **more: Any) -> UUID:
    told = {
        "dong": dong,
        "address": "관악구 은천로 12",
        "unit": "302호",
        "tier": "high",
        "patience_hours": 24,
        "person": NewPerson(name=name, birth_year=1945, sex="f", phone="010-0000-4321"),
        "by": "system:test",
        "now": NOW,
    }
    return people.register_household(**told | more)


def planner(dong: str = HERE) -> Staff:
    post = where.dong_post(dong)
    assert post is not None
    return staffing.add_staff(
        login=f"p{dong}", name="한지우", role="planner", post=post.id, by="system:test", now=NOW
    )[0]


def search() -> None:
    actions.ask_for_doubles(by="system:test", now=NOW)
    actions.ask_for_doubles(by="system:test", now=NOW)  # once is enough
    assert actions.find_doubles(now=NOW)
    assert not actions.find_doubles(now=NOW)


def test_two_records_of_one_person_are_joined_and_parted_again(city):
    short = register("이영례", unit="", person=NewPerson(name="이영례", birth_year=1945, sex="f"))
    full = register(
        "리영례",
        door_note="1234*",
        contacts=[NewContact(name="박OO", relation="딸", phone="010-0000-9999")],
    )
    search()
    who = planner()
    page = queries.doubles(seen_by=who)
    (line,) = page.lines
    assert page.total == 1
    assert "두음법칙으로 같은 이름" in [sentence for _, sentence in line.grounds]
    actions.join(pair=line.id, keep=short, by=actor_of(who), now=LATER)
    kept, gone = Household.objects.get(id=short), Household.objects.get(id=full)
    assert (kept.unit, kept.door_note, kept.left_at) == ("302호", "1234*", None)
    assert (gone.left_at, gone.merged_into_id) == (LATER, short)
    assert Person.objects.get(household=short).phone == "010-0000-4321"
    assert Contact.objects.filter(household=short).count() == 1
    assert queries.doubles(seen_by=who).total == 0
    (decided,) = queries.doubles(seen_by=who, decided=True).lines
    assert decided.decision == "joined"
    actions.part(pair=line.id, by=actor_of(who), now=LATER)
    kept, gone = Household.objects.get(id=short), Household.objects.get(id=full)
    assert (kept.unit, kept.door_note) == ("", "")
    assert (gone.left_at, gone.merged_into_id) == (None, None)
    assert Person.objects.get(household=short).phone == ""
    assert list(Contact.objects.values_list("household", flat=True)) == [full]
    assert Trace.objects.filter(household=full, verb="part_households").exists()


def test_what_was_written_since_stays_when_they_part(city):
    short = register("이영례", unit="")
    register("이영례")
    search()
    pair = Double.objects.get().pk
    us = actor_of(planner())
    actions.join(pair=pair, keep=short, by=us, now=LATER)
    Household.objects.filter(id=short).update(unit="303호")
    actions.part(pair=pair, by=us, now=LATER)
    assert Household.objects.get(id=short).unit == "303호"


def test_two_different_people_are_asked_about_once(city):
    register("이영례")
    register("이영례")
    search()
    us = actor_of(planner())
    actions.say_different(pair=Double.objects.get().pk, by=us, now=LATER)
    search()
    assert Double.objects.get().decision == "different"
    with pytest.raises(NotPossible, match="이미 정해졌습니다"):
        actions.say_different(pair=Double.objects.get().pk, by=us, now=LATER)


def test_a_record_with_a_device_does_not_leave(city):
    plain, watched = register("이영례"), register("이영례")
    readings.add_provider(code="v", name="v", source="smart_plug", by="system:test", now=NOW)
    readings.add_device(
        code="plug-1",
        household=watched,
        provider="v",
        interval=timedelta(minutes=10),
        channels=["power_w"],
        by="system:test",
        now=NOW,
    )
    search()
    us = actor_of(planner())
    pair = Double.objects.get().pk
    with pytest.raises(NotPossible, match="기기"):
        actions.join(pair=pair, keep=plain, by=us, now=LATER)
    actions.join(pair=pair, keep=watched, by=us, now=LATER)
    assert Household.objects.get(id=plain).merged_into_id == watched


def test_who_does_not_know_both_knows_of_no_pair(city):
    register("이영례")
    register("이영례", dong=THERE)
    search()
    pair = Double.objects.get().pk
    for who in (planner(), planner(THERE)):
        assert queries.doubles(seen_by=who).total == 0
        assert queries.double(pair=pair, seen_by=who) is None
        with pytest.raises(UnknownPair):
            actions.join(pair=pair, keep=UUID(int=1), by=actor_of(who), now=LATER)


def test_fifty_pairs_cost_as_much_as_one(city, django_assert_num_queries):
    for _ in range(4):
        register("이영례")
    search()
    who = planner()
    with django_assert_num_queries(6):
        assert queries.doubles(seen_by=who).total == 6


def test_a_made_up_person_is_nobodys_double(city):
    """Bait looks like somebody on purpose: who joined it would lose it, or learn what it is."""
    home = register("이영례")
    told = {"name": "이영례", "birth_year": 1945, "sex": "f", "address": "관악구 은천로 12"}
    officer = staffing.add_staff(
        login="boho",
        name="안새봄",
        role="privacy_officer",
        organisation=where.organisations("city")[0].id,
        by="system:test",
        now=NOW,
    )[0]
    bait = people.place_bait(dong=HERE, by=officer, now=NOW, **told)
    actions.ask_for_doubles(by="system:test", now=NOW)
    assert actions.find_doubles(now=NOW)
    assert not Double.objects.exists()
    Bait.objects.filter(household=bait).delete()  # no longer made up: alike enough to be asked
    actions.ask_for_doubles(by="system:test", now=NOW)
    assert actions.find_doubles(now=NOW)
    pair = Double.objects.get()
    assert {pair.one_id, pair.other_id} == {home, bait}
