"""How alike two people of a register are, and why. A person decides; this only proposes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from rapidfuzz.distance import Levenshtein

from anbu.care.people.rules import find_address, find_initials, find_text

WORTH_A_LOOK = 60  # of 100
MOST_IN_A_BLOCK = 60  # a tower block or a very common name says nothing by itself

FIRST, LAST = 0xAC00, 0xD7A3
VOWELS, TAILS = 21, 28
RIEUL, NIEUN, IEUNG = 5, 2, 11  # ㄹ ㄴ ㅇ among the nineteen first consonants
BEFORE_Y = {2, 3, 6, 7, 12, 17, 20}  # ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ: there ㄹ and ㄴ fall silent (두음법칙)
LAND_LOT = re.compile(r"[가-힣]+[0-9]*(동|가|리)\s*(산\s*)?[0-9]+(-[0-9]+)?(\s|$|번지)")

# How much each agreement says, in points; together at most 100.
SAME_NAME, SAME_SOUND, NEAR_NAME = 35, 32, 20
SAME_DAY, SAME_YEAR, NEAR_YEAR, OTHER_YEAR = 30, 18, 8, -25
SAME_PHONE, NEAR_PHONE = 35, 12
SAME_HOME, SAME_HOUSE, NEAR_ADDRESS = 30, 20, 8
OTHER_SEX, SAME_CONTACT = -30, 15


@dataclass(frozen=True)
class Card:
    """What two records are compared by."""

    id: UUID
    name: str
    birth_year: int
    birth_day: str
    sex: str
    phone: str  # digits
    contact_phones: frozenset[str]
    address: str
    unit: str


@dataclass(frozen=True)
class Ground:
    """One reason for or against, in words and points."""

    points: int
    sentence: str


@dataclass(frozen=True)
class Likeness:
    score: int  # 0-100
    grounds: tuple[Ground, ...]


def by_sound(name: str) -> str:
    """Return a name as it sounds at the beginning of a word: 리 and 이, 류 and 유, 림 and 임."""
    told = []
    for letter in find_text(name):
        code = ord(letter) - FIRST
        if not 0 <= code <= LAST - FIRST:
            told.append(letter)
            continue
        first, vowel, tail = code // (VOWELS * TAILS), code // TAILS % VOWELS, code % TAILS
        if first == RIEUL:
            first = NIEUN
        if first == NIEUN and vowel in BEFORE_Y:
            first = IEUNG
        told.append(chr(FIRST + (first * VOWELS + vowel) * TAILS + tail))
    return "".join(told)


def letters(name: str) -> str:
    """Return a name letter by letter (자모), so that 정혜 and 정해 differ by one of six."""
    told = []
    for letter in find_text(name):
        code = ord(letter) - FIRST
        if 0 <= code <= LAST - FIRST:
            told += [
                chr(0x1100 + code // (VOWELS * TAILS)),
                chr(0x1161 + code // TAILS % VOWELS),
            ]
            if code % TAILS:
                told.append(chr(0x11A7 + code % TAILS))
        else:
            told.append(letter)
    return "".join(told)


def likeness(one: Card, other: Card) -> Likeness:
    """Return how alike two records are; the same whichever comes first."""
    grounds = [
        ground
        for ground in (
            _names(one, other),
            _births(one, other),
            _phones(one, other),
            _addresses(one, other),
            _contacts(one, other),
            Ground(OTHER_SEX, "성별이 다름") if one.sex != other.sex else None,
        )
        if ground
    ]
    score = max(0, min(100, sum(ground.points for ground in grounds)))
    return Likeness(score, tuple(sorted(grounds, key=lambda g: -g.points)))


def candidates(cards: Sequence[Card]) -> Iterator[tuple[int, int]]:
    """Yield each pair worth comparing once: those that share a key."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for nth, card in enumerate(cards):
        for key in _keys(card):
            blocks[key].append(nth)
    seen: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) <= MOST_IN_A_BLOCK:
            for pair in combinations(members, 2):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def pairs(cards: Sequence[Card]) -> Iterator[tuple[Card, Card, Likeness]]:
    """Yield the pairs that a person should look at, with why."""
    for one, other in candidates(cards):
        found = likeness(cards[one], cards[other])
        if found.score >= WORTH_A_LOOK:
            yield cards[one], cards[other], found


