"""What is typed while somebody is on the telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import NAME_LENGTH, PLACE_LENGTH, WORDS_LENGTH
from anbu.desks.asking import FILL, LONG, PICK, AskForm

from . import inbound_words
from .forms import note_field


class CallTakenForm(AskForm):
    """Who calls, about whom, and what is wrong. Nothing but the caller must be known at once."""

    caller = forms.ChoiceField(
        label=_("누가 전화했습니까"),
        choices=list(inbound_words.CALLERS.items()),
        error_messages={**PICK, "required": _("전화한 사람을 골라 주세요.")},
    )
    call_back = forms.CharField(
        label=_("다시 걸 번호"), max_length=20, required=False, error_messages=LONG
    )
    at_stake = forms.BooleanField(label=_("지금 생명이 위험해 보입니다"), required=False)
    said = forms.MultipleChoiceField(
        label=_("무슨 일입니까"),
        choices=list(inbound_words.SAID.items()),
        required=False,
        error_messages=PICK,
    )
    words = forms.CharField(
        label=_("들은 것"), max_length=WORDS_LENGTH, required=False, error_messages=LONG
    )
    q = forms.CharField(
        label=_("명단에서 찾기 (이름, 전화, 주소)"),
        max_length=60,
        required=False,
        error_messages=LONG,
    )
    household = forms.UUIDField(
        label=_("찾은 가구"),
        required=False,
        error_messages={"invalid": PICK["invalid_choice"]},
    )
    name = forms.CharField(
        label=_("누구 (들은 대로)"), max_length=NAME_LENGTH, required=False, error_messages=LONG
    )
    place = forms.CharField(
        label=_("어디 (들은 대로)"), max_length=PLACE_LENGTH, required=False, error_messages=LONG
    )

    def clean_words(self) -> str:
        """Return what was said in one line: somebody who listens presses Enter too."""
        return " ".join(str(self.cleaned_data["words"]).split())

    def told(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "q"}


class CallHandForm(AskForm):
    """To which dong office a call goes."""

    dong = forms.RegexField(
        r"^\d{10}$",
        label=_("어느 동"),
        error_messages={**PICK, "invalid": PICK["invalid_choice"]},
    )


class CallJointForm(AskForm):
    told = note_field(limit=WORDS_LENGTH, required=True, label=_("받은 곳과 접수 번호"))


class CallNoteForm(AskForm):
    text = note_field(limit=WORDS_LENGTH, required=True)


class CallCloseForm(AskForm):
    outcome = forms.ChoiceField(
        label=_("결과"),
        choices=list(inbound_words.ENDS.items()),
        error_messages={**PICK, "required": _("결과를 골라 주세요.")},
    )
    text = forms.CharField(
        label=_("무엇을 했습니까"),
        max_length=WORDS_LENGTH,
        required=False,
        error_messages={**FILL, **LONG},
    )


class CallFindForm(AskForm):
    """Whom somebody means after all: words to search by, or the home that was found."""

    q = forms.CharField(
        label=_("명단에서 찾기 (이름, 전화, 주소)"),
        max_length=60,
        required=False,
        error_messages=LONG,
    )
    household = forms.UUIDField(
        label=_("찾은 가구"), required=False, error_messages={"invalid": PICK["invalid_choice"]}
    )
