"""What a citizen fills in. None takes, or repeats, a resident number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.foundation.rules import has_resident_number

from .words import ASKED, WHAT

PICK = {
    "required": _("하나를 골라 주세요."),
    "invalid_choice": _("목록에 없는 것입니다. 다시 골라 주세요."),
}
WRITE = {
    "required": _("내용을 적어 주세요."),
    "max_length": _("너무 깁니다. %(limit_value)d자까지 적을 수 있습니다."),
}


class PlainForm(forms.Form):
    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.fields:
            if has_resident_number(str(self.data.get(name, ""))):
                shown: Any = self.data.copy()  # type: ignore[attr-defined]
                shown[name] = ""
                self.data = shown
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)
                self.add_error(name, _("주민등록번호는 적지 마세요. 지우고 다시 적어 주세요."))


class CorrectForm(PlainForm):
    what = forms.ChoiceField(
        label=_("무엇이 틀렸나요?"), choices=list(WHAT.items()), error_messages=PICK
    )
    words = forms.CharField(
        label=_("어떻게 고칠까요?"), max_length=300, widget=forms.Textarea, error_messages=WRITE
    )


class AskForm(PlainForm):
    asks = forms.ChoiceField(
        label=_("무엇을 원하세요?"), choices=list(ASKED.items()), error_messages=PICK
    )
    words = forms.CharField(
        label=_("하고 싶은 말"), max_length=300, widget=forms.Textarea, error_messages=WRITE
    )


class PracticeForm(PlainForm):
    """Who somebody plays in a rehearsal."""

    name = forms.CharField(label=_("이름"), max_length=40, error_messages=WRITE)
    born = forms.DateField(
        label=_("태어난 날"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("날짜를 골라 주세요."), "invalid": _("날짜를 골라 주세요.")},
    )
    phone = forms.CharField(label=_("전화번호"), max_length=20, error_messages=WRITE)
