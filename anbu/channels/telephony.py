"""Computer telephony: the city's exchange rings the officer's own telephone, then the other one.

The port is `Telephone`. As shipped it speaks the Asterisk REST Interface (ARI, Asterisk 12 and
later), which most Korean contact-centre exchanges that are built on Asterisk offer, too.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

import httpx

from anbu.channels import http
from anbu.channels.port import Answer, Refused, Sent

RINGS_S = 30  # so long the officer's own telephone rings
CONNECT_S, ANSWER_S = 2.0, 4.0  # somebody waits at a desk, and can dial by hand meanwhile
EXTENSION = re.compile(r"^[0-9]{2,8}$")  # 내선 번호
SCHEMES = {"ari": "http", "ari+tls": "https"}
PORTS = {"ari": 8088, "ari+tls": 8089}  # Asterisk's own
CONTEXT = "anbu"


class Telephone(Protocol):
    """An exchange: connects the telephone on somebody's desk with a number outside."""

    def dial(self, *, extension: str, number: str, key: str, at: datetime) -> Answer:
        """Ring the desk, then the number once the desk has lifted; the same key is one call."""


@dataclass(frozen=True)
class Exchange:
    """Where an exchange is, and as whom we speak to it."""

    url: str
    user: str
    password: str = field(repr=False)
    context: str = CONTEXT  # of its dial plan, which says which numbers we may call

    @classmethod
    def read(cls, url: str) -> Self:
        """Read the address; refuse what cannot be one."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname or not parts.username:
            raise ValueError("ari://user:password@host:8088/context")
        port = parts.port or PORTS[parts.scheme]
        return cls(
            url=f"{SCHEMES[parts.scheme]}://{parts.hostname}:{port}",
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            context=parts.path.strip("/") or CONTEXT,
        )


class Ari:
    """Asks Asterisk for one call at a time; its dial plan goes on from the officer's telephone.

    Used with `with`: nothing is open before.
    """

    def __init__(self, *, exchange: Exchange, client: httpx.Client | None = None) -> None:
        self._exchange = exchange
        self._given = client

    def __enter__(self) -> Self:
        patience = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self._client = self._given or httpx.Client(timeout=patience, trust_env=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def dial(self, *, extension: str, number: str, key: str, at: datetime) -> Answer:
        """Ring the desk, then the number once the desk has lifted; the same key is one call."""
        wanted = plain_number(number)
        if not EXTENSION.fullmatch(extension) or not wanted:
            return Refused("내선이나 전화번호가 맞지 않음")
        call = {
            "endpoint": f"PJSIP/{extension}",
            "extension": wanted,
            "context": self._exchange.context,
            "priority": 1,
            "callerId": wanted,  # what the officer reads on the own telephone
            "timeout": RINGS_S,
            "channelId": key,
        }
        who = (self._exchange.user, self._exchange.password)
        try:
            answer = self._client.post(f"{self._exchange.url}/ari/channels", json=call, auth=who)
        except httpx.HTTPError as error:
            return http.not_reached(error)
        # 409: a call of this name is there already, so it was asked for before
        if answer.is_success or answer.status_code == httpx.codes.CONFLICT:
            return Sent(key)
        return http.read_trouble(answer, at=at)


def plain_number(number: str) -> str:
    """Return the digits of a telephone number, with the + of a foreign one; "" where none is."""
    digits = re.sub(r"[^0-9]", "", number)
    return ("+" if number.strip().startswith("+") else "") + digits if digits else ""
