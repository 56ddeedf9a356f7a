"""What the templates about consent need: its words."""

from typing import Any

from django import template

from .. import consent_words

register = template.Library()


@register.filter
def consent_label(code: Any, table: str) -> str:
    """Return the word for a code from one of the tables of consent_words.py."""
    return str(getattr(consent_words, table).get(str(code), code))


@register.filter
def basis(leave: Any, deed: str) -> str:
    """Return on which basis a deed may be done, or why it may not."""
    return consent_words.basis(deed, leave)


@register.filter
def losses(loss: Any) -> list[str]:
    """Return what changes when a consent is taken back."""
    return consent_words.losses(loss)


@register.filter
def consent_state(card: Any) -> str:
    """Return how a consent in the history stands."""
    return consent_words.state(card)


@register.filter
def count_of(counts: Any, code: str) -> int:
    """Return one count of many."""
    return int(counts.get(code, 0))


@register.simple_tag
def dark_whys() -> list[str]:
    """Return the codes of the reasons, in their order."""
    return list(consent_words.DARK)
