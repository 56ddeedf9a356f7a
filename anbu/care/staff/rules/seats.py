"""Who may sit where, what a first password looks like, how long a door stays shut."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from anbu.care.foundation.rules import KindOfReach, Refused

# No 0/O, 1/l/I: a first password is read aloud or copied from paper.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 4, 5  # 20 letters of 32: 100 bits

# Which kinds of organisation a role can belong to, and the kind of post it sits at.
SEATS: dict[str, tuple[frozenset[str], str | None]] = {
    "operator": (frozenset({"centre", "team"}), "centre"),
    "supervisor": (frozenset({"centre", "team"}), "centre"),
    "planner": (frozenset({"dong_office"}), "dong"),
    "nurse": (frozenset({"dong_office"}), "dong"),
    "care_corps": (frozenset({"dong_office", "district", "agency"}), None),
    "case_manager": (frozenset({"agency"}), None),
    "provider": (frozenset({"provider", "vendor"}), None),
    "responder": (frozenset({"vendor"}), "vendor"),
    "council": (frozenset({"member"}), None),
    "counsellor": (frozenset({"centre", "team"}), None),
    "officer": (frozenset({"city", "district", "centre", "team"}), None),
    "analyst": (frozenset({"city", "centre", "team"}), None),
    "privacy_officer": (frozenset({"city", "district", "centre"}), None),
    "system_operator": (frozenset({"city", "centre"}), None),
}


# How far each role reaches by itself. Who is not named reaches nobody until a home is given to
# them: care corps, case managers and counsellors; or ever: who works with numbers and machines.
REACH_OF_ROLE: dict[str, KindOfReach] = {
    "operator": "city",
    "supervisor": "city",
    "planner": "dong",
    "nurse": "dong",
    "responder": "post",  # homes whose signals the vendor's post answers for, while it does
    "officer": "district",  # of the city itself: nobody, for the organisation has no district
}


class NotAllowed(Refused):
    """Something that the rules of staff forbid."""


class TooManyTries(NotAllowed):
    """The door is shut for a while, for this account or from this address."""

    def __init__(self, until: datetime):
        super().__init__("여러 번 틀려서 잠시 잠겼습니다.")
        self.until = until


# Five wrong tries at an account cost nothing. Each further one shuts the door for twice as long,
# up to half an hour: enough against guessing, too short to keep a night shift from its desk.
# Behind one address sits a whole office, so it has more.
FREE_PER_ACCOUNT, FREE_PER_ADDRESS = 5, 30
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
REMEMBERED = timedelta(hours=24)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def shut_until(failed: Sequence[datetime], *, free: int) -> datetime:
    """Return until when the next try is refused, after these failed ones (oldest first)."""
    beyond = len(failed) - free
    if beyond < 0:
        return LONG_AGO
    wait: timedelta = min(FIRST_WAIT * (1 << min(beyond, 16)), LONGEST_WAIT)
    return failed[-1] + wait


def make_password() -> str:
    """Return a password nobody can guess and a tired person can type."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS)
    )


def check_seat(role: str, *, organisation: str, post: str | None) -> None:
    """Refuse a role at an organisation, or at a post, where it has no work."""
    organisations, needed = SEATS.get(role, (frozenset(), None))
    if organisation not in organisations or post != needed:
        raise NotAllowed("이 역할은 그 자리에서 일할 수 없습니다.")
