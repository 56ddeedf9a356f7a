"""What the clock calls, and what the outbox of notices sends."""

from datetime import datetime
from random import random
from uuid import UUID

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from anbu.care.foundation.queries import now as present

from . import actions, queries
from .actions.notices import NOTIFY
from .actions.ringing import RING

CRASHED_WAIT_S = 30.0  # an error of our own: the job must not go round in circles


class TryAgain(Exception):
    """Nobody could take a notice, or a ring, just now."""

    def __init__(self, which: str, wait_s: float) -> None:
        super().__init__(which)
        self.wait_s = wait_s


class WhenAsked(BaseRetryStrategy):
    """Wait as long as the rule says: real seconds, also in a rehearsal."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again; it ends when the notice is settled, at its expiry."""
        wait = exception.wait_s if isinstance(exception, TryAgain) else CRASHED_WAIT_S
        return RetryDecision(retry_in={"seconds": max(int(wait), 1)})


@app.task(name=NOTIFY, queue="messages", retry=WhenAsked())
def notify(notice_id: str) -> None:
    """Send one notice."""
    port = queries.push_port(notice=UUID(notice_id))
    if port is None:
        return  # Web Push was switched off: it expires
    with port:
        wait = actions.deliver_notice(
            notice_id=UUID(notice_id), port=port, now=present(), dice=random()
        )
    if wait is not None:
        raise TryAgain(notice_id, wait)


@app.task(name=RING, queue="messages", retry=WhenAsked())
def ring(ring_id: str) -> None:
    """Send one ring; it ends when the ring is settled, at its expiry."""
    with queries.ways() as ports:
        wait = actions.deliver_ring(
            ring_id=UUID(ring_id), ports=ports, now=present(), dice=random()
        )
    if wait is not None:
        raise TryAgain(ring_id, wait)


def ring_people(now: datetime) -> bool:
    """Tell colleagues what needs one of them, by their turns, until one has acknowledged."""
    return actions.ring_next(now=now)


def expire_notices(now: datetime) -> bool:
    """Give up on notices and rings that came to nothing in time."""
    rings = actions.expire_next_rings(now=now)
    return actions.expire_next_notices(now=now) or rings