def _keys(card: Card) -> Iterable[tuple[str, ...]]:
    sound = by_sound(card.name)
    yield "name", sound, str(card.birth_year)
    yield "initials", find_initials(sound), str(card.birth_year)[:3], find_address(card.address)[:4]
    if len(card.phone) >= 8:
        yield "phone", card.phone[-8:]
    if card.birth_day:
        yield "birth", str(card.birth_year), card.birth_day, find_initials(sound)[:1]
    yield "home", find_address(card.address), find_text(card.unit), find_initials(sound)[:1]


def _names(one: Card, other: Card) -> Ground | None:
    if find_text(one.name) == find_text(other.name):
        return Ground(SAME_NAME, "이름이 같음")
    if by_sound(one.name) == by_sound(other.name):
        return Ground(SAME_SOUND, "두음법칙으로 같은 이름")
    apart = min(
        Levenshtein.distance(letters(one.name), letters(other.name)),
        Levenshtein.distance(letters(by_sound(one.name)), letters(by_sound(other.name))),
    )
    if apart == 1:
        return Ground(NEAR_NAME, "이름이 자음이나 모음 하나만 다름")
    if apart == 2 and find_initials(one.name) == find_initials(other.name):
        return Ground(NEAR_NAME // 2, "이름의 첫소리가 같고 비슷함")
    return None


def _births(one: Card, other: Card) -> Ground | None:
    apart = abs(one.birth_year - other.birth_year)
    both = one.birth_day and other.birth_day
    if apart == 0 and both and one.birth_day == other.birth_day:
        return Ground(SAME_DAY, "생년월일이 같음")
    if apart == 0:
        return Ground(SAME_YEAR if not both else NEAR_YEAR, "태어난 해가 같음")
    if apart == 1 or sorted(str(one.birth_year)) == sorted(str(other.birth_year)):
        return Ground(NEAR_YEAR, "태어난 해가 한 해 다르거나 숫자가 바뀜")
    return Ground(OTHER_YEAR, "태어난 해가 다름")


def _phones(one: Card, other: Card) -> Ground | None:
    if not one.phone or not other.phone:
        return None
    if one.phone == other.phone:
        return Ground(SAME_PHONE, "전화번호가 같음")
    if len(one.phone) == len(other.phone) and Levenshtein.distance(one.phone, other.phone) == 1:
        return Ground(NEAR_PHONE, "전화번호가 한 자리만 다름")
    return None


def _addresses(one: Card, other: Card) -> Ground | None:
    here, there = find_address(one.address), find_address(other.address)
    if here == there:
        if find_text(one.unit) == find_text(other.unit):
            return Ground(SAME_HOME, "주소가 같음")
        if not one.unit or not other.unit:
            return Ground(SAME_HOUSE, "건물이 같고 한쪽은 호수를 모름")
        return Ground(NEAR_ADDRESS, "같은 건물의 다른 호수")
    if bool(LAND_LOT.search(one.address)) != bool(LAND_LOT.search(other.address)):
        return Ground(0, "한쪽은 지번 주소라 견줄 수 없음")
    if Levenshtein.distance(here, there) == 1:
        return Ground(NEAR_ADDRESS, "주소가 한 글자만 다름")
    return None


def _contacts(one: Card, other: Card) -> Ground | None:
    shared = one.contact_phones & other.contact_phones
    crossed = {one.phone} & other.contact_phones or {other.phone} & one.contact_phones
    if shared:
        return Ground(SAME_CONTACT, "보호자 전화번호가 같음")
    return Ground(-SAME_CONTACT, "한쪽이 다른 쪽의 보호자임") if crossed - {""} else None
