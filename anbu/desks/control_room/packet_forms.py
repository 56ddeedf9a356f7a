"""What is filled in before something is given to 119 or 112."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import RECIPIENT_LENGTH, URGENT_LENGTH
from anbu.desks.asking import FILL, LONG, PICK, AskForm

from . import packet_tables


class PacketForm(AskForm):
    """To whom, by which way, and where they call back."""

    to = forms.ChoiceField(
        label=_("받는 곳"), choices=list(packet_tables.TOS.items()), error_messages=PICK
    )
    office = forms.CharField(
        label=_("어느 상황실·서"), max_length=RECIPIENT_LENGTH, error_messages=FILL
    )
    person = forms.CharField(
        label=_("받는 사람이나 접수 번호"), max_length=RECIPIENT_LENGTH, error_messages=FILL
    )
    way = forms.ChoiceField(
        label=_("전하는 길"), choices=list(packet_tables.WAYS.items()), error_messages=PICK
    )
    reply_to = forms.CharField(label=_("회신 전화"), max_length=20, error_messages=FILL)
    urgent = forms.CharField(
        label=_("급한 까닭"), max_length=URGENT_LENGTH, required=False, error_messages=LONG
    )
