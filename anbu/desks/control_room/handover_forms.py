"""What is typed on the board of hand-overs."""

from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import REQUEST_LENGTH

from ..asking import AskForm
from .forms import need_field, note_field


class ReadBackForm(AskForm):
    """What the receiver will do, in the receiver's own words."""

    read_back = note_field(limit=REQUEST_LENGTH, required=True, label=_("되읽기"))


class RefuseHandoverForm(AskForm):
    """Why it is not taken over."""

    reason = note_field(limit=REQUEST_LENGTH, required=True, label=_("받지 않는 까닭"))


class RequestForm(AskForm):
    """What is asked of the other side."""

    request = note_field(limit=REQUEST_LENGTH, required=True, label=_("부탁"))


class AfterForm(RequestForm):
    """What is asked of the dong office about a signal that has ended."""

    need = need_field()
