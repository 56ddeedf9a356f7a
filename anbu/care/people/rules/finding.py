"""What a search compares with."""

import re
import unicodedata
from dataclasses import dataclass

# The same keys are made by the database when a row is written
# (migration "found_by_name_phone_address"); a test holds the two together.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
CITY_AND_DISTRICT = re.compile(r"^\s*(서울(특별)?시?\s)?\s*([가-힣]{1,4}구\s)?")
FIRST_SYLLABLE, LAST_SYLLABLE, PER_INITIAL = ord("가"), ord("힣"), 588
FEWEST_DIGITS = 4  # of a telephone number: its end
MOST_TERMS = 4


@dataclass(frozen=True)
class Term:
    """One word of a search, and what it can be part of."""

    kind: str  # text | initials | phone
    key: str


def find_text(text: str) -> str:
    """Return a text as a search compares it: no spaces, small letters."""
    return re.sub(r"\s", "", text).lower()


def find_initials(text: str) -> str:
    """Return the first consonants (초성) of a text: 윤정례 is ㅇㅈㄹ."""
    return "".join(
        INITIALS[(ord(each) - FIRST_SYLLABLE) // PER_INITIAL]
        if FIRST_SYLLABLE <= ord(each) <= LAST_SYLLABLE
        else each
        for each in find_text(text)
    )


def find_phone(text: str) -> str:
    """Return the digits from the end: people remember the last four."""
    return re.sub(r"[^0-9]", "", text)[::-1]


def find_address(text: str) -> str:
    """Return an address from its road on, without city and district."""
    return find_text(CITY_AND_DISTRICT.sub("", text))


def terms(text: str) -> tuple[Term, ...]:
    """Return the words of a search; a house number belongs to the road before it."""
    composed = unicodedata.normalize("NFC", text)[:80]
    found: list[Term] = []
    for word in CITY_AND_DISTRICT.sub("", composed).split():
        digits = re.sub(r"[-.()]", "", word)
        if digits.isdecimal() and digits.isascii() and len(digits) >= FEWEST_DIGITS:
            found.append(Term("phone", digits[::-1]))
        elif word[0].isdigit() and found and found[-1].kind == "text":
            found[-1] = Term("text", found[-1].key + find_text(word))
        elif all(each in INITIALS for each in word):
            found.append(Term("initials", word))
        else:
            found.append(Term("text", find_text(word)))
    return tuple(found[:MOST_TERMS])
