"""By what a person is reached: the one interface of every outgoing channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Sent:
    """The gateway has taken it."""


@dataclass(frozen=True)
class Retry:
    """Nobody knows whether it arrived; the same key makes asking again safe."""

    detail: str


@dataclass(frozen=True)
class Refused:
    """The gateway will not take it, now or later."""

    detail: str


Answer = Sent | Retry | Refused


class Port(Protocol):
    """A text message, a call-bot, whatever comes: hands over one text and says what came of it.

    The same `key` twice is one message.
    """

    def send(self, *, key: str, to: str, text: str, at: datetime) -> Answer: ...
