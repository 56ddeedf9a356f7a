"""What somebody writes before a page opens: why, and whom they mean."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import AskForm

from .forms import note_field

WHY: Any = _("왜 여시나요")


class ReasonForm(AskForm):
    """Why a page of the own area is opened without a task."""

    reason = note_field(required=True, label=WHY)
    tab = forms.SlugField(required=False, max_length=20, widget=forms.HiddenInput)


class PrintForm(AskForm):
    """Why something is put on paper."""

    reason = note_field(required=True, label=_("왜 인쇄하나요"))
    with_door = forms.BooleanField(required=False, label=_("들어가는 법도 (화면에서 열어 본 것)"))


class GlassForm(AskForm):
    """Why the glass of a home is broken."""

    reason = note_field(required=True, label=WHY)


class GlassFindForm(AskForm):
    """Whom somebody means who lives beyond their area."""

    name = note_field(limit=40, required=True, label=_("이름 (그대로)"))
    where = note_field(limit=60, required=True, label=_("전화번호 뒷자리, 또는 도로 이름"))
    reason = note_field(required=True, label=WHY)
