"""Exports, for the templates."""

from typing import Any

from django import template

from anbu.care.places import queries as places

from .. import export_words

register = template.Library()


@register.filter
def export_state(card: Any) -> str:
    """Return where an export is, in words."""
    return export_words.state(card)


@register.filter
def export_what(card: Any) -> str:
    """Return what was asked for, in words."""
    return str(export_words.DATA_SETS[card.data_set])


@register.simple_tag
def export_names() -> dict[str, str]:
    """Return the names of districts and dongs by their codes: asked once a page."""
    dongs = places.dongs()
    return {dong.code[:5]: dong.district for dong in dongs} | {d.code: d.name for d in dongs}


@register.simple_tag
def export_scope(card: Any, names: dict[str, str]) -> str:
    """Return of where it is, in words."""
    return export_words.scope(card.scope, names)
