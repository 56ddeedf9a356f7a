"""Resident registration numbers: how they are found wherever they hide."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

# A resident or foreigner registration number (주민등록번호 · 외국인등록번호): a birthday of six
# digits, a digit for century and sex (1-4 residents, 5-8 foreigners), six more. The check digit
# means nothing since October 2020, so it is not asked.
DIGITS = 13
BIRTHDAY = 6
CENTURIES = dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000)
# How the two halves may be written in pieces: 45 01 01, 45.01.01, 4 5 0 1 0 1 …
FIRST_HALVES = {(6,), (2, 2, 2), (2, 4), (4, 2), (3, 3), (1,) * 6}
SECOND_HALVES = {(7,), (1, 6), (1, 3, 3), (1,) * 7}
MOST_PIECES = 13
JOINT = re.compile(r"[^\w]{0,4}")  # spaces and signs, no letters
UNIT = re.compile(r"[^\w]{0,3}(?:년|월|일|생|일생)?[^\w]{0,3}")  # 45년 01월 01일
BETWEEN_HALVES = 24  # so many other letters may stand between them: "450101 이고 뒷자리는 2…"
PIECE = re.compile(r"[0-9]+")


def has_resident_number(text: str) -> bool:
    """Say whether a resident or foreigner registration number stands in this text."""
    return next(_resident_numbers(_plain_digits(text)), None) is not None


def without_resident_numbers(text: str, *, instead: str = "[번호 지움]") -> str:
    """Return the text with such numbers cut out; only for words that must not be refused."""
    plain = _plain_digits(text)
    found = list(_resident_numbers(plain))
    if not found:
        return text
    kept, at = [], 0
    for start, end in found:
        if start >= at:
            kept += [plain[at:start], instead]
            at = end
    return "".join([*kept, plain[at:]])


def _plain_digits(text: str) -> str:
    """Return the text with every kind of digit as 0-9 and without letters nobody sees."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(
        str(digit) if (digit := unicodedata.digit(each, -1)) >= 0 else each
        for each in composed
        if unicodedata.category(each) != "Cf"
    )


def _resident_numbers(plain: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where each number stands, the first ones first."""
    pieces = [match.span() for match in PIECE.finditer(plain)]
    for first in range(len(pieces)):
        for last in range(first, min(first + MOST_PIECES, len(pieces))):
            group = pieces[first : last + 1]
            length = sum(end - start for start, end in group)
            if length > DIGITS:
                break
            if length == DIGITS and _is_number(plain, group):
                yield group[0][0], group[-1][1]
                break


def _is_number(plain: str, group: list[tuple[int, int]]) -> bool:
    digits = "".join(plain[start:end] for start, end in group)
    return _is_birthday(digits) and _is_written_so(plain, group) and _stands_alone(plain, group)


def _is_birthday(digits: str) -> bool:
    century = CENTURIES.get(digits[BIRTHDAY])
    if century is None:
        return False
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def _is_written_so(plain: str, group: list[tuple[int, int]]) -> bool:
    """Say whether these pieces are one number, and not a date beside a telephone number."""
    lengths = tuple(end - start for start, end in group)
    gaps = [plain[a[1] : b[0]] for a, b in zip(group, group[1:], strict=False)]
    if len(lengths) == 1:
        return True
    if len(lengths) == 2 and JOINT.fullmatch(gaps[0]):
        return True  # cut in two at any place
    for halfway in range(1, len(lengths)):
        if lengths[:halfway] in FIRST_HALVES and lengths[halfway:] in SECOND_HALVES:
            return (
                all(UNIT.fullmatch(gap) for gap in gaps[: halfway - 1])
                and len(gaps[halfway - 1]) <= BETWEEN_HALVES
                and all(JOINT.fullmatch(gap) for gap in gaps[halfway:])
            )
    return False


def _stands_alone(plain: str, group: list[tuple[int, int]]) -> bool:
    """Say whether no further digits hang on with a dash, as in a telephone or account number."""
    before, after = plain[: group[0][0]], plain[group[-1][1] :]
    return not re.search(r"[0-9][-.]$", before) and not re.match(r"[-.][0-9]", after)
