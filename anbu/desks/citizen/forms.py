"""What a citizen fills in. None takes, or repeats, a resident number."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import FILL, PICK, AskForm

from .words import ASKED, WHAT


class PlainForm(AskForm):
    """Says it plainly."""

    NO_NUMBER = _("주민등록번호는 적지 마세요. 지우고 다시 적어 주세요.")


class CorrectForm(PlainForm):
    what = forms.ChoiceField(
        label=_("무엇이 틀렸나요?"), choices=list(WHAT.items()), error_messages=PICK
    )
    words = forms.CharField(
        label=_("어떻게 고칠까요?"), max_length=300, widget=forms.Textarea, error_messages=FILL
    )


class WishForm(PlainForm):
    asks = forms.ChoiceField(
        label=_("무엇을 원하세요?"), choices=list(ASKED.items()), error_messages=PICK
    )
    words = forms.CharField(
        label=_("하고 싶은 말"), max_length=300, widget=forms.Textarea, error_messages=FILL
    )


class PracticeForm(PlainForm):
    """Who somebody plays in a rehearsal."""

    name = forms.CharField(label=_("이름"), max_length=40, error_messages=FILL)
    born = forms.DateField(
        label=_("태어난 날"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("날짜를 골라 주세요."), "invalid": _("날짜를 골라 주세요.")},
    )
    phone = forms.CharField(label=_("전화번호"), max_length=20, error_messages=FILL)
