"""The citizen's page, for its templates."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from .. import words

register = template.Library()


@register.filter
def said(code: Any, table: str) -> str:
    """Return a code in plain words."""
    return str(words.TABLES[table].get(code, code))


@register.filter
def parts(codes: Any) -> str:
    """Return which parts of a record were given, in plain words."""
    return ", ".join(str(words.PARTS[each]) for each in codes)


@register.filter
def known(text: str) -> str:
    """Return a word that we ourselves stored in Korean, in the reader's language."""
    return _(text) if text else ""
