"""By what a person is reached: the one interface of every outgoing channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Sent:
    """The provider has taken it; `ref` is what the provider calls it, when it says so."""

    ref: str = ""


@dataclass(frozen=True)
class Retry:
    """Nobody knows whether it arrived; the same key makes asking again safe."""

    detail: str
    after_s: float = 0.0  # how long the provider asks us to wait; 0: it did not say


@dataclass(frozen=True)
class Refused:
    """The provider will not take it, now or later."""

    detail: str


Answer = Sent | Retry | Refused


def _forget(ref: str) -> None:
    """Keep nothing: for letters that are tried once."""


@dataclass(frozen=True, kw_only=True)
class Letter:  # 편지: 한 발송처에 건네는 문자 하나
    """One message as it is handed to one provider. The same `key` twice is one message."""

    key: str
    to: str  # a telephone number, a mail address, a subscription
    text: str
    kind: str = "sms"  # sms | lms | ata (알림톡) | voice | mail | push
    subject: str = ""  # of an LMS or a mail
    code: str = ""  # what the provider calls the template of an 알림톡
    words: Mapping[str, str] = field(default_factory=dict)  # what stands in its placeholders
    ref: str = ""  # what the provider called it at an earlier try
    remember: Callable[[str], None] = _forget  # keeps such a name before anything is sent


class Port(Protocol):
    """A text message, a call-bot, a mail: hands over one letter and says what came of it."""

    def send(self, letter: Letter, *, at: datetime) -> Answer: ...


@dataclass(frozen=True)
class Fate:
    """What became of a letter that a provider took."""

    status: str  # delivered | failed
    detail: str = ""


@runtime_checkable
class Teller(Protocol):
    """A provider that sends no receipts: it is asked, by the name it gave a letter."""

    def ask(self, ref: str, *, at: datetime) -> Fate | None: ...
