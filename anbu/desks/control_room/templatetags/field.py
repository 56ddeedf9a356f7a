"""What the forms of the door offer, for the templates."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from .. import field_words

register = template.Library()
TEXTS = ("seen", "decided_by", "police", "fire", "damage", "repair")


@register.simple_tag
def field_choices() -> dict[str, Any]:
    """Return everything that can be chosen about the door."""
    return {
        "agents": list(field_words.AGENTS.items()),
        "signs": list(field_words.SIGNS.items()),
        "seen": list(field_words.SEEN.items()),
        "findings": list(field_words.FINDINGS.items()),
        "entry": [
            ("grounds", _("근거"), list(field_words.GROUNDS.items())),
            ("evidence", _("무엇을 보았나"), list(field_words.EVIDENCE.items())),
        ],
    }


@register.filter
def chosen(form: Any, name: str) -> list[str]:
    """Return what was ticked in a form that is shown again."""
    return form[name].value() or []


@register.filter
def texts(form: Any) -> list[Any]:
    """Return the fields that are written in words."""
    return [form[name] for name in TEXTS]


@register.filter
def minutes(seconds: float) -> int:
    """Return whole minutes."""
    return round(seconds / 60)
