"""Looks at the round from a desk: each of them leaves a trace of whose names were shown."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..queries.months import Behind
from ..queries.months import behind as _lines
from ..queries.person import PersonRound, person_round
from ..queries.requests import Request
from ..queries.requests import requests as _requests
from ..queries.today import Changed, Coverage, coverage
from ..queries.today import set_by_hand as _set_by_hand


@transaction.atomic
def open_round(*, seen_by: Staff, now: datetime) -> tuple[Coverage, tuple[Changed, ...]]:
    """Return how far today's round is, and what people changed in its plan."""
    found = coverage(seen_by=seen_by, now=now)
    changed = _set_by_hand(seen_by=seen_by, now=now) if found.names else ()
    people = [row.person for row in found.overdue]
    people += [row.person for row in found.left] + [row.person for row in changed]
    shown = {person.household for person in people}
    if shown:
        record(by=seen_by.actor, verb="list_round", at=now, homes=sorted(shown))
    return found, changed


@transaction.atomic
def open_requests(*, seen_by: Staff, now: datetime) -> tuple[Request, ...]:
    """Return what the dong is asked to look after because a worker heard it."""
    found = _requests(seen_by=seen_by, now=now)
    if found:
        homes = sorted({row.person.household for row in found})
        record(by=seen_by.actor, verb="list_requests", at=now, homes=homes)
    return found


@transaction.atomic
def open_person(
    *, household: UUID, before: UUID | None = None, seen_by: Staff, now: datetime
) -> PersonRound | None:
    """Return one person's round. The page around it says whose it is and what for."""
    found = person_round(household=household, before=before, seen_by=seen_by, now=now)
    if found is not None and found.contacts:
        record(
            by=seen_by.actor,
            verb="open_contacts",
            at=now,
            household=household,
            contacts=len(found.contacts),
        )
    return found


@transaction.atomic
def open_lines(
    *, contacts: Sequence[UUID], seen_by: Staff, now: datetime
) -> Mapping[date, tuple[Behind, ...]]:
    """Return the rows of the log behind the lines of a month, by day; names where one may."""
    found = _lines(contacts=contacts, seen_by=seen_by)
    homes = {line.household for some in found.values() for line in some if line.household}
    if homes:
        record(by=seen_by.actor, verb="list_contacts", at=now, homes=sorted(homes))
    return found
