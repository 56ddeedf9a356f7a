"""What the clock calls, again and again, and what the outbox sends."""

from collections.abc import Callable
from datetime import datetime
from random import random
from uuid import UUID

import structlog
from django.db import OperationalError
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from anbu.care.effects import jobs as telling
from anbu.care.effects import queries as effects
from anbu.care.foundation.queries import now as present
from anbu.channels.port import Fate

from . import actions
from .actions.outbox import SEND
from .actions.texting import SEND_LINK
from .rules import NotAllowed

log = structlog.get_logger()

CRASHED_WAIT_S = 30.0  # an error of our own: the job must not go round in circles


def raise_sos(now: datetime) -> bool:
    """Raise what was cried out; always first."""
    return _patiently(actions.raise_next_sos, now)


def raise_silence(now: datetime) -> bool:
    """Judge the homes that are due: silence, blindness, sight and signs that came back."""
    return _patiently(actions.raise_next_silence, now)


def judge_silence(now: datetime) -> bool:
    """Judge the homes that are due, and keep the ledger of times in which nobody did."""
    try:
        actions.notice_standstill(now=now)
        more = actions.raise_next_silence(now=now)
        if not more:
            actions.all_judged(now=now)
    except OperationalError as error:
        log.warning("sweep_step_postponed", step="judge", error=str(error).split("\n")[0])
        return False
    return more


def raise_doubts(now: datetime) -> bool:
    """List who has been unseen too long."""
    return _patiently(actions.raise_next_doubts, now)


def count_city(now: datetime) -> bool:
    """Count the homes of the whole city, for the figures of the pages."""
    return _patiently(actions.count_city, now)


def look_at_feeds(now: datetime) -> bool:
    """See how fresh each provider's readings are, for the figures of the pages."""
    return _patiently(actions.look_at_feeds, now)


def let_go(now: datetime) -> bool:
    """Do what was chosen about what the mass brake holds, or go on by itself."""
    return _patiently(actions.let_go_next, now)


def brake_for_step(*, parted_s: float) -> None:
    """Close the mass brake because the city's clock jumped."""
    actions.brake_for_step(parted_s=parted_s, now=present())


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
    """Give back what is owned by people who went home, and what a vendor may not keep."""
    gone = _patiently(actions.release_next_absent, now)
    return _patiently(actions.release_next_from_vendors, now) or gone


def hand_over(now: datetime) -> bool:
    """Put on the board what passes on with duty, and up what nobody has accepted."""
    filled = _patiently(actions.fill_next_board, now)
    return _patiently(actions.raise_next_waiting, now) or filled


def look_after_calls(now: datetime) -> bool:
    """Give back calls that nobody acted on in time, or whose owner went home."""
    return _patiently(actions.look_after_calls, now)


def hand_on_care(now: datetime) -> bool:
    """Ask the next supervisor to look after colleagues whom nobody has asked yet."""
    return _patiently(actions.hand_on_next_care, now)


def hand_on_look_backs(now: datetime) -> bool:
    """Find another supervisor for looks back that nobody answers for any more."""
    return _patiently(actions.hand_on_look_backs, now)


def ask_again(now: datetime) -> bool:
    """Ask a second time where a machine's question has no answer yet."""
    return _patiently(actions.ask_next_again, now)


def ask_returns(now: datetime) -> bool:
    """Ask who is back from an absence, and end the questions a life sign has answered."""
    asked = _patiently(actions.ask_next_returns, now)
    return _patiently(actions.end_next_returns, now) or asked


def release_messages(now: datetime) -> bool:
    """Let go what has waited for the end of somebody's quiet hours."""
    return _patiently(actions.release_next_messages, now)


def expire_messages(now: datetime) -> bool:
    """Give up on messages that came to nothing in time."""
    links = _patiently(actions.expire_next_links, now)
    return _patiently(actions.expire_next_messages, now) or links


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
    hand_over,
    look_after_calls,
    hand_on_care,
    hand_on_look_backs,
    let_go,
    telling.ring_people,
    release_messages,
    expire_messages,
)


class TryAgain(Exception):
    """No provider could take a message just now."""

    def __init__(self, message_id: str, wait_s: float) -> None:
        super().__init__(message_id)
        self.wait_s = wait_s


class WhenAsked(BaseRetryStrategy):
    """Wait as long as the rule says: real seconds, also in a rehearsal."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again; what is not a provider's trouble is tried again too."""
        wait = exception.wait_s if isinstance(exception, TryAgain) else CRASHED_WAIT_S
        return RetryDecision(retry_in={"seconds": max(int(wait), 1)})


@app.task(name=SEND, queue="messages", retry=WhenAsked())
def send(message_id: str) -> None:
    """Send one message of the outbox; it ends when the message is settled, at its expiry."""
    wait = deliver(message_id=UUID(message_id), now=present())
    if wait is not None:
        raise TryAgain(message_id, wait)


@app.task(name=SEND_LINK, queue="messages", retry=WhenAsked())
def send_link(text_id: str) -> None:
    """Send one text with a link to who goes; it ends when the text is settled, at its expiry."""
    with effects.ways() as ports:
        wait = actions.deliver_link(
            text_id=UUID(text_id), ports=ports, now=present(), dice=random()
        )
    if wait is not None:
        raise TryAgain(text_id, wait)


def deliver(*, message_id: UUID, now: datetime) -> float | None:
    """Hand one message to the providers of the settings, if there are any."""
    with effects.ways() as ports:
        return actions.deliver(message_id=message_id, ports=ports, now=now, dice=random())


def ask_fates(now: datetime) -> bool:
    """Ask after the letters of providers that send no receipts."""
    with effects.ways() as ports:
        return actions.ask_next_fates(opened=ports, now=now)


def hear_smpp(ref: str, status: str, detail: str) -> bool:
    """Take a receipt of the short message centre; say whether the letter is known."""
    fate = Fate(status, detail if status == "failed" else "")
    try:
        with effects.ways() as ports:
            actions.take_receipt(ways=["smpp"], ref=ref, fate=fate, opened=ports, now=present())
    except NotAllowed:
        log.warning("unknown_receipt", way="smpp")
        return False
    return True


def _patiently(step: Callable[..., bool], now: datetime) -> bool:
    try:
        return step(now=now)
    except OperationalError as error:
        # A deadlock or a lock held too long: the row is still due, the next sweep has it.
        log.warning("sweep_step_postponed", step=step.__name__, error=str(error).split("\n")[0])
        return False
