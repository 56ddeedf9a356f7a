"""Between the session and every desk: a first password, a second factor, an idle screen."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.deprecation import MiddlewareMixin

from anbu.care.staff.rules import GOES_ROUND

from . import second

AT_A_DESK_S = 10 * 60
ON_A_PHONE_S = 5 * 60
# A round is a day of short looks with calls and doors between. Its app locks itself after five
# minutes and asks for a number; what is told and cried from it needs the session: decision 0053.
ON_A_ROUND_S = 12 * 3600

# What somebody may open who has not finished coming in.
ANYBODY = frozenset({"account_logout", "language", "theme", "leave"})
FIRST_PASSWORD = ANYBODY | {"account_change_password"}
FIRST_FACTOR = FIRST_PASSWORD | {
    "second",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class Threshold(MiddlewareMixin):
    """Nobody reaches a desk on a first password or without a second factor."""

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send somebody back to what is still missing."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        request.idle_s = idle_s(request)  # type: ignore[attr-defined] # for the page
        user: Any = request.user
        match = request.resolver_match
        if not user.is_authenticated or match is None:
            return None
        if user.password_is_first and user.has_usable_password():
            missing, allowed = "account_change_password", FIRST_PASSWORD
        elif not (kind := second.shown(request)):
            missing, allowed = "second", FIRST_FACTOR
        else:
            request.second_kind = kind  # type: ignore[attr-defined] # for the start of work
            return None
        return None if match.url_name in allowed else _send(request, missing)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Count the idle time from here, if a person did this and not the page by itself."""
        session = getattr(request, "session", None)
        user: Any = getattr(request, "user", None)
        if session is None or user is None or not session.accessed or not is_by_hand(request):
            return response
        if user.is_authenticated and not session.is_empty():
            session.set_expiry(idle_s(request))
        return response


def is_by_hand(request: HttpRequest) -> bool:
    """Return whether a person did this: opened a page, sent a form, or says so (`/here`)."""
    if request.method != "GET":
        return True
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def idle_s(request: HttpRequest) -> int:
    """Return after how many seconds without a touch the session ends."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.role in GOES_ROUND:
        return ON_A_ROUND_S
    hint = request.headers.get("Sec-CH-UA-Mobile", "")
    on_a_phone = hint == "?1" or "Mobi" in request.headers.get("User-Agent", "")
    return ON_A_PHONE_S if on_a_phone else AT_A_DESK_S


def _send(request: HttpRequest, where: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=403)
        answer["HX-Redirect"] = resolve_url(where)
        return answer
    if not is_by_hand(request):
        return HttpResponse(status=403)
    return redirect(where)
