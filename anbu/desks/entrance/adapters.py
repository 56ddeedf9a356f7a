"""What Anbu decides where the library asks: nobody signs up, wrong tries shut the door."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from anbu.care.foundation.actions import seal, source, unseal
from anbu.care.foundation.queries import now
from anbu.care.staff import actions, queries
from anbu.care.staff.rules import TooManyTries

from . import second

APPS = "second factor"  # what is sealed: the secrets of code apps


def count_try(login: str, kind: str) -> None:
    """Count a try, or refuse it in words when there were too many."""
    try:
        actions.begin_attempt(login=login, address=source.get(), kind=kind, now=now())
    except TooManyTries as shut:
        minutes = max(1, round((shut.until - now()).total_seconds() / 60))
        said = _("여러 번 틀려서 잠시 잠겼습니다. %(n)s분 뒤에 다시 해 주세요.") % {"n": minutes}
        raise ValidationError(said, code="too_many_tries") from None


class Account(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody takes themselves on."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return from where somebody asks."""
        return source.get()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at."""
        count_try(credentials.get("username", ""), "password")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Look the pair up; say the same whether the name or the password was wrong."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            actions.forgive(login=user.login, kind="password")
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing: the library's own count is not used."""

    def validation_error(self, code: str, *args: Any, **kwargs: Any) -> ValidationError:
        """Say it in our own words where we have them."""
        said = {
            "username_password_mismatch": _("아이디나 비밀번호가 맞지 않습니다. 다시 적어 주세요."),
            "incorrect_password": _("비밀번호가 맞지 않습니다."),
            "enter_current_password": _("지금 쓰는 비밀번호가 맞지 않습니다."),
        }.get(code)
        if said:
            return ValidationError(said, code=code)
        error: ValidationError = super().validation_error(code, *args, **kwargs)
        return error

    def login(self, request: HttpRequest, user: Any) -> None:
        """Let somebody in, and write it down."""
        super().login(request, user)
        how = second.shown(request) or "password"
        actions.forgive(login=user.login, kind="code")
        actions.note_coming(staff=user, how=how, now=now())

    def get_login_stages(self) -> list[str]:
        """Return what comes after the password: the second factor, and nothing else."""
        return ["anbu.desks.entrance.stages.AskSecondFactor"]

    def is_reauthentication_required(self, app: str = "") -> bool:
        """Ask again before a second factor changes, but not while the first one is enrolled."""
        user = context.request.user
        return bool(user.is_authenticated and second.has_one(user))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Go to where this role begins."""
        return resolve_url("start")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on where the first password held one up."""
        return resolve_url("start")

    def set_password(self, user: Any, password: str) -> None:
        """Put one's own password in the place of the first one."""
        actions.choose_password(staff=user, password=password, now=now())
        user.refresh_from_db()

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing twice: each page says itself what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send no mail: staff have no address here; the traces tell."""


class SecondFactor(DefaultMFAAdapter):
    def validation_error(self, code: str, *args: Any, **kwargs: Any) -> ValidationError:
        """Say it in our own words where we have them."""
        if code == "incorrect_code":
            return ValidationError(
                _("인증번호가 맞지 않습니다. 새 번호로 다시 해 주세요."), code=code
            )
        error: ValidationError = super().validation_error(code, *args, **kwargs)
        return error

    def encrypt(self, text: str) -> str:
        """Return a secret as the database may hold it."""
        return seal(text, what=APPS)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was."""
        return unseal(encrypted_text, what=APPS)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the last second factor: without one nobody works here."""
        kinds = settings.MFA_SUPPORTED_TYPES
        mine = type(authenticator).objects.filter(user=authenticator.user, type__in=kinds)
        return bool(mine.exclude(pk=authenticator.pk).exists())

    def _get_site_name(self) -> str:
        return "안부 Anbu"

    def get_totp_issuer(self) -> str:
        """Return what a code app shows above the number."""
        return "Anbu"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Return a name for a new key, unless one is typed."""
        return _("내 보안 열쇠")


class Directory(DefaultSocialAccountAdapter):
    """A city's own directory says who somebody is; what they may do is still said here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody is taken on by a directory."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account the directory speaks of; one that is not here does not come in."""
        if not sociallogin.is_existing:
            told = sociallogin.account.extra_data
            claims = {**(told.get("id_token") or {}), **(told.get("userinfo") or {})} or told
            person = queries.find_staff(str(claims.get(settings.OIDC_LOGIN_CLAIM, "")))
            if person is None or not person.is_active:
                raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
            sociallogin.connect(request, person)
        if settings.OIDC_SECOND_FACTOR:
            second.mark(request, sociallogin.user, "directory")

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Show our own page, without what the directory said."""
        raise ImmediateHttpResponse(_plain_error())


def _plain_error() -> HttpResponse:
    return redirect("socialaccount_login_error")


def name_of(user: Any) -> str:
    """Return how a key or an app calls the account's owner."""
    return str(user.name)
