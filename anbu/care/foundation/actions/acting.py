"""Telling the database who acts: its walls around people's tables read these settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from ..rules import Actor

SAY = (
    "SELECT set_config('anbu.actor', %s, false), set_config('anbu.role', %s, false),"
    " set_config('anbu.reach', %s, false), set_config('anbu.now', %s, false)"
)
ASK = (
    "SELECT coalesce(current_setting('anbu.actor', true), ''),"
    " coalesce(current_setting('anbu.role', true), ''),"
    " coalesce(current_setting('anbu.reach', true), ''),"
    " coalesce(current_setting('anbu.now', true), '')"
)


@dataclass(frozen=True)
class Said:
    """What one connection was told last."""

    actor: str = ""
    role: str = ""
    reach: str = settings.REACH
    now: str = ""


AT_FIRST = Said()  # what a connection is told when it is opened


# Whether this process, or this request, is held by the walls. Our machines are trusted with every
# home; what a person asks for at a desk never is, whichever process serves the desk.
_held: ContextVar[bool] = ContextVar("anbu_held", default=settings.REACH != "machine")


def act_as(actor: Actor, *, now: datetime | None = None) -> None:
    """Let this connection act for `actor` until told otherwise; costs nothing when it does so."""
    if not _held.get():
        return
    said = _said()
    if actor.is_machine and said and said.reach == str(actor.reach):
        return  # one machine is as good as the other: the walls ask only for the reach
    at = now.isoformat() if now else (said or _asked()).now
    told = Said(actor.name, actor.role, str(actor.reach), at)
    if said is None or told != said:
        _say(told)


@contextmanager
def acting(actor: Actor, *, now: datetime | None = None) -> Iterator[None]:
    """Act for `actor` inside, and for whom it was before afterwards."""
    before = (_said() or _asked()) if _held.get() else None
    act_as(actor, now=now)
    try:
        yield
    finally:
        if before is not None and not connection.needs_rollback:  # else the rollback unsays it
            _say(before)


def hold() -> None:
    """Let the walls hold from now on whatever this request asks, also in a trusted process."""
    _held.set(True)


def let_go() -> None:
    """End what `hold` began: the connection acts again for whom it was opened."""
    _held.set(settings.REACH != "machine")
    if connection.connection is not None and _said() != AT_FIRST:
        _say(AT_FIRST)


def begin_anew(connection: Any, **_more: Any) -> None:
    """Forget whom a connection out of the pool acted for: the one before was somebody else."""
    wire = connection.connection
    if getattr(wire, "anbu_unsure", False) or getattr(wire, "anbu_said", AT_FIRST) != AT_FIRST:
        wire.execute(SAY, _values(AT_FIRST))
        wire.anbu_said, wire.anbu_unsure = AT_FIRST, False


def _said() -> Said | None:
    """Return what the connection was told for certain; None: a rollback may have undone it."""
    connection.ensure_connection()
    wire = connection.connection
    if getattr(wire, "anbu_unsure", False):
        return None
    return getattr(wire, "anbu_said", AT_FIRST)


def _asked() -> Said:
    return Said(*connection.connection.execute(ASK).fetchone())


def _say(told: Said) -> None:
    connection.ensure_connection()
    wire = connection.connection
    # Not through Django's cursor: who acts is no question to the tables.
    wire.execute(SAY, _values(told))
    wire.anbu_said = told
    # What is said inside a transaction is unsaid by a rollback, also one to a savepoint.
    wire.anbu_unsure = connection.in_atomic_block


def _values(told: Said) -> list[str]:
    return [told.actor, told.role, told.reach, told.now]
