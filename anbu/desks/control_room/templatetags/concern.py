"""What the list of concerns needs: pictures, words, figures."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from .. import concern_svg, concern_words

register = template.Library()


@register.filter
def concern_label(code: str, table: str) -> str:
    """Return the word for a code from one of the tables of concern_words.py."""
    return str(getattr(concern_words, table).get(code, code))


@register.filter
def concern_sentence(row: Any) -> str:
    """Return why this home is listed."""
    return concern_words.sentence(row)


@register.simple_tag
def concern_facts(row: Any) -> list[tuple[str, str]]:
    """Return the figures behind the sentence."""
    return concern_words.facts(row)


@register.simple_tag
def concern_days(row: Any) -> SafeString:
    """Return the usual day and the recent one as a picture."""
    return mark_safe(concern_svg.draw_days(row.weeks, title=concern_words.sentence(row)))


@register.simple_tag
def concern_weeks(row: Any) -> SafeString:
    """Return sixteen weeks as a picture."""
    return mark_safe(concern_svg.draw_weeks(row.weeks, title=concern_words.sentence(row)))
