"""Who is given what, under which number, and how small it is set."""

import pytest

from anbu.care.alarms.rules import (
    GROUNDS,
    PACKET_SIZES,
    PARTS,
    Part,
    To,
    aside,
    code_of,
    size_of,
)
from anbu.care.alarms.rules.packet import FITS
from anbu.care.people.rules import Basis


def test_health_goes_to_who_treats_and_to_nobody_else():
    assert Part.HEALTH in PARTS[To.FIRE]
    assert Part.HEALTH not in PARTS[To.POLICE]
    assert set(PARTS[To.FIRE]) - set(PARTS[To.POLICE]) == {Part.HEALTH}
    assert set(PARTS) == set(To)


def test_the_order_is_that_of_a_dispatchers_questions():
    order = [Part.WHERE, Part.WHO, Part.WAY_IN, Part.WHY, Part.CONTACTS, Part.BESIDE]
    assert [part for part in PARTS[To.FIRE] if part in order] == order


def test_each_ground_names_its_article():
    assert set(GROUNDS) == {str(basis) for basis in Basis}
    assert all("개인정보 보호법 제17조" in text for text in GROUNDS.values())


@pytest.mark.parametrize(
    ("nth", "code"), [(1, "2026-0001"), (999, "2026-0999"), (10_000, "2026-10000")]
)
def test_a_number_is_said_with_its_year(nth: int, code: str):
    assert code_of(2026, nth) == code


def test_a_note_is_heard_between_two_questions():
    assert aside("짧은 말") == "짧은 말"
    assert aside("가" * 60) == "가" * 60
    assert aside("가" * 61) == "가" * 59 + "…"


def test_more_letters_are_never_larger():
    sizes = [size_of(letters) for letters in range(2_000)]
    assert sizes == sorted(sizes)
    assert set(sizes) == set(range(PACKET_SIZES))
    for nth, most in enumerate(FITS):
        assert (size_of(most), size_of(most + 1)) == (nth, nth + 1)
