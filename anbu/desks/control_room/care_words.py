"""How the desk says what came of asking a colleague."""

from django.utils.translation import gettext_lazy as _

STATES = {"asked": _("물어볼 일"), "spoken": _("이야기함"), "declined": _("원하지 않음")}
