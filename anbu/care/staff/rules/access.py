"""Who may see and do what: the one table. A privacy officer reads it as docs/access.md.

Each row is a right: an object, the fields of it, the deed, for what purpose, by whom, and at which
addresses it is used. The doorway of the desks asks this table before a view does anything. How far
somebody reaches (own dong, own district, the city) is told by `REACH_OF_ROLE`, and kept by the
walls of the database.
"""

from fnmatch import fnmatchcase

from .right import ANYBODY, SIGNED_IN, Right
from .rights_homes import HOMES
from .rights_own import OWN
from .rights_rounds import PHONE
from .rights_rounds_office import ROUNDS_OFFICE
from .rights_signals import SIGNALS

ACCESS: tuple[Right, ...] = (*SIGNALS, *HOMES, *ROUNDS_OFFICE, *PHONE, *OWN)


def right_of(url: str) -> Right | None:
    """Return the row of an address; an exact name counts before one with *."""
    for right in ACCESS:
        if url in right.urls:
            return right
    for right in ACCESS:
        if any(fnmatchcase(url, pattern) for pattern in right.urls):
            return right
    return None


def may(role: str, url: str) -> bool:
    """Say whether this role may come to this address; an address without a row: nobody may."""
    right = right_of(url)
    return right is not None and (right.roles is ANYBODY or role in right.roles)


def rights_of(role: str) -> tuple[Right, ...]:
    """Return what this role may do that not everybody may."""
    common = (ANYBODY, SIGNED_IN)
    return tuple(each for each in ACCESS if each.roles not in common and role in each.roles)
