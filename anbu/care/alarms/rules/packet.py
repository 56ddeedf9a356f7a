"""What 119 and 112 are given of a home: who gets what, under which number, on which ground."""

from enum import StrEnum


class To(StrEnum):  # 받는 곳
    FIRE = "119"  # 소방
    POLICE = "112"  # 경찰


class Way(StrEnum):  # 전한 길
    SPOKEN = "spoken"  # 낭독
    PRINT = "print"  # 인쇄
    PDF = "pdf"  # PDF
    SENT = "sent"  # 전송


class Part(StrEnum):
    """The parts of a packet, in the order in which a dispatcher asks: design/README.md 4.3."""

    WHERE = "where"  # 어디
    WHO = "who"  # 누구
    HEALTH = "health"  # 건강: with 누구
    WAY_IN = "way_in"  # 어떻게 들어가나; a code of a door is never written, only spoken
    WHY = "why"  # 왜
    CONTACTS = "contacts"  # 연락할 사람
    BESIDE = "beside"  # 함께 있는 사람


# The least that each needs: who treats somebody must know what they suffer from, who opens a
# door need not.
PARTS: dict[To, tuple[Part, ...]] = {
    To.FIRE: tuple(Part),
    To.POLICE: tuple(part for part in Part if part is not Part.HEALTH),
}
# The articles by which something may be given to others; people.rules.Basis.
GROUNDS = {
    "consent": "동의 (개인정보 보호법 제17조 제1항 제1호)",
    "vital": "급박한 생명·신체의 이익 (개인정보 보호법 제17조 제1항 제2호, 제15조 제1항 제5호)",
}
ON_PAPER = frozenset({Way.PRINT, Way.PDF, Way.SENT})
MOST_CONTACTS = 3  # those to ask first; a sheet of paper ends
MOST_ATTEMPTS = 4  # the newest calls, and what callers said
MOST_CALLERS = 2  # the newest who telephoned; there are rarely more
LONGEST_ASIDE = 60  # letters of a note beside a call or a contact: a dispatcher has no time
RECIPIENT_LENGTH = 40
URGENT_LENGTH = 200
# Letters that fit on one A4 page in each size, tried with the longest texts a home may have
# (tests/desks/control_room/test_packet.py).
FITS = (500, 900, 1_500)
PACKET_SIZES = len(FITS) + 1  # 0 large … 3 small


def code_of(year: int, nth: int) -> str:
    """Return a provision's number as it is said: 2026-0001."""
    return f"{year}-{nth:04d}"


def aside(text: str) -> str:
    """Return a note as short as somebody can hear it between two questions."""
    return text if len(text) <= LONGEST_ASIDE else text[: LONGEST_ASIDE - 1] + "…"


def size_of(letters: int) -> int:
    """Return how small so many letters must be set to stand on one page."""
    return sum(letters > most for most in FITS)
