"""Words of an assessment: how it was asked, what came of it, what a person did."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .reasons import is_korean

HOW = {
    "face": lazy("만나서"),
    "phone": lazy("전화로"),
    "post": lazy("우편으로"),
    "self": lazy("본인이 적어서"),
}
ASKED = {"explanation": lazy("설명을 요구"), "review": lazy("사람의 재검토를 요구")}
REPLIES = {
    "explained": lazy("설명함"),
    "upheld": lazy("다시 살펴 그대로 둠"),
    "changed": lazy("다시 살펴 바꿈"),
    "withdrawn": lazy("요구를 거둠"),
}
CRISIS_ENDS = {
    "safe": lazy("이야기 나눔, 지금 위험 없음"),
    "line": lazy("자살예방상담 109와 통화로 이음"),
    "care": lazy("병원·정신건강복지센터로 이음"),
    "rescue": lazy("119·112가 옴"),
}
MISSING = {
    "items": lazy("문항"),
    "choices": lazy("답의 종류"),
    "points": lazy("점수"),
    "cutoffs": lazy("갈림"),
}


def own(of: Any, name: str = "text") -> str:
    """Return a word of an instrument's file in the reader's language."""
    return str(getattr(of, name if is_korean() else f"{name}_en"))


def total(of: Any) -> str:
    """Return a sum, or the range it lies in."""
    return f"{of.low}" if of.is_certain else f"{of.low}–{of.high}"


def bands(of: Any) -> str:
    """Return what the sum is called, or what it may be called."""
    named = [own(band) for band in of.bands]
    return named[0] if len(named) == 1 else _(" 또는 ").join(named)


def missing(instrument: Any) -> str:
    """Return what of an instrument was not found."""
    return ", ".join(str(MISSING[word]) for word in instrument.missing)
