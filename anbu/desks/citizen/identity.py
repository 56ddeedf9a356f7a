"""By what a citizen proves who they are here, and what is remembered on the way there and back."""

import json
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from anbu.channels.identity.double import Double
from anbu.channels.identity.oidc import OpenId
from anbu.channels.identity.port import Errand, Port

ERRAND = settings.SESSION_COOKIE_NAME + "-errand"
SITTING = settings.SESSION_COOKIE_NAME + "-me"  # nothing to do with the session of staff
ERRAND_S = 600  # so long somebody may be away at the service
PATH = "/me"
SALT = "anbu.citizen.errand"


def port() -> Port | None:
    """Return the service of the settings; None: there is none here."""
    if settings.IDENTITY == "oidc":
        return OpenId(
            url=settings.IDENTITY_URL,
            client_id=settings.IDENTITY_CLIENT_ID,
            secret=settings.IDENTITY_CLIENT_SECRET,
        )
    return double() if settings.IDENTITY == "double" else None


def double() -> Double:
    """Return the stand-in; outside of a rehearsal it does not start."""
    return Double(
        page=reverse("me_practice"), key=settings.SECRET_KEY, rehearsal=settings.REHEARSAL
    )


def way_back(request: HttpRequest) -> str:
    """Return the address to which the service sends somebody back."""
    return request.build_absolute_uri(reverse("me_back"))


def remember(answer: HttpResponse, errand: Errand) -> None:
    """Let the browser carry the errand, signed, and nobody else."""
    told = {"state": errand.state, "nonce": errand.nonce, "verifier": errand.verifier}
    _set(answer, ERRAND, signing.dumps(json.dumps(told), salt=SALT), max_age=ERRAND_S)


def remembered(request: HttpRequest) -> Errand | None:
    """Return the errand this browser was sent on, if it is not too long ago."""
    try:
        told = signing.loads(request.COOKIES.get(ERRAND, ""), salt=SALT, max_age=ERRAND_S)
    except signing.BadSignature:
        return None
    return Errand(**json.loads(told))


def sit(answer: HttpResponse, token: str) -> None:
    """Let the browser sit before the own record; the errand is over."""
    _set(answer, SITTING, token)
    forget(answer, ERRAND)


def forget(answer: HttpResponse, name: str) -> None:
    """Take something back from the browser."""
    answer.delete_cookie(name, path=PATH, samesite="Lax")


def _set(answer: HttpResponse, name: str, value: str, **more: Any) -> None:
    answer.set_cookie(
        name,
        value,
        path=PATH,
        httponly=True,
        samesite="Lax",  # the service sends somebody back from its own address
        secure=bool(settings.SESSION_COOKIE_SECURE),
        **more,
    )
