"""One thing that a source knew, said in words: for the table of a look back and its picture."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import strip_words, words
from .look_back_words import (
    BY,
    CLOCK,
    CONSENTS,
    EVIDENCE,
    HELD,
    MOVES,
    SOURCES,
    STEPS,
)

if TYPE_CHECKING:
    from anbu.care.alarms.rules import Cell, Fact


def lane(one: Any) -> str:
    """Return what a row of the picture is called."""
    if one.source == "feed":
        return strip_words.channel_label(one.channel, one.channel)
    return str(SOURCES[one.source])


def cell(one: "Cell") -> list[str]:
    """Return what was known in one hour of one lane, a line for each thing."""
    return [*(str(HELD[what]) for what in one.held), *(fact(each) for each in one.facts)]


def fact(one: "Fact") -> str:
    """Return one thing that was known, with the role of who did it."""
    if one.lane.startswith("feed:"):
        return _feed(one)
    if one.lane in ("clock", "rule"):
        return str(CLOCK[one.what])
    if one.lane == "absence":
        return _("부재를 알려 줌")
    if one.lane == "consent":
        told = {"kind": CONSENTS[one.told[0]]}
        return (_("%(kind)s 동의") if one.what == "given" else _("%(kind)s 동의 철회")) % told
    by, *codes = one.told
    return f"{_step(one.what, codes)} ({BY.get(by, by)})"


WHOM = {
    "person": lazy("본인"),
    "contact": lazy("보호자"),
    "worker": lazy("돌봄단원"),
    "partner": lazy("짝"),
}


def _feed(one: "Fact") -> str:
    if one.what == "signs":
        return _("생활신호 %(n)d") % {"n": one.n}
    return _("값 %(n)d, 움직임 없음") % {"n": one.n}


def _step(what: str, codes: list[str]) -> str:
    match what:
        case "call":
            whom = WHOM[codes[0]]
            return f"{_('전화')} {whom} · {words.RESULTS[codes[1]]}"
        case "message":
            return f"{_('문자')} · {words.RESULTS.get(codes[0], codes[0])}"
        case "state":
            return str(MOVES.get(codes[0], _("단계가 시작됨")))
        case "raised":
            return f"{_('신호')} · {words.RULES[codes[0]]}"
        case "closed":
            return f"{_('끝')} · {words.OUTCOMES.get(codes[0], codes[0])}"
        case "evidence":
            found = f" · {words.FINDINGS[codes[1]]}" if codes[1] in words.FINDINGS else ""
            return f"{EVIDENCE.get(codes[0], codes[0])}{found}"
    return str(STEPS.get(what, what))
