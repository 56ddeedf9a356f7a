"""Templates (문안): the words of each kind of message, as data that is checked when loaded."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from anbu.care.foundation.rules import has_resident_number

from .kinds import COUNTING, TO_STAFF, WAYS, Kind
from .sizes import KAKAO_LETTERS, LMS_BYTES, byte_length, size_of

# What may stand in the text of each kind, and how long it may become: letters.
PLACEHOLDERS = {kind: {"무엇": 200} if kind in TO_STAFF else {"이름": 20} for kind in Kind} | {
    kind: {"건수": 6} for kind in COUNTING
}
LONGEST_LINK = 200  # letters; a link is never cut
PLACEHOLDERS[Kind.FIELD_LINK] = {"링크": LONGEST_LINK}
PLACE = re.compile(r"\{([^{}]*)\}")
KEYS = {"text", "subject", "kakao", "ways"}
KAKAO_CODE = re.compile(r"[0-9A-Za-z_-]{1,50}")
LONGEST_SUBJECT = 40  # bytes, of an LMS


class BadTemplate(ValueError):
    """A template that must not go out, with one sentence that says why."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """The words of one kind of message. `version` 0 came with Anbu."""

    kind: Kind
    text: str
    subject: str = ""
    kakao: str = ""  # the code of the same words at Kakao; "" = no 알림톡
    ways: tuple[str, ...] = ()  # in which order; empty: the usual one
    version: int = 0

    @property
    def name(self) -> str:
        """Return how a message says in which words it was written."""
        return f"{self.kind.value}/{self.version}"


def parse(text: str) -> dict[Kind, Template]:
    """Read templates from TOML, one table for each kind; refuse what must not go out."""
    try:
        told = tomllib.loads(unicodedata.normalize("NFC", text))
    except tomllib.TOMLDecodeError as broken:
        raise BadTemplate(f"TOML을 읽을 수 없습니다: {broken}") from None
    strange = set(told) - set(Kind)
    if strange:
        raise BadTemplate(f"모르는 문안: {', '.join(sorted(strange))}")
    if not told:
        raise BadTemplate("문안이 하나는 있어야 합니다.")
    return {Kind(kind): _template(Kind(kind), row) for kind, row in told.items()}


def filled(template: Template, words: Mapping[str, str]) -> str:
    """Return the text with its placeholders filled; what is put in says one short thing."""
    longest = PLACEHOLDERS[template.kind]
    return PLACE.sub(lambda found: _plain(words[found[1]], longest[found[1]]), template.text)


@cache
def read_shipped() -> Mapping[Kind, Template]:
    """Return the templates that come with Anbu: in force where a city has loaded none."""
    return parse((files("anbu.care.effects") / "shipped.toml").read_text("utf-8"))


def _template(kind: Kind, row: object) -> Template:
    if not isinstance(row, dict) or set(row) - KEYS or not isinstance(row.get("text"), str):
        raise BadTemplate(f"{kind}: text가 있어야 하고, subject·kakao·ways를 둘 수 있습니다.")
    text = row["text"].strip()
    _check_words(kind, text)
    _check_length(kind, text, has_kakao=bool(row.get("kakao")))
    return Template(
        kind=kind,
        text=text,
        subject=_subject(kind, row.get("subject", "")),
        kakao=_code(kind, row.get("kakao", "")),
        ways=_ways(kind, row.get("ways", [])),
    )


def _check_words(kind: Kind, text: str) -> None:
    if not text:
        raise BadTemplate(f"{kind}: 글이 비었습니다.")
    if has_resident_number(text):
        raise BadTemplate(f"{kind}: 주민등록번호는 쓸 수 없습니다.")
    if any(unicodedata.category(letter) == "Cc" and letter != "\n" for letter in text):
        raise BadTemplate(f"{kind}: 보이지 않는 글자가 들어 있습니다.")
    strange = [place for place in PLACE.findall(text) if place not in PLACEHOLDERS[kind]]
    if strange:
        known = ", ".join(f"{{{place}}}" for place in PLACEHOLDERS[kind])
        raise BadTemplate(f"{kind}: 모르는 자리 {{{strange[0]}}}. 쓸 수 있는 자리: {known}")
    if set("{}") & set(PLACE.sub("", text)):
        raise BadTemplate(f"{kind}: 짝이 맞지 않는 중괄호가 있습니다.")
    try:
        text.encode("euc_kr")
    except UnicodeEncodeError as error:
        letter = text[error.start]
        raise BadTemplate(f"{kind}: 휴대전화 문자로 쓸 수 없는 글자 {letter!r}") from None


def _check_length(kind: Kind, text: str, *, has_kakao: bool) -> None:
    longest = PLACE.sub(lambda found: "가" * PLACEHOLDERS[kind][found[1]], text)
    if byte_length(longest) > LMS_BYTES:
        raise BadTemplate(f"{kind}: 너무 깁니다 ({byte_length(longest)} > {LMS_BYTES}바이트).")
    if has_kakao and len(longest) > KAKAO_LETTERS:
        raise BadTemplate(f"{kind}: 알림톡은 {KAKAO_LETTERS}자까지입니다.")


def _subject(kind: Kind, told: object) -> str:
    if not isinstance(told, str) or "\n" in told or byte_length(told) > LONGEST_SUBJECT:
        raise BadTemplate(f"{kind}: 제목은 한 줄, {LONGEST_SUBJECT}바이트까지입니다.")
    if has_resident_number(told) or PLACE.search(told):
        raise BadTemplate(f"{kind}: 제목에는 사람에 관한 것을 쓸 수 없습니다.")
    return told.strip()


def _code(kind: Kind, told: object) -> str:
    if not isinstance(told, str) or (told and not KAKAO_CODE.fullmatch(told)):
        raise BadTemplate(f"{kind}: 알림톡 템플릿 코드가 아닙니다.")
    return told


def _ways(kind: Kind, told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or any(way not in WAYS for way in told):
        raise BadTemplate(f"{kind}: 길은 {', '.join(WAYS)} 가운데에서 고릅니다.")
    if len(set(told)) != len(told):
        raise BadTemplate(f"{kind}: 같은 길이 두 번 있습니다.")
    return tuple(told)


def _plain(value: str, longest: int) -> str:
    """Return a value of one line, no longer than its place; longer ones are cut with a mark."""
    line = " ".join(unicodedata.normalize("NFC", value).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def describe(template: Template) -> str:
    """Say in one line what was loaded: its version, how it travels at its longest."""
    longest = PLACE.sub(lambda found: "가" * PLACEHOLDERS[template.kind][found[1]], template.text)
    kakao = f", 알림톡 {template.kakao}" if template.kakao else ""
    return f"{template.name}: {size_of(longest).upper()}, {byte_length(longest)} bytes{kakao}"
