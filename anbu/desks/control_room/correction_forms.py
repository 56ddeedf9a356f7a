"""How a request to put something right is answered, and what is called what."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import FILL, PICK, AskForm

WHAT = {
    "name": _("이름"),
    "birth": _("태어난 해와 날"),
    "address": _("주소"),
    "phone": _("전화번호"),
    "contacts": _("연락할 사람"),
    "health": _("건강"),
    "other": _("다른 것"),
}
REPLIES = [("corrected", _("고쳤음")), ("refused", _("고치지 않음"))]


class AnswerCorrectionForm(AskForm):
    reply = forms.ChoiceField(label=_("답"), choices=REPLIES, error_messages=PICK)
    words = forms.CharField(
        label=_("본인에게 할 말"),
        max_length=300,
        error_messages=FILL,
    )
