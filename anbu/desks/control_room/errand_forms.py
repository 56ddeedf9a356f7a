"""What is typed about an errand."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.errands.rules import NOTE_LENGTH, WORDS_LENGTH

from ..asking import PICK, AskForm
from . import errand_words
from .forms import note_field


class PutOffForm(AskForm):
    """Another day, and why."""

    until = forms.DateField(
        label=_("언제까지"),
        error_messages={"required": _("날을 골라 주세요."), "invalid": _("날을 골라 주세요.")},
    )
    reason = note_field(limit=WORDS_LENGTH, required=True, label=_("미루는 까닭"))


class EndForm(AskForm):
    """What came of it."""

    end = forms.ChoiceField(
        label=_("결과"),
        choices=list(errand_words.ENDS.items()),
        error_messages={**PICK, "required": _("어떻게 끝났는지 골라 주세요.")},
    )
    note = note_field(limit=NOTE_LENGTH)
