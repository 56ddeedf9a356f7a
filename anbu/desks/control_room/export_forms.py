"""What somebody fills in who asks for a file, or answers such a request."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.exports.rules import MAY_ASK, DataSet
from anbu.desks.asking import LONG, PICK, AskForm

from .export_words import DATA_SETS
from .forms import note_field

TIERS = [("", _("모두")), ("high", _("고위험")), ("mid", _("중위험")), ("low", _("저위험"))]


class ExportForm(AskForm):
    """What, of where, what for. Who may have counts only is offered nothing else."""

    data_set = forms.ChoiceField(label=_("무엇을"), error_messages=PICK)
    district = forms.ChoiceField(label=_("자치구"), required=False, error_messages=PICK)
    dong = forms.ChoiceField(label=_("행정동"), required=False, error_messages=PICK)
    tier = forms.ChoiceField(label=_("위험군"), required=False, choices=TIERS, error_messages=PICK)
    since = forms.DateField(
        label=_("언제부터 (신호 결과만)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("날짜를 골라 주세요.")},
    )
    until = forms.DateField(
        label=_("언제까지 (신호 결과만)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("날짜를 골라 주세요.")},
    )
    reason = forms.CharField(
        label=_("무엇에 쓰려고"),
        max_length=200,
        error_messages={"required": _("까닭을 적어 주세요."), **LONG},
    )

    def __init__(self, *args: Any, role: str = "", dongs: Iterable[Any] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        known = list(dongs)
        districts = sorted({(dong.code[:5], dong.district) for dong in known})
        fields: dict[str, Any] = self.fields
        fields["data_set"].choices = [
            (each.value, DATA_SETS[each]) for each in DataSet if role in MAY_ASK[each]
        ]
        fields["district"].choices = [("", _("모두")), *districts]
        fields["dong"].choices = [
            ("", _("모두")),
            *((dong.code, f"{dong.district} {dong.name}") for dong in known),
        ]

    def scope(self) -> dict[str, str]:
        """Return what was chosen, in the words of the rules."""
        chosen = ("district", "dong", "tier", "since", "until")
        return {name: str(self.cleaned_data[name]) for name in chosen if self.cleaned_data[name]}


class AnswerExportForm(AskForm):
    why = note_field(limit=200, label=_("까닭"))
