"""Requests to put something right, for the templates."""

from django import template

from ..correction_forms import WHAT

register = template.Library()


@register.filter
def correction_what(code: str) -> str:
    """Return what is to be put right, in words."""
    return str(WHAT[code])
