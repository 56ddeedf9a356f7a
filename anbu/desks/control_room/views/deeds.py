"""How every deed of this desk ends: done, refused in the reader's words, or nothing there."""

from collections.abc import Callable
from typing import NamedTuple

from django import forms
from django.http import Http404

from anbu.care.alarms.rules import TakenByAnother
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import NotHere, Refused
from anbu.care.people.rules import BadInput

from .. import reasons, strip_words

# Sentences that stand for any field; the others say themselves what they are about.
USUAL = {"required", "invalid", "invalid_choice", "max_length", "min_value", "max_value"}
WRONG, IN_CONFLICT = 422, 409  # what was typed is wrong; what is true meanwhile forbids it


class Ending(NamedTuple):
    """Why something was not done, and the status to answer with; no faults when it was."""

    faults: list[str]
    status: int


def attempt(deed: Callable[[], object]) -> Ending:
    """Do the deed.

    Raises:
        Http404: there is no such thing, or not for this reader.
    """
    try:
        deed()
    except NotHere as gone:
        raise Http404 from gone
    except TakenByAnother as other:
        at = strip_words.clock(other.at, beside=now())
        return Ending([reasons.taken_by(other.name, at)], IN_CONFLICT)
    except Refused as refused:
        status = WRONG if isinstance(refused, BadInput) else IN_CONFLICT
        return Ending([reasons.refusal(refused)], status)
    return Ending([], 200)


def faults_of(form: forms.Form) -> list[str]:
    """Return what is wrong with a form; each usual sentence says of which field it speaks."""
    return [
        f"{form[name].label}: {said}" if _needs_name(form, name, fault) else str(said)
        for name, several in form.errors.as_data().items()
        for fault in several
        for said in fault.messages
    ]


def _needs_name(form: forms.Form, name: str, fault: forms.ValidationError) -> bool:
    return name in form.fields and not form[name].is_hidden and fault.code in USUAL
