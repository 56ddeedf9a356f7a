"""What the clock calls, again and again, and what the outbox sends."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from random import uniform
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from anbu.care.foundation.queries import now as present
from anbu.channels.gateway import Gateway

from . import actions
from .actions.messages import MOST_TRIES
from .actions.outbox import SEND

log = structlog.get_logger()

FIRST_WAIT_S = 2.0
FOLLOWING = 3.0  # each wait is three times the last, give or take half


def raise_sos(now: datetime) -> bool:
    """Raise what was cried out; always first."""
    return _patiently(actions.raise_next_sos, now)


def raise_silence(now: datetime) -> bool:
    """Judge the homes that are due: silence, blindness, sight and signs that came back."""
    return _patiently(actions.raise_next_silence, now)


def raise_groups(now: datetime) -> bool:
    """Give common causes a signal and an owner; end what is over."""
    return _patiently(actions.raise_next_groups, now)


def advance_overdue(now: datetime) -> bool:
    """Climb the ladders nobody climbed in time."""
    return _patiently(actions.advance_next_overdue, now)


def unshelve(now: datetime) -> bool:
    """Bring back what was put off."""
    return _patiently(actions.unshelve_next, now)


def release_absent(now: datetime) -> bool:
    """Give back what is owned by people who went home."""
    return _patiently(actions.release_next_absent, now)


def ask_again(now: datetime) -> bool:
    """Ask a second time where a machine's question has no answer yet."""
    return _patiently(actions.ask_next_again, now)


def ask_returns(now: datetime) -> bool:
    """Ask who is back from an absence, and end the questions a life sign has answered."""
    asked = _patiently(actions.ask_next_returns, now)
    return _patiently(actions.end_next_returns, now) or asked


def expire_messages(now: datetime) -> bool:
    """Give up on messages that came to nothing in time."""
    return _patiently(actions.expire_next_messages, now)


def lay_out_numbers(now: datetime) -> bool:
    """Have the numbers of the coming days ready."""
    return _patiently(actions.open_number_days, now)


# In this order, each until it says that nothing is left; a cry goes before everything.
SWEEPS: tuple[Callable[[datetime], bool], ...] = (
    raise_sos,
    lay_out_numbers,
    raise_groups,
    raise_silence,
    ask_returns,
    ask_again,
    advance_overdue,
    unshelve,
    release_absent,
    expire_messages,
)


class TryAgain(Exception):
    """The gateway could not take a message just now."""


class WithJitter(BaseRetryStrategy):
    """Wait 2, 6, 18, 54 s, give or take half: real seconds, also in a rehearsal."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again; a message that is given up is settled by the sweep."""
        if job.attempts >= MOST_TRIES:
            return None
        wait = FIRST_WAIT_S * FOLLOWING**job.attempts * uniform(0.5, 1.5)
        return RetryDecision(retry_in={"seconds": int(wait)})


@app.task(name=SEND, queue="messages", retry=WithJitter())
def send(message_id: str) -> None:
    """Send one message of the outbox."""
    if not deliver(message_id=UUID(message_id), now=present()):
        raise TryAgain(message_id)


def deliver(*, message_id: UUID, now: datetime) -> bool:
    """Hand one message to the gateway of the settings, if there is one."""
    urls = {"sms": settings.GATEWAY_URL, "voice": settings.CALL_BOT_URL}
    with ExitStack() as stack:
        ports = {
            kind: stack.enter_context(
                Gateway(
                    url=url,
                    secret=settings.GATEWAY_SECRET,
                    receipts=settings.RECEIPTS_URL,
                    kind=kind,
                )
            )
            for kind, url in urls.items()
            if url
        }
        return actions.deliver(message_id=message_id, ports=ports, now=now)


def _patiently(step: Callable[..., bool], now: datetime) -> bool:
    try:
        return step(now=now)
    except OperationalError as error:
        # A deadlock or a lock held too long: the row is still due, the next sweep has it.
        log.warning("sweep_step_postponed", step=step.__name__, error=str(error).split("\n")[0])
        return False
