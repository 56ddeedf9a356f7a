"""What can be decided for one person: how a machine may ask, how long it waits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import NUMBER, PICK, AskForm

from .forms import note_field, when_field

HOURS = {**NUMBER, "required": _("몇 시간인지 적어 주세요.")}


def hour_field(label: Any, *, last: int) -> forms.IntegerField:
    """Return a field for an hour of Seoul's day; nothing said: as the policy has it."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=last,
        error_messages=NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class AskingForm(AskForm):
    """How a person wishes to be asked by a machine."""

    quiet_from = hour_field(_("묻지 않는 시간 — 시작 (시)"), last=24)
    quiet_until = hour_field(_("묻지 않는 시간 — 끝 (시)"), last=24)
    ask_by = forms.ChoiceField(
        label=_("먼저 묻는 방법"),
        required=False,
        choices=[("", _("기준대로")), ("sms", _("문자")), ("voice", _("자동 전화"))],
        error_messages=PICK,
    )
    ask_hour = hour_field(_("급하지 않은 것을 묻는 시각 (시)"), last=23)


class PatienceForm(AskForm):
    """How long one home may be still."""

    hours = forms.IntegerField(
        label=_("기다리는 시간 (24–50시간)"), min_value=24, max_value=50, error_messages=HOURS
    )
    valid_from = when_field(_("언제부터"), required=False)  # nothing said: now
    reason = note_field(limit=200, required=True, label=_("까닭"))
