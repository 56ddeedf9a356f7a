"""What somebody at the door fills in: five looks, a note, and one of four results."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import LONG, PICK, AskForm

from .words import FINDINGS, SEEN, SIGNS


class ReportForm(AskForm):
    """Nothing is chosen beforehand: what nobody looked at is not said."""

    finding = forms.ChoiceField(
        label=_("결과"),
        choices=FINDINGS,
        error_messages={**PICK, "required": _("결과를 골라 주세요.")},
    )
    note = forms.CharField(label=_("메모"), max_length=300, required=False, error_messages=LONG)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for sign, label in SIGNS.items():
            self.fields[sign] = forms.ChoiceField(
                label=label, choices=SEEN, required=False, error_messages=PICK
            )

    def signs(self) -> dict[str, str]:
        """Return what was chosen."""
        return {sign: self.cleaned_data[sign] for sign in SIGNS if self.cleaned_data.get(sign)}
