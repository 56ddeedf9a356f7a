"""Whether a session has shown a second factor: what the library says when it sees one."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

MARK = "anbu-second-factor"  # in the session: "<staff id>:<kind>"


def listen() -> None:
    """Mark a session whose owner has shown a second factor."""
    signals.authenticator_used.connect(_seen, dispatch_uid="anbu.entrance.used")


def mark(request: HttpRequest, user: Any, kind: str) -> None:
    """Write down in the session that this person has shown a second factor of this kind."""
    request.session[MARK] = f"{user.pk}:{kind}"


def shown(request: HttpRequest) -> str:
    """Return the kind of second factor the reader has shown in this session, or nothing."""
    whose, _colon, kind = str(request.session.get(MARK, "")).partition(":")
    return kind if whose and whose == str(request.user.pk) else ""


def has_one(user: Any) -> bool:
    """Return whether this person has enrolled a second factor."""
    kinds = settings.MFA_SUPPORTED_TYPES
    return bool(Authenticator.objects.filter(user=user, type__in=kinds).exists())


def _seen(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any
) -> None:
    mark(request, user, str(authenticator.type))
