"""What a reviewer fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.foundation.rules import has_resident_number

from .words import VERDICTS

PICK = {"required": _("하나를 골라 주세요."), "invalid_choice": _("하나를 골라 주세요.")}
SAID = {
    "required": _("내용을 적어 주세요."),
    "max_length": _("너무 깁니다. %(limit_value)d자까지 적을 수 있습니다."),
}
NO_NUMBER = _("주민등록번호는 적을 수 없습니다. 지우고 다시 적어 주세요.")


class ReviewForm(forms.Form):
    """No field takes, or repeats, a resident number."""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.fields:
            told: Any = self.data.get(name)
            if isinstance(told, str) and has_resident_number(told):
                shown: Any = self.data.copy()  # type: ignore[attr-defined]
                shown[name] = ""
                self.data = shown
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)
                self.add_error(name, NO_NUMBER)


def line_field(label: Any, *, limit: int = 300) -> forms.CharField:
    """Return a field for a few words."""
    return forms.CharField(label=label, max_length=limit, error_messages=SAID)


class VerdictForm(ReviewForm):
    """What an odd look, or a reason, was."""

    verdict = forms.ChoiceField(
        label=_("판단"), choices=list(VERDICTS.items()), error_messages=PICK
    )
    note = line_field(_("까닭"))


class CloseForm(ReviewForm):
    """What is signed at the end of a month."""

    note = line_field(_("점검 의견"))


class BaitForm(ReviewForm):
    """A made-up person whom nobody has any business with."""

    name = line_field(_("지어낸 이름"), limit=40)
    birth_year = forms.IntegerField(label=_("태어난 해"), min_value=1900, max_value=2020)
    sex = forms.ChoiceField(label=_("성별"), choices=[("f", _("여")), ("m", _("남"))])
    dong = forms.RegexField(r"^\d{10}$", label=_("행정동 코드 (10자리)"))
    address = line_field(_("지어낸 도로명주소"), limit=120)
