"""What the officer fills in about the door."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..asking import LONG, PICK, AskForm
from . import field_words
from .forms import note_field

CLOCK = {
    "required": _("시각을 적어 주세요."),
    "invalid": _("시각을 23:05처럼 적어 주세요."),
}


def clock_field(label: Any, *, required: bool = False) -> forms.TimeField:
    """Return a field for a time of the clock in Seoul; the latest one is meant."""
    return forms.TimeField(
        label=label, required=required, input_formats=["%H:%M"], error_messages=CLOCK
    )


def told_field(label: Any, *, limit: int) -> forms.CharField:
    """Return a field for a few words that may be left out."""
    return forms.CharField(label=label, required=False, max_length=limit, error_messages=LONG)


class SendForm(AskForm):
    """Whom to send. With a name they get a link; without one they report by telephone."""

    note = note_field()
    name = told_field(_("가는 사람"), limit=40)
    kind = forms.ChoiceField(
        label=_("어디 사람"),
        required=False,
        choices=list(field_words.AGENTS.items()),
        error_messages=PICK,
    )
    phone = told_field(_("그 사람 전화"), limit=20)
    call_back = told_field(_("현장에서 걸 번호"), limit=20)

    def says_who(self) -> bool:
        """Return whether somebody is named; the number to call back stands there by itself."""
        return any(self.cleaned_data[each] for each in ("name", "kind", "phone"))


class VisitForm(AskForm):
    """What somebody at the door says on the telephone."""

    arrived = clock_field(_("도착한 때"))
    finding = forms.ChoiceField(
        label=_("현장 결과"),
        required=False,
        choices=list(field_words.FINDINGS.items()),
        error_messages=PICK,
    )
    note = note_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for sign, label in field_words.SIGNS.items():
            self.fields[sign] = forms.ChoiceField(
                label=label,
                required=False,
                choices=list(field_words.SEEN.items()),
                error_messages=PICK,
            )

    def signs(self) -> dict[str, str]:
        """Return what was seen."""
        told = self.cleaned_data
        return {sign: told[sign] for sign in field_words.SIGNS if told.get(sign)}


class JointForm(AskForm):
    """When 119 or 112 was told, and when they came."""

    service = forms.ChoiceField(
        label=_("어디"), choices=[("119", "119"), ("112", "112")], error_messages=PICK
    )
    called = clock_field(_("신고한 때"), required=True)
    arrived = clock_field(_("도착한 때"))
    who = told_field(_("누가 왔나"), limit=80)


class EntryForm(AskForm):
    """Why a door is opened, who decided it, who stands there."""

    grounds = forms.MultipleChoiceField(
        label=_("근거"),
        choices=list(field_words.GROUNDS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**PICK, "required": _("문을 여는 근거를 하나는 골라 주세요.")},
    )
    evidence = forms.MultipleChoiceField(
        label=_("무엇을 보았나"),
        choices=list(field_words.EVIDENCE.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={**PICK, "required": _("무엇을 보았는지 하나는 골라 주세요.")},
    )
    seen = note_field(required=True, label=_("본 것을 한 줄로"))
    decided_by = note_field(limit=60, required=True, label=_("정한 사람 (이름과 소속)"))
    police = note_field(limit=80, required=True, label=_("온 경찰 (지구대, 몇 명)"))
    fire = note_field(limit=80, required=True, label=_("온 소방 (소방서, 몇 명)"))
    damage = told_field(_("부서진 것 (없으면 비움)"), limit=200)
    repair = told_field(_("누가 고치고 누가 내나 (모르면 비움)"), limit=200)
    sure = forms.BooleanField(
        label=_("적은 것이 맞고, 서명하면 고칠 수 없음을 압니다."),
        error_messages={"required": _("읽고 확인했는지 표시해 주세요.")},
    )


class EntryNoteForm(AskForm):
    """What is added to a signed decision."""

    text = note_field(required=True, label=_("덧붙일 말"))
