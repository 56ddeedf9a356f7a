"""What the pages of 단계표 say, in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import words

PHASES = {
    "proposed": lazy("제안됨 · 아직 켜지 않음"),
    "coming": lazy("켜질 날을 기다림"),
    "now": lazy("지금 쓰는 중"),
    "past": lazy("다음 판으로 바뀜"),
    "dropped": lazy("거둠"),
}
SHIFTS = {
    "earlier": lazy("더 일찍"),
    "newly": lazy("새로 사람에게"),
    "same": lazy("그대로"),
    "later": lazy("더 늦게"),
    "no_more": lazy("사람에게 가지 않음"),
    "never": lazy("둘 다 사람 없이 끝남"),
}
DAYS = {"working": lazy("평일"), "off": lazy("주말·공휴일")}
STEPS = {**words.STEPS, "message": lazy("기계가 물음")}
SUMS = (
    ("persons", lazy("사람에게 간 신호")),
    ("calls", lazy("전화")),
    ("visits", lazy("현장 출동")),
    ("joints", lazy("119·112")),
)


def fault(found: Any) -> str:
    """Return one thing that is wrong with a document, and its line."""
    values = {key: value for key, value in found.values}
    said = _(found.sentence) % values if values else _(found.sentence)
    return (
        _("%(line)d번째 줄: %(said)s") % {"line": found.line, "said": said} if found.line else said
    )


def numbered(text: str) -> Sequence[tuple[int, str]]:
    """Return the lines of a document with their numbers."""
    return tuple(enumerate(text.splitlines(), start=1))


def where(line: Mapping[str, Any]) -> str:
    """Return where a line holds: 구로구 · AI 안부전화 · 18-09시."""
    said = []
    for key, value in line.items():
        if key == "hours":
            told = {"since": f"{value[0]:02d}", "until": f"{value[1]:02d}"}
            said.append(_("%(since)s-%(until)s시") % told)
        else:
            known: Mapping[str, Any] = NAMES.get(key, {})
            said.append(str(known.get(value, value)))
    return " · ".join(said) or _("모든 신호")


NAMES: dict[str, Mapping[str, Any]] = {
    "kind": words.RULES,
    "service": words.SOURCES,
    "tier": words.TIERS,
    "day": DAYS,
}


def step(rung: Any) -> str:
    """Return what a step does, and who is asked when nobody does it."""
    name = str(STEPS[rung.do])
    return f"{name} ↑" if rung.up else name


def length(span: timedelta | None) -> str:
    """Return a span as hours and minutes: 1:05; a dash where there is none."""
    if span is None:
        return "—"
    minutes = round(span.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def sums(old: Any, new: Any, days: int) -> list[tuple[str, str, str]]:
    """Return the figures of both ladders, one row each."""
    rows = [(str(label), f"{getattr(old, key):,}", f"{getattr(new, key):,}") for key, label in SUMS]
    nightly = [f"{each.night_calls / days:.1f}" for each in (old, new)]
    rows.insert(2, (_("밤·휴일 전화, 하루에"), nightly[0], nightly[1]))
    for key, label in (
        ("visit_median", _("출동까지 (가운데 값, 시:분)")),
        ("visit_p90", _("출동까지 (늦은 10%, 시:분)")),
    ):
        rows.append((label, length(getattr(old, key)), length(getattr(new, key))))
    return rows
