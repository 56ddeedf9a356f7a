"""Words of the review for its templates."""

from django import template

from .. import words

register = template.Library()


@register.filter
def rule(code: str) -> str:
    """Return what looked odd."""
    return str(words.RULES.get(code, code))


@register.filter
def verdict(code: str) -> str:
    """Return how something was judged."""
    return str(words.VERDICTS.get(code, code))
