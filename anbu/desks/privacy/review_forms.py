"""What a reviewer fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import FILL, PICK, AskForm

from .words import VERDICTS


def line_field(label: Any, *, limit: int = 300) -> forms.CharField:
    """Return a field for a few words."""
    return forms.CharField(label=label, max_length=limit, error_messages=FILL)


class VerdictForm(AskForm):
    """What an odd look, or a reason, was."""

    verdict = forms.ChoiceField(
        label=_("판단"), choices=list(VERDICTS.items()), error_messages=PICK
    )
    note = line_field(_("까닭"))


class CloseForm(AskForm):
    """What is signed at the end of a month."""

    note = line_field(_("점검 의견"))


class BaitForm(AskForm):
    """A made-up person whom nobody has any business with."""

    name = line_field(_("지어낸 이름"), limit=40)
    birth_year = forms.IntegerField(label=_("태어난 해"), min_value=1900, max_value=2020)
    sex = forms.ChoiceField(label=_("성별"), choices=[("f", _("여")), ("m", _("남"))])
    dong = forms.RegexField(r"^\d{10}$", label=_("행정동 코드 (10자리)"))
    address = line_field(_("지어낸 도로명주소"), limit=120)
