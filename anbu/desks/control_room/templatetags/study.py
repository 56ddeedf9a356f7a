"""What the templates of a study need: its pictures and its words."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from .. import study_svg, study_words

register = template.Library()


@register.simple_tag
def noticed_picture(result: Any) -> SafeString:
    """Return how soon collapses are noticed."""
    return mark_safe(study_svg.noticed(result))


@register.simple_tag
def caught_picture(found: Any) -> SafeString:
    """Return what becomes of the same collapses."""
    return mark_safe(study_svg.caught(found["caught"]))


@register.simple_tag
def intervals_picture(result: Any) -> SafeString:
    """Return the ratios and their intervals."""
    labels = {kind: study_words.kind(kind, found) for kind, found in result["kinds"].items()}
    return mark_safe(study_svg.intervals(result, labels))


@register.simple_tag
def caught_labels() -> tuple[tuple[str, str], ...]:
    """Return the legend of what becomes of a collapse."""
    return study_svg.caught_labels()


@register.filter
def rule(draft: Any) -> str:
    """Return a rule in words."""
    return study_words.rule(draft)


@register.filter
def scope(codes: Any) -> str:
    """Return which homes are meant."""
    return study_words.scope(codes)


@register.filter
def study_state(code: str) -> str:
    """Return how far a study is."""
    return str(study_words.STATES[code])


@register.filter
def study_part(text: str) -> str:
    """Return what is being done."""
    return str(study_words.PARTS.get(text, text))


@register.simple_tag
def whole_scope(result: Any) -> list[tuple[str, str, str]]:
    """Return what both rules mean for all homes of the scope in a month."""
    return study_words.whole_scope(result)


@register.simple_tag
def kind_rows(result: Any) -> list[tuple[str, int, list[tuple[str, str, str]]]]:
    """Return the figures of each kind of home: label, records, rows of present and draft."""
    return study_words.kind_rows(result)
