"""What is written down about a person and a home: address, numbers, health, services, a no."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import FILL, PICK, AskForm

from . import words
from .assess_forms import DAY
from .forms import note_field


def words_field(label: Any, *, limit: int, required: bool = True) -> forms.CharField:
    """Return a field for one line of text."""
    return forms.CharField(label=label, max_length=limit, required=required, error_messages=FILL)


def phone_field(label: Any, *, required: bool = True) -> forms.CharField:
    """Return a field for a telephone number."""
    shown = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=20, required=required, error_messages=FILL, widget=shown
    )


def service_field(label: Any, *, everything: Any = None) -> forms.ChoiceField:
    """Return a choice among the services; `everything` names the choice of none in particular."""
    first = [("", everything)] if everything else []
    return forms.ChoiceField(
        label=label,
        required=not everything,
        choices=[*first, *words.SERVICES.items()],
        error_messages={**PICK, "required": _("서비스를 골라 주세요.")},
    )


class AddressForm(AskForm):
    """Where somebody lives now."""

    address = words_field(_("도로명주소"), limit=120)
    unit = words_field(_("동·호수"), limit=60, required=False)
    postcode = words_field(_("우편번호"), limit=5, required=False)
    is_protected = forms.BooleanField(label=_("보호 주소 (응하는 사람만 봄)"), required=False)


class SendForm(AskForm):
    """Which dong a home is sent to."""

    into = forms.ChoiceField(
        label=_("넘겨받을 동"), error_messages={**PICK, "required": _("넘길 동을 골라 주세요.")}
    )
    reason = note_field(limit=200, required=True, label=_("까닭"))

    def __init__(self, *args: Any, dongs: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.code, f"{each.district} {each.name}") for each in dongs]
        self.fields["into"].choices = [("", _("고르기")), *choices]  # type: ignore[attr-defined]


class PhoneForm(AskForm):
    """The person's own number."""

    phone = phone_field(_("새 전화번호"), required=False)


class NumberForm(AskForm):
    """Whether a number is answered; no contact named: the person's own."""

    contact = forms.IntegerField(required=False)
    answers = forms.TypedChoiceField(
        choices=[("yes", _("통화됨")), ("no", _("결번"))],
        coerce=lambda told: told == "yes",
        error_messages=PICK,
    )


class ContactForm(AskForm):
    """One more person to ask."""

    name = words_field(_("이름"), limit=40)
    relation = words_field(_("관계"), limit=20)
    phone = phone_field(_("전화번호"))
    note = note_field(limit=120)


class WhichForm(AskForm):
    """Which line of a list is meant."""

    line = forms.IntegerField(error_messages={**PICK, "required": PICK["invalid_choice"]})


class HealthForm(AskForm):
    """Something about somebody's health, and who may read it."""

    text = words_field(_("건강 메모"), limit=300)
    audience = forms.ChoiceField(
        label=_("누가 볼 수 있나"),
        choices=list(words.AUDIENCES.items()),
        error_messages={**PICK, "required": _("누가 볼 수 있는지 골라 주세요.")},
    )


class EnrolForm(AskForm):
    """A service that takes part from now on."""

    service = service_field(_("서비스"))
    organisation = forms.IntegerField(
        label=_("전담기구"),
        required=False,
        widget=forms.Select,
        error_messages={"invalid": PICK["invalid_choice"]},
    )

    def __init__(self, *args: Any, agencies: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("없음")), *((each.id, each.name) for each in agencies)]
        self.fields["organisation"].widget.choices = choices


class EndForm(AskForm):
    """A service that no longer takes part, and why."""

    service = service_field(_("서비스"))
    why = note_field(limit=120, required=True, label=_("까닭"))


class RefuseHelpForm(AskForm):
    """A no, to one service or to all, and when to ask again."""

    service = service_field(_("무엇을"), everything=_("모든 도움"))
    reason = note_field(limit=200, required=True, label=_("까닭"))
    ask_again_on = forms.DateField(
        label=_("다시 여쭐 날"),
        required=False,
        error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class AgreeForm(AskForm):
    """That somebody changed their mind about a no."""

    service = service_field(_("무엇을"), everything=_("모든 도움"))
