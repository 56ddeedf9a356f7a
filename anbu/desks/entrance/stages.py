"""The one stage of signing in beyond the password."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from . import second


class AskSecondFactor(AuthenticateStage):
    """Ask for the second factor, unless the city's directory has asked for its own."""

    def _should_handle(self, request: HttpRequest) -> bool:
        whose, _colon, kind = str(request.session.get(second.MARK, "")).partition(":")
        if kind == "directory" and self.login.user and whose == str(self.login.user.pk):
            return False
        return bool(super()._should_handle(request))
