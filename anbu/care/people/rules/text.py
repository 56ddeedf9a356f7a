"""What may be written about people, and what is refused before it is stored."""

import re
import unicodedata

from anbu.care.foundation.rules import Refused, has_resident_number

PHONE = re.compile(r"\+?[0-9][0-9-]{6,18}")


class BadInput(Refused):
    """Text that we refuse to store."""


def clean(text: str, *, what: str, at_most: int, needed: bool = False) -> str:
    """Return the text as it is stored, or refuse it."""
    tidy = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cf") and c not in "\u200d" for c in tidy):
        raise BadInput("%(what)s에 쓸 수 없는 글자가 있습니다. 줄바꿈 없이 적어 주세요.", what=what)
    if has_resident_number(tidy):
        raise BadInput(
            "%(what)s에 주민등록번호는 적을 수 없습니다. 지우고 다시 적어 주세요.", what=what
        )
    if len(tidy) > at_most:
        raise BadInput("%(what)s: %(most)d자까지 적을 수 있습니다.", what=what, most=at_most)
    if needed and not tidy:
        raise BadInput("%(what)s: 비워 둘 수 없습니다.", what=what)
    return tidy


def clean_phone(text: str, *, what: str = "전화번호", needed: bool = False) -> str:
    """Return a telephone number as it is stored, or refuse it."""
    tidy = clean(text, what=what, at_most=20, needed=needed)
    if tidy and not PHONE.fullmatch(tidy):
        raise BadInput("%(what)s: 숫자와 붙임표(-)로 적어 주세요.", what=what)
    return tidy
