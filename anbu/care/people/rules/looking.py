"""How long a page stays open once somebody has said why, and what counts as saying why."""

import unicodedata
from datetime import timedelta

from .text import BadInput, clean

# Settled in docs/decisions/0025: longer than a call and writing it down, shorter than a morning.
OPEN_FOR = timedelta(minutes=60)
GLASS_FOR = timedelta(minutes=30)  # issue 4: broken glass ends after 30 minutes
LEAST_LETTERS, LEAST_DIFFERENT = 5, 3
LONGEST_REASON = 300
# Consonants and vowels that stand alone say nothing: ㅇㅇㅇㅇㅇ, ㅁㄴㅇㄹ.
LOOSE = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xD7B0, 0xD7FF), (0xFFA0, 0xFFDC))


def letters(text: str) -> list[str]:
    """Return the letters and digits of a text; a Korean syllable is one however it was typed."""
    return [
        letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter)[0] in "LN"
        and not any(first <= ord(letter) <= last for first, last in LOOSE)
    ]


def check_reason(text: str) -> str:
    """Return a typed reason as it is stored, or refuse one that is none."""
    tidy = clean(text, what="사유", at_most=LONGEST_REASON, needed=True)
    told = letters(tidy)
    if len(told) < LEAST_LETTERS or len(set(told)) < LEAST_DIFFERENT:
        raise BadInput(
            "사유를 %(least)d글자 이상, 읽는 사람이 알 수 있게 적어 주세요.", least=LEAST_LETTERS
        )
    return tidy
