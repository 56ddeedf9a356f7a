"""Households, consents, and text that is refused."""

import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from anbu.care.foundation.models import Trace
from anbu.care.people import actions, queries
from anbu.care.people.actions import NewContact, NewPerson
from anbu.care.people.models import Consent, Household
from anbu.care.people.rules import BadInput, clean
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.seoul import seoul

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
HERE, THERE = "1162058500", "1162059500"


@pytest.fixture
def city(db: None) -> None:
    seoul(now=NOW)


def register(**changes: Any) -> UUID:
    told: dict[str, Any] = {
        "dong": HERE,
        "address": "관악구 은천로00길 12",
        "unit": "3층 302호",
        "tier": "high",
        "patience_hours": 24,
        "person": NewPerson(name="윤정례", birth_year=1945, sex="f", phone="010-0000-4321"),
        "contacts": [
            NewContact(name="윤OO", relation="딸", phone="010-0000-1234"),
            NewContact(name="박OO", relation="집주인", phone="010-0000-5678"),
        ],
        "door_note": "1234*",
        "by": "system:test",
        "now": NOW,
    }
    return actions.register_household(**(told | changes))


def planner(dong: str) -> Staff:
    post = where.dong_post(dong)
    assert post is not None
    return staffing.add_staff(
        login=f"p{dong}", name="한지우", role="planner", post=post.id, by="system:test", now=NOW
    )[0]


def test_a_household_comes_with_its_person_and_contacts_in_order(city):
    home = queries.home(household=register(), seen_by=planner(HERE))
    assert home is not None
    assert (home.name, home.birth_year, home.has_door_note) == ("윤정례", 1945, True)
    assert [(c.rank, c.relation) for c in home.contacts] == [(1, "딸"), (2, "집주인")]
    assert "1234*" not in repr(home)  # the way in is asked for apart, and leaves a trace


def test_the_planner_of_the_next_dong_knows_nothing(city):
    household = register()
    assert queries.home(household=household, seen_by=planner(THERE)) is None
    assert queries.homes(households=[household], seen_by=Staff.objects.get()) == {}


def test_a_bad_contact_takes_the_whole_household_back(city):
    with pytest.raises(BadInput, match="연락할 사람"):
        register(contacts=[NewContact(name="a", relation="딸", phone="call me")])
    assert not Household.objects.exists()


def test_consent_is_given_once_and_withdrawn_once_and_both_leave_a_trace(city):
    household = register()
    told = {"household": household, "kind": "night", "by": "system:test"}
    actions.give_consent(**told, obtained_how="방문해서 서면으로", now=NOW)
    actions.give_consent(**told, obtained_how="전화로", now=NOW + timedelta(hours=1))
    assert Consent.objects.count() == 1
    asked = {"households": [household], "kind": "night"}
    assert queries.agreed(**asked, at=NOW) == {household}
    day_after = NOW + timedelta(days=1)
    actions.withdraw_consent(**told, now=day_after)
    assert queries.agreed(**asked, at=day_after) == set()
    with pytest.raises(BadInput):
        actions.withdraw_consent(**told, now=NOW + timedelta(days=2))
    verbs = Trace.objects.filter(household=household).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["register_household", "give_consent", "withdraw_consent"]
    lines = queries.consents(household=household, seen_by=planner(HERE), at=day_after)
    kinds = ("monitoring", "night", "rescue", "agency", "vendor")
    assert [(line.kind, line.given_at) for line in lines] == [(kind, None) for kind in kinds]


@pytest.mark.parametrize(
    "text",
    [
        "450101-2345678",
        "주민번호 4501012345678 임",
        "450101 - 2345678",
        "４５０１０１-２３４５６７８",
    ],
)
def test_a_resident_registration_number_is_refused_wherever_it_stands(city, text):
    with pytest.raises(BadInput, match="주민등록번호"):
        register(hazard_note=text)
    assert not Household.objects.exists()


@pytest.mark.parametrize("text", ["010-0000-1234", "02-2133-7373", "2026-11-20 12:00", "개 1마리"])
def test_numbers_of_daily_life_pass(text):
    assert clean(text, what="메모", at_most=100) == text


@pytest.mark.parametrize("text", ["a\x00b", "a\nb", "a\x1bb", "a\u202eb", "\ud800"])
def test_control_characters_are_refused(text):
    with pytest.raises(BadInput, match="쓸 수 없는 글자"):
        clean(text, what="메모", at_most=100)


def test_text_is_stored_composed():
    assert clean(unicodedata.normalize("NFD", "한글"), what="메모", at_most=2) == "한글"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"dong": "9999999999"}, "행정동"),
        ({"tier": "none"}, "위험군"),
        ({"patience_hours": 0}, "72시간"),
        ({"address": " "}, "주소"),
        ({"address": "가" * 121}, "120자"),
        ({"person": NewPerson(name="가", birth_year=19, sex="f")}, "해"),
        ({"person": NewPerson(name="가", birth_year=1950, sex="x")}, "성별"),
        ({"person": NewPerson(name="가", birth_year=1950, sex="f", phone="x")}, "전화번호"),
    ],
)
def test_what_cannot_be_is_refused_in_words(city, change, word):
    with pytest.raises(BadInput, match=word):
        register(**change)
