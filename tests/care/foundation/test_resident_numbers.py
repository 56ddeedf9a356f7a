"""Resident and foreigner registration numbers are seen in every dress; other numbers pass."""

from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from anbu.care.foundation.rules import has_resident_number, without_resident_numbers

BIRTHDAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 21))
SERIAL = st.text("0123456789", min_size=6, max_size=6)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Return the two halves of a number such as the law gives; whether the sum is right or not."""
    born = draw(BIRTHDAYS)
    marks = "1256" if born.year < 2000 else "3478"
    return f"{born:%y%m%d}", draw(st.sampled_from(marks)) + draw(SERIAL)


SEPARATORS = st.sampled_from(
    ["", "-", " ", " - ", "–", "—", "~", ".", "/", "·", ":", "\u200b", "\u00a0", "\t", "_", "--"]  # noqa: RUF001
)
BETWEEN = st.sampled_from(["", "-", " 뒤 ", " (뒷자리는 ", "이고 뒷자리 ", " / 뒤: ", " and then "])
AROUND = st.sampled_from(["", "주민번호 ", "환자 ", "RRN:", "(", "동거인 김OO, "])


@given(numbers(), SEPARATORS, AROUND, AROUND)
def test_any_separator_is_seen_through(number, separator, before, after):
    assert has_resident_number(f"{before}{number[0]}{separator}{number[1]} {after}")


@given(numbers(), BETWEEN)
def test_halves_apart_in_one_text_are_seen(number, between):
    assert has_resident_number(f"앞자리 {number[0]}{between}{number[1]}")


@given(numbers(), st.sampled_from([FULL_WIDTH, ARABIC]))
def test_digits_of_other_kinds_are_digits(number, kind):
    assert has_resident_number("-".join(number).translate(kind))


@given(numbers(), st.sampled_from([" ", "-", ".", "\u200b"]))
def test_digits_one_by_one_are_seen(number, separator):
    assert has_resident_number(separator.join("".join(number)))


@given(numbers(), st.integers(min_value=1, max_value=12), st.sampled_from([" ", "-", ". "]))
def test_a_cut_at_any_place_is_seen(number, cut, separator):
    digits = "".join(number)
    assert has_resident_number(digits[:cut] + separator + digits[cut:])


@given(numbers())
def test_a_birthday_in_words_before_it_is_seen(number):
    first, second = number
    written = f"{first[:2]}년 {first[2:4]}월 {first[4:]}일생 {second}"
    assert has_resident_number(written)
    assert has_resident_number(f"{first[:2]}.{first[2:4]}.{first[4:]}-{second[0]} {second[1:]}")


@given(numbers(), AROUND)
def test_cut_out_it_is_gone_and_the_rest_stays(number, before):
    told = without_resident_numbers(f"{before}살려 주세요 {'-'.join(number)} 입니다")
    assert told == f"{before}살려 주세요 [번호 지움] 입니다"
    assert not has_resident_number(told)


PHONES = st.one_of(
    st.from_regex(r"010-[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"010[0-9]{8}", fullmatch=True),
    st.from_regex(r"02-[0-9]{3,4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"0(31|32|51|70)-[0-9]{3,4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"1[56][0-9]{2}-[0-9]{4}", fullmatch=True),
)


@given(PHONES, PHONES, st.sampled_from([", ", " / ", " ", " 또는 "]))
@example("010-1231-2345", "02-1231-2345", " ")
def test_telephone_numbers_pass(one, other, between):
    assert not has_resident_number(one)
    assert not has_resident_number(f"연락처 {one}{between}{other}")


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%Y.%m.%d.", "%Y%m%d", "%y%m%d"]), PHONES)
def test_a_day_beside_a_telephone_number_passes(day, form, phone):
    assert not has_resident_number(f"{day.strftime(form)} 통화 {phone}")


@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_a_13_digit_id_passes_when_it_holds_no_birthday(number):
    digits = f"{number:013}"
    try:
        century = {"1": 19, "2": 19, "5": 19, "6": 19}.get(digits[6], 20)
        date(int(f"{century}{digits[:2]}"), int(digits[2:4]), int(digits[4:6]))
        is_birthday = digits[6] not in "09"
    except ValueError:
        is_birthday = False
    assert has_resident_number(f"계량기 {digits}") == is_birthday


@given(st.integers(min_value=0, max_value=10**16 - 1), st.sampled_from([10, 11, 12, 14, 15, 16]))
def test_ids_of_other_lengths_pass(number, length):
    digits = f"{number:016}"[:length]
    assume(len(digits) == length)
    assert not has_resident_number(f"S/N {digits}")


@pytest.mark.parametrize(
    "text",
    [
        "우리은행 1002-345-678901",
        "국민 110-123-456789",
        "농협 301-0123-4567-81",
        "기업 010-1234-5678901-2",
        "SN 8801062-633876-01",
        "바코드 8809912633876",  # no month has 91 days
        "오류 시각 1763701234567",
        "2026-11-20 12:00 방문, 2026-11-27 14:00 다시",
        "3층 302호 · 열쇠 1234*",
        "45년생 · 여",
        "450101",
        "990231-1234567",  # no such day
        "450101-9234567",  # born in the 19th century
        "03047 서울특별시 종로구 자하문로 92",
        "1111051500 은 행정동 코드",
        "",
    ],
)
def test_numbers_of_daily_life_pass(text):
    assert not has_resident_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "000229-3234567",  # 2000 was a leap year
        "450101-5345678",  # a foreigner's
        "②⓪0101-3234567",
        "번호는4501012345678번",
        "450101 - 2 345678",
        "4501\u00ad01-2345678",  # a soft hyphen, which nobody sees
        "4\u200b50101-234\u200b5678",
    ],
)
def test_strange_dresses_are_seen(text):
    assert has_resident_number(text)


def test_1900_was_no_leap_year():
    assert not has_resident_number("000229-1234567")
