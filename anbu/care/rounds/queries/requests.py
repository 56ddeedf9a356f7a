"""What the dong is asked to look after because a worker heard it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid5

from anbu.care.errands.models import Errand
from anbu.care.people import queries as people
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Contact
from ..rules import NEED_OF
from .offices import dongs_of
from .today import Person, person_of

BACK = timedelta(days=31)
MOST = 100


@dataclass(frozen=True, kw_only=True)
class Request:
    """One errand and the log that it came of."""

    person: Person
    need: str
    request: str
    heard_by: str
    heard_at: datetime
    due_on: date
    days_left: int  # less than 0: so many days late
    end: str  # "": open


def requests(*, seen_by: Staff, now: datetime) -> tuple[Request, ...]:
    """Return the errands of the last month that came of logs, open ones first."""
    today = now.astimezone(SEOUL).date()
    near = people.within_sight(seen_by=seen_by).filter(dong__in=dongs_of(seen_by=seen_by))
    told = Contact.objects.filter(
        household__among=list(near.values_list("pk", flat=True)),  # by the log of each home
        at__gte=now - BACK,
        heard__overlap=[str(each) for each in NEED_OF],
    )
    causes = {
        uuid5(key, each): key
        for key, heard in told.values_list("pk", "heard")
        for each in heard
        if each in NEED_OF
    }
    made = list(
        Errand.objects.filter(cause__in=list(causes)).order_by("closed_at", "due_on", "id")[:MOST]
    )
    if not made:
        return ()
    rows = Contact.objects.filter(pk__in={causes[one.cause] for one in made})
    log = {row.pk: row for row in rows.select_related("worker__staff")}
    came_of = {one.cause: log[causes[one.cause]] for one in made}
    homes = people.homes(households={one.household_id for one in made}, seen_by=seen_by)
    found = [
        Request(
            person=person_of(homes[one.household_id], today),
            need=one.need,
            request=one.request,
            heard_by=_who(came_of[one.cause]),
            heard_at=came_of[one.cause].at,
            due_on=one.due_on,
            days_left=(one.due_on - today).days,
            end=one.end,
        )
        for one in made
        if one.household_id in homes
    ]
    return tuple(sorted(found, key=lambda row: bool(row.end)))


def _who(row: Contact) -> str:
    return row.worker.staff.name if row.worker else ""
