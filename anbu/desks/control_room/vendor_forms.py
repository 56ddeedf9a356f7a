"""What is typed about a vendor's contract. Faults are said in words, what was typed stays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import PICK, AskForm

from . import words
from .forms import note_field
from .roster_forms import _day, _number

DAYS = [("", _("늘")), ("working", _("평일")), ("off", _("주말·공휴일"))]
CLOCK = {
    "required": _("시각을 09:00처럼 적어 주세요."),
    "invalid": _("시각을 09:00처럼 적어 주세요."),
}


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M"],
        error_messages=CLOCK,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class ContractForm(AskForm):
    """Which vendor answers for which service, where and when."""

    vendor = forms.ChoiceField(label=_("업체"), error_messages=PICK)
    service = forms.ChoiceField(label=_("서비스"), error_messages=PICK)
    provider = note_field(limit=60, label=_("공급사 (비우면 모두)"))
    district = forms.ChoiceField(label=_("자치구"), error_messages=PICK)
    days = forms.ChoiceField(label=_("요일"), choices=DAYS, required=False, error_messages=PICK)
    opens = _clock(_("응하기 시작하는 시각"))
    closes = _clock(_("끝나는 시각 (같으면 하루 종일)"))
    valid_from = _day(_("시작하는 날"))

    def __init__(self, *args: Any, vendors: Any = (), districts: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pick = ("", _("골라 주세요"))
        services = [pair for pair in words.SERVICES.items() if pair[0]]
        for name, choices in (
            ("vendor", vendors),
            ("service", services),
            ("district", districts),
        ):
            field: Any = self.fields[name]
            field.choices = [pick, *choices]

    def clean(self) -> dict[str, Any]:
        """Return the numbers of who and where as numbers."""
        told = super().clean() or {}
        for name in ("vendor", "district"):
            if told.get(name):
                told[name] = int(told[name])
        return told


class ContractEndForm(AskForm):
    """Which line ends, and the first day on which it no longer holds."""

    contract = _number(_("계약"), least=1, most=2**31 - 1)
    until = _day(_("끝나는 날"))
