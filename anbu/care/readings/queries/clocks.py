"""What the silence clocks have to tell the alarms above."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anbu.kernel.signs import BY_CODE

from ..models import Watch
from ..rules import moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Silent:
    """A home whose silence has become too long."""

    household: UUID
    due_at: datetime
    last_sign_at: datetime | None
    last_channel: str  # label of the channel of the last sign
    quiet: tuple[str, ...]  # labels of the channels that are well and agree
    unseen: tuple[str, ...]  # labels of the channels that cannot see at present
    learned: dict[str, Any] | None = None  # facts of the learned rule; None: the fixed one
    held: dict[str, Any] | None = None  # which common cause held it until now


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A home whose silence is unusual: a machine may ask softly, if it asked seldom of late."""

    silent: Silent
    contacts: int  # soft contacts that are allowed in 30 days


@dataclass(frozen=True, kw_only=True, slots=True)
class Blind:
    """A home that can no longer be seen."""

    household: UUID
    since: datetime
    cause: str  # device | feed: this home's alone, or the whole provider's
    provider: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenAgain:
    household: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SignAgain:
    household: UUID
    at: datetime
    channel: str  # label


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """The last life sign of a home."""

    at: datetime
    channel: str  # label


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What one look at some clocks found; `looked` = 0 means that no clock was due."""

    looked: int
    silent: tuple[Silent, ...] = ()
    asked: tuple[Asked, ...] = ()
    blind: tuple[Blind, ...] = ()
    seen_again: tuple[SeenAgain, ...] = ()
    sign_again: tuple[SignAgain, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cry:
    """A spoken cry for help that no alarm answers yet."""

    household: UUID
    said_at: datetime
    words: str
    device: str


def heard_since(*, since: Mapping[UUID, datetime]) -> dict[UUID, Heard]:
    """Return the last life sign of each home that gave one after its moment; for the machine."""
    rows = Watch.objects.filter(household__in=list(since), last_sign__isnull=False)
    found = {}
    for home, last, channel in rows.values_list("household_id", "last_sign", "last_channel"):
        if last is not None and last > since[home].timestamp():
            label = BY_CODE[channel].label if channel else ""
            found[home] = Heard(at=moment(last), channel=label)
    return found
