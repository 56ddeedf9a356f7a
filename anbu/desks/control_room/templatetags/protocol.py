"""What the templates of 단계표 need: the picture of two ladders, and their words."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from .. import protocol_svg, protocol_words

register = template.Library()


@register.simple_tag
def ladders_picture(drawn: Any) -> SafeString:
    """Return the present ladder above the one of the document."""
    return mark_safe(protocol_svg.ladders(drawn.present, drawn.course.rungs))


@register.filter
def where(line: Mapping[str, Any]) -> str:
    """Return where a line holds."""
    return protocol_words.where(line)


@register.filter
def phase(code: str) -> str:
    """Return how far a version is."""
    return str(protocol_words.PHASES[code])


@register.filter
def shift(code: str) -> str:
    """Return how the moment moves at which a person is asked."""
    return str(protocol_words.SHIFTS[code])


@register.filter
def after(span: timedelta | None) -> str:
    """Return a span as hours and minutes."""
    return protocol_words.length(span)


@register.simple_tag
def shift_rows(moved: Any) -> list[tuple[str, str, int]]:
    """Return how many alarms move how: code, words, count."""
    return [(code, str(text), getattr(moved, code)) for code, text in protocol_words.SHIFTS.items()]


@register.simple_tag
def sum_rows(trial: Any) -> Sequence[tuple[str, str, str]]:
    """Return the figures of both ladders."""
    return protocol_words.sums(trial.old, trial.new, trial.days)
