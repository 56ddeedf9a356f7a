"""What follows one try: again, the next way, or the end. Pure: the dice are handed in."""

from enum import StrEnum

FIRST_WAIT_S = 2.0
FOLLOWING = 3.0  # each wait is three times the last, give or take half
LONGEST_WAIT_S = 300.0
TRIES, TRIES_BEFORE_NEXT = 5, 2  # where nobody else could take it; where somebody stands behind
PATIENT_S = 30.0  # who asks for more is passed by, if somebody stands behind

# How long after its sending a letter is asked after, where the provider sends no receipts.
ASK_AFTER_S = (15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 28800)


class Heard(StrEnum):
    SENT = "sent"
    RETRY = "retry"  # unknown: it may have arrived
    REFUSED = "refused"


class Then(StrEnum):
    DONE = "done"
    AGAIN = "again"  # the same way, the same key
    NEXT = "next"  # another provider
    GIVE_UP = "give_up"


def then(heard: Heard, *, tries: int, is_last: bool, asked_pause_s: float = 0.0) -> Then:
    """Return what follows the `tries`-th try of one way."""
    if heard is Heard.SENT:
        return Then.DONE
    if heard is Heard.REFUSED:
        return Then.GIVE_UP if is_last else Then.NEXT
    if is_last:
        return Then.AGAIN if tries < TRIES else Then.GIVE_UP
    is_patient = tries < TRIES_BEFORE_NEXT and asked_pause_s <= PATIENT_S
    return Then.AGAIN if is_patient else Then.NEXT


def wait_s(tries: int, *, dice: float, asked_pause_s: float = 0.0) -> float:
    """Return the seconds before the next try: 2, 6, 18, 54, times half to one and a half.

    `dice` is between 0 and 1. What the provider asked for is kept, up to five minutes.
    """
    own = FIRST_WAIT_S * FOLLOWING ** (max(tries, 1) - 1) * (0.5 + dice)
    return min(max(own, asked_pause_s), LONGEST_WAIT_S)


def asks_next_in(asked: int) -> float | None:
    """Return the seconds until a letter is asked after again; None after some 24 hours."""
    return float(ASK_AFTER_S[asked]) if asked < len(ASK_AFTER_S) else None
