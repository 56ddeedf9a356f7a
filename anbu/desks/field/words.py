"""What the page behind a link asks and says."""

from django.utils.translation import gettext_lazy as _

SIGNS = {
    "light": _("불빛"),
    "mail": _("쌓인 우편물"),
    "sound": _("안에서 나는 소리"),
    "neighbours": _("이웃이 요즘 봤다고 함"),
    "smell": _("냄새"),
}
SEEN = [
    ("yes", _("있어요")),
    ("no", _("없어요")),
    ("unknown", _("몰라요")),
]
FINDINGS = [
    ("met", _("만남 · 안전")),
    ("help", _("도움 필요")),
    ("no_answer", _("대답 없음")),
    ("no_entry", _("못 들어감")),
]
