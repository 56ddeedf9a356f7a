"""When a proven identity is a person of the register: in doubt it is not."""

from datetime import date

import pytest

from anbu.care.citizens.rules import Told, Why, is_this, keys_of, plain_phone, told_of, why

PROOF = told_of("윤정례", date(1945, 3, 1), "+82 10-0000-4321")


@pytest.mark.parametrize(
    ("name", "year", "day", "phone", "same"),
    [
        ("윤정례", 1945, "", "010-0000-4321", True),
        ("윤 정례", 1945, "0301", "", True),
        ("윤정례", 1945, "0301", "010-0000-4321", True),
        ("윤정례", 1945, "", "", False),  # a name and a year are not rare
        ("윤정례", 1945, "0302", "010-0000-4321", False),
        ("윤정례", 1945, "0301", "010-9999-4321", False),  # what is known must not differ
        ("윤정례", 1946, "", "010-0000-4321", False),
        ("윤정래", 1945, "", "010-0000-4321", False),
    ],
)
def test_nothing_known_may_differ_and_one_more_thing_must_agree(name, year, day, phone, same):
    assert is_this(Told(name, year, day, phone), PROOF) is same


def test_a_number_is_one_however_it_is_written():
    ways = ["+82 10-0000-4321", "+821000004321", "82-010-0000-4321", "010 0000 4321"]
    assert {plain_phone(way) for way in ways} == {"01000004321"}


def test_tries_are_counted_by_where_from_and_by_whom_without_names():
    keys = keys_of(address="10.0.0.1", proof=PROOF, secret="s")
    assert keys[0] == "address 10.0.0.1"
    assert "윤" not in keys[1]
    assert keys_of(address="10.0.0.2", proof=PROOF, secret="s")[1] == keys[1]
    assert keys_of(address="10.0.0.1", proof=None, secret="s") == keys[:1]


@pytest.mark.parametrize(
    ("kind", "purpose", "meant"),
    [
        ("read", "signal", Why.SIGNAL),
        ("read", "visit", Why.CARE),
        ("read", "break_glass", Why.BREAK_GLASS),
        ("read", "", Why.WORK),
        ("list", "list", Why.LIST),
        ("list", "case", Why.LIST),
        ("export", "reason", Why.EXPORT),
    ],
)
def test_a_trace_says_why_in_few_words(kind, purpose, meant):
    assert why(kind, purpose) is meant
