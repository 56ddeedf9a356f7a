"""What the forms of every desk are made of: no field takes, or repeats, a resident number.

The one piece that desks share. It leans on no desk; a contract in pyproject.toml holds both.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.foundation.rules import has_resident_number

PICK = {
    "required": _("하나를 골라 주세요."),
    "invalid_choice": _("목록에 없는 것입니다. 다시 골라 주세요."),
}
LONG = {"max_length": _("너무 깁니다. %(limit_value)d자까지 적을 수 있습니다.")}
FILL = {"required": _("내용을 적어 주세요."), **LONG}
NUMBER = {
    "invalid": _("숫자로 적어 주세요."),
    "min_value": _("%(limit_value)s보다 작을 수 없습니다."),
    "max_value": _("%(limit_value)s보다 클 수 없습니다."),
}


class WithoutNumbers(forms.Form):
    """Mixed into any form: looks at what was typed, before and beside what the fields make of it.

    `NO_NUMBER` is what somebody is told; `%(what)s` is the field's label.
    """

    NO_NUMBER: Any = _("%(what)s에 주민등록번호는 적을 수 없습니다. 지우고 다시 적어 주세요.")

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.fields:
            key = self.add_prefix(name)
            told = self.data.getlist(key) if hasattr(self.data, "getlist") else [self.data.get(key)]
            if any(isinstance(each, str) and has_resident_number(each) for each in told):
                shown: Any = self.data.copy()  # type: ignore[attr-defined]
                shown[key] = ""  # shown again, the field is empty
                self.data = shown
                self.cleaned_data.pop(name, None)
                self.errors.pop(name, None)
                self.add_error(name, self.NO_NUMBER % {"what": self[name].label})


class AskForm(WithoutNumbers):
    """What somebody at a desk, or before the own record, fills in."""
