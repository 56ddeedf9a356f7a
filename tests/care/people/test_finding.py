"""Finding a household by name, first consonants, telephone number or road."""

from datetime import datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anbu.care.people import actions, queries, rules
from anbu.care.people.actions import NewContact, NewPerson
from anbu.care.people.models import Household, Person
from anbu.care.people.rules import Term, terms
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.seoul import seoul

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
HERE, THERE = "1162058500", "1162059500"

HOMES = {
    "윤정례": ("관악구 은천로00길 12", "010-0000-4321", HERE),
    "윤 정례": ("서울특별시 관악구 은천로 120", "02-000-4321", HERE),
    "정례원": ("관악구 쑥고개로 3", "010-0000-0007", HERE),
    "남궁민": ("관악구 은천로 5", "", THERE),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("윤정례", [Term("text", "윤정례")]),
        ("ㅇㅈㄹ", [Term("initials", "ㅇㅈㄹ")]),
        ("010-0000-4321", [Term("phone", "12340000010")]),
        ("4321", [Term("phone", "1234")]),
        ("은천로 12", [Term("text", "은천로12")]),
        ("서울특별시 관악구 은천로00길 12-3", [Term("text", "은천로00길12-3")]),
        ("윤 은천로 12", [Term("text", "윤"), Term("text", "은천로12")]),
        ("  ", []),
        ("관악구 ", []),
        ("12", [Term("text", "12")]),
    ],
)
def test_a_search_is_read_word_by_word(text, found):
    assert terms(text) == tuple(found)


@pytest.fixture
def city(db: None) -> Staff:
    seoul(now=NOW)
    for name, (address, phone, dong) in HOMES.items():
        actions.register_household(
            dong=dong,
            address=address,
            tier="high",
            patience_hours=24,
            person=NewPerson(name=name, birth_year=1945, sex="f", phone=phone),
            contacts=[NewContact(name="박OO", relation="딸", phone="010-0000-9999")]
            if name == "남궁민"
            else [],
            by="system:test",
            now=NOW,
        )
    return staff("operator", where.centre())


def staff(role: str, post: int) -> Staff:
    return staffing.add_staff(
        login=f"{role}{post}", name="한지우", role=role, post=post, by="system:test", now=NOW
    )[0]


def names(text: str, seen_by: Staff, **more: int) -> list[str]:
    return [each.name for each in queries.search(text=text, seen_by=seen_by, **more).found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("윤정례", ["윤정례", "윤 정례"]),
        ("정례", ["윤정례", "윤 정례", "정례원"]),
        ("ㅇㅈㄹ", ["윤정례", "윤 정례"]),
        ("ㅈㄹ", ["윤정례", "윤 정례", "정례원"]),
        ("4321", ["윤정례", "윤 정례"]),
        ("00004321", ["윤정례"]),
        ("0000-9999", ["남궁민"]),  # the daughter's telephone
        ("은천로", ["남궁민", "윤정례", "윤 정례"]),
        ("관악구 은천로 12", ["윤 정례"]),
        ("윤 은천로", ["윤정례", "윤 정례"]),
        ("은천로 윤", ["윤정례", "윤 정례"]),
        ("윤", ["윤정례", "윤 정례"]),
        ("민", []),  # the beginning counts
        ("%", []),
        ("", []),
    ],
)
def test_the_right_ones_are_found_in_one_query(city, text, found, django_assert_num_queries):
    with django_assert_num_queries(1 if terms(text) else 0):
        assert sorted(names(text, city)) == sorted(found)


def test_the_next_dong_is_not_found(city):
    post = where.dong_post(HERE)
    assert post is not None
    assert names("은천로", staff("planner", post.id)) == ["윤정례", "윤 정례"]


def test_more_than_asked_for_is_said(city):
    told = queries.search(text="은천로", seen_by=city, at_most=2)
    assert (len(told.found), told.has_more) == (2, True)


def test_a_protected_address_is_neither_shown_nor_found(city):
    Household.objects.filter(address__contains="쑥고개").update(is_protected=True)
    assert names("쑥고개로", city) == []
    (found,) = queries.search(text="정례원", seen_by=city).found
    assert (found.address, found.unit, found.is_protected) == ("", "", True)


def test_a_corrected_name_is_found_at_once(city):
    Person.objects.filter(name="남궁민").update(name="남궁인")
    assert names("남궁인", city) == ["남궁인"]
    assert names("ㄴㄱㅇ", city) == ["남궁인"]


WORDS = st.text(
    st.one_of(
        st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), st.sampled_from("aZ 0-구시")
    )
)


class TheDatabaseMakesTheSameKeys(TestCase):
    @given(WORDS, st.sampled_from(["text", "initials", "phone", "address"]))
    def test_as_the_rules(self, text: str, kind: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT people_find_{kind}(%s)", [text])
            (made,) = cursor.fetchone()
        assert made == getattr(rules, f"find_{kind}")(text)
