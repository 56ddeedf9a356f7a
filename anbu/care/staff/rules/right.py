"""What a right is, and the circles of people who have the same."""

from dataclasses import dataclass

from .seats import SEATS

ROLES = frozenset(SEATS)
CENTRE = frozenset({"operator", "supervisor"})
ANSWERS = CENTRE | {"planner"}
VENDOR = frozenset({"responder"})  # of a vendor: what its post answers for, and nothing more
TAKES_PART = ANSWERS | VENDOR
KNOWS_HOMES = ANSWERS | {"nurse", "officer"}
KEEPS_REGISTER = frozenset({"planner", "officer", "supervisor"})
CARES = frozenset({"planner", "nurse", "officer"})
REVIEWS = frozenset({"privacy_officer"})
GOES_ROUND = frozenset({"care_corps"})  # 우리동네돌봄단: own homes of a day, by telephone
ANYBODY = frozenset({"*"})  # before any log-in
CITIZEN = frozenset({"citizen"})  # no role of staff: a proven identity, before the own record
AGENT = frozenset({"agent"})  # no role of staff: who holds the link of one job at one door
SIGNED_IN = ROLES


@dataclass(frozen=True, kw_only=True)
class Right:
    """One row of the table; the Korean words are what the generated page says."""

    object: str
    fields: str
    deed: str
    purpose: str
    roles: frozenset[str]
    urls: tuple[str, ...]  # names of addresses, with * for any ending
    traced: str  # the verb in the traces, "" where nobody's data is shown
