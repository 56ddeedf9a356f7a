"""The ways that the settings open. Secrets stay in the settings; nothing here is written down."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from django.conf import settings

from anbu.channels.gateway import Gateway
from anbu.channels.mail import Mail
from anbu.channels.smpp import Line, Smpp
from anbu.channels.solapi import Solapi
from anbu.channels.telephony import Ari, Exchange
from anbu.channels.ways import Ways

type Opener = Callable[[], AbstractContextManager[Any]]


def ways() -> Ways:
    """Return every provider that is set, by name; each is opened when a letter takes it."""
    found: dict[str, Opener] = {}
    posts = {
        "gateway": (settings.GATEWAY_URL, settings.GATEWAY_SECRET),
        "gateway2": (settings.GATEWAY2_URL, settings.GATEWAY2_SECRET),
        "voice": (settings.CALL_BOT_URL, settings.GATEWAY_SECRET),
    }
    for name, (url, secret) in posts.items():
        if url:
            found[name] = partial(Gateway, url=url, secret=secret, receipts=settings.RECEIPTS_URL)
    if settings.SOLAPI_KEY:
        found["solapi"] = _solapi
        if settings.SOLAPI_KAKAO_CHANNEL:
            found["kakao"] = _solapi
    if settings.SMPP_URL:
        found["smpp"] = partial(Smpp, line=Line.read(settings.SMPP_URL), sender=settings.SENDER)
    if settings.MAIL_URL:
        found["mail"] = partial(Mail, url=settings.MAIL_URL, sender=settings.MAIL_FROM)
    return Ways(found)


def receipt_secrets() -> dict[str, tuple[str, ...]]:
    """Return the secrets with which receipts may be signed, and whose letters each tells of."""
    found: dict[str, tuple[str, ...]] = {}
    if settings.GATEWAY_SECRET:
        found[settings.GATEWAY_SECRET] = ("gateway", "voice")
    if settings.GATEWAY2_SECRET:
        mine = found.get(settings.GATEWAY2_SECRET, ())
        found[settings.GATEWAY2_SECRET] = (*mine, "gateway2")
    return found


def smpp_line() -> Line | None:
    """Return where the short message centre is, if one is set."""
    return Line.read(settings.SMPP_URL) if settings.SMPP_URL else None


def telephone() -> Ari | None:
    """Return the exchange that dials for an officer, if one is set; else `tel:` links must do."""
    return Ari(exchange=Exchange.read(settings.TELEPHONY_URL)) if settings.TELEPHONY_URL else None


def _solapi() -> Solapi:
    return Solapi(
        key=settings.SOLAPI_KEY,
        secret=settings.SOLAPI_SECRET,
        sender=settings.SENDER,
        channel=settings.SOLAPI_KAKAO_CHANNEL,
        address=settings.SOLAPI_URL,
    )
