"""What counts as saying why."""

import unicodedata

import pytest

from anbu.care.people.rules import BadInput, check_reason


@pytest.mark.parametrize("reason", ["이웃이 걱정함", "119 요청", "fall reported"])
def test_five_letters_that_say_something_are_a_reason(reason):
    assert check_reason(f"  {reason} ") == reason


def test_a_syllable_is_one_letter_however_it_was_typed():
    whole, pieces = "이웃걱정함", unicodedata.normalize("NFD", "이웃걱정함")
    assert len(pieces) > 10
    assert check_reason(pieces) == whole
    with pytest.raises(BadInput, match="5글자"):
        check_reason(unicodedata.normalize("NFD", "걱정함"))  # three, not nine


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "     ",
        "확인",
        "낙상 신고",
        ".......",
        "ㅁㄴㅇㄹㅎㅋ",
        "ㅇㅇㅇㅇㅇㅇ",
        "가가가가가가",
        "- - - - -",
    ],
)
def test_what_says_nothing_is_no_reason(reason):
    with pytest.raises(BadInput):
        check_reason(reason)


def test_no_reason_holds_a_resident_number():
    with pytest.raises(BadInput, match="주민등록번호"):
        check_reason("450101-2345678 님 확인")
