"""What a supervisor fills in about a look back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import LEARNT_LENGTH, NOTE_OF_LOOK_BACK
from anbu.desks.asking import PICK, AskForm

from . import look_back_words
from .forms import note_field


class OpenLookBackForm(AskForm):
    """Which signal, and why it is looked back at."""

    number = note_field(limit=14, required=True, label=_("신호 번호"))
    reason = note_field(required=True, label=_("왜 돌아보나요"))


class LearntForm(AskForm):
    """What could have been seen earlier, and what is to change."""

    missed = forms.MultipleChoiceField(
        label=_("더 일찍 알 수 있었던 것"),
        choices=list(look_back_words.MISSED.items()),
        error_messages=PICK,
    )
    missed_words = note_field(limit=LEARNT_LENGTH, required=True, label=_("어떻게 알 수 있었나요"))
    changes = forms.MultipleChoiceField(
        label=_("바꿀 것"),
        choices=list(look_back_words.CHANGES.items()),
        error_messages=PICK,
    )
    change_words = note_field(limit=LEARNT_LENGTH, required=True, label=_("무엇을 어떻게 바꾸나요"))


class SecondForm(AskForm):
    """Which writing of the result the second person has read."""

    version = forms.IntegerField(min_value=0)


class AddForm(AskForm):
    """What is added to a signed result."""

    text = note_field(limit=NOTE_OF_LOOK_BACK, required=True, label=_("덧붙일 말"))
