"""Programmes of a district: who comes along, who waits, who was there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anbu.care.foundation.actions import acting
from anbu.care.foundation.rules import machine
from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Programme, SignUp, Standing
from ..rules import seated
from .offices import district_of, dongs_of

SEATS = machine("rounds-seats")  # counts places over all dongs of a district; names nobody
MOST = 60
BACK = timedelta(days=92)


@dataclass(frozen=True, kw_only=True)
class ProgrammeRow:
    """One programme on the list, and how many come. No person stands in it."""

    id: UUID
    kind: str
    name: str
    place: str
    dong: str
    begins_at: datetime
    minutes: int
    capacity: int
    signed: int
    came: int
    cancelled_why: str
    is_over: bool

    @property
    def seats(self) -> int:
        """Return how many have a place."""
        return min(self.signed, self.capacity)

    @property
    def waiting(self) -> int:
        """Return how many wait for one."""
        return max(0, self.signed - self.capacity)


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who signed up, of the reader's own dongs."""

    id: int
    household: UUID
    name: str
    place: str
    phone: str
    nth: int  # from 1: of those who come, or of those who wait
    waits: bool
    said_yes: bool
    came: bool | None


@dataclass(frozen=True, kw_only=True)
class ProgrammePage:
    """One programme with the guests this reader may know of, and how many others there are."""

    row: ProgrammeRow
    guests: tuple[Guest, ...]
    elsewhere: int  # of other dongs
    others: tuple[tuple[UUID, str], ...]  # of the round, and not signed up: id, name and place

    @property
    def absent(self) -> tuple[Guest, ...]:
        """Return who had a place and was not there: somebody may ask after them."""
        return tuple(guest for guest in self.guests if guest.came is False)


def visible(*, seen_by: Staff) -> QuerySet[Programme]:
    """Return the programmes of this person's district; a dong's own only at that dong."""
    district = district_of(seen_by=seen_by)
    dongs = dongs_of(seen_by=seen_by)
    here = Q(dong=None) | Q(dong__in=dongs)
    return Programme.objects.filter(here, district=district)


def programmes(*, seen_by: Staff, now: datetime) -> tuple[ProgrammeRow, ...]:
    """Return what comes, and what was in the last three months; the next first. One query."""
    rows = _counted(visible(seen_by=seen_by)).filter(begins_at__gte=now - BACK)
    with acting(SEATS):
        found = [_row(row, now) for row in rows.order_by("begins_at", "id")[:MOST]]
    return tuple(sorted(found, key=lambda row: row.is_over))


def programme(*, programme: UUID, seen_by: Staff, now: datetime) -> ProgrammePage | None:
    """Return one programme with its guests, or None where this person may not know of it."""
    with acting(SEATS):
        row = _counted(visible(seen_by=seen_by)).filter(pk=programme).first()
        if row is None:
            return None
        # a place in the order is told by number; whose it is only to who may know of the home
        order = list(_order(row.pk))
    come, wait = seated(order, row.capacity)
    homes = people.homes(households={each.household_id for each in order}, seen_by=seen_by)
    guests = tuple(
        Guest(
            id=each.pk,
            household=each.household_id,
            name=homes[each.household_id].name,
            place=homes[each.household_id].place,
            phone=homes[each.household_id].phone,
            nth=nth,
            waits=waits,
            said_yes=each.said_yes,
            came=each.came,
        )
        for waits, some in ((False, come), (True, wait))
        for nth, each in enumerate(some, start=1)
        if each.household_id in homes
    )
    shown = _row(row, now)
    return ProgrammePage(
        row=shown,
        guests=guests,
        elsewhere=shown.signed - len(guests),
        others=_others(seen_by, {each.household_id for each in order}),
    )


def _others(seen_by: Staff, there: set[UUID]) -> tuple[tuple[UUID, str], ...]:
    """Return who of the reader's own dong could come too; an officer signs nobody up."""
    if seen_by.role not in (Staff.Role.PLANNER, Staff.Role.NURSE):
        return ()
    sight = people.within_sight(seen_by=seen_by)
    ids = Standing.objects.filter(household__in=sight, ended_at=None).values_list("pk", flat=True)
    homes = people.homes(households=set(ids) - there, seen_by=seen_by)
    told = sorted((home.name, home.place, str(home.id), home.id) for home in homes.values())
    return tuple((id, f"{name} · {place}") for name, place, _key, id in told)


def _order(programme: UUID) -> QuerySet[SignUp]:
    rows = SignUp.objects.filter(programme=programme, withdrawn_at=None)
    return rows.order_by("made_at", "pk")


def agrees(household: UUID, *, seen_by: Staff, now: datetime) -> bool:
    """Say whether a home agreed to the care corps: the consent holds, and nobody said no to it."""
    sight = people.seen(seen_by=seen_by)
    stands = household in people.agreed(households=[household], kind="monitoring", at=now)
    refused = sight.households.filter(
        pk=household, refusals__service__in=["", "care_corps"], refusals__ended_at=None
    )
    return stands and not refused.exists()


def taken(programme: UUID, *, but: int) -> int:
    """Return how many of all dongs were there, one sign-up not counted."""
    with acting(SEATS):
        return _order(programme).filter(came=True).exclude(pk=but).count()


def _counted(rows: QuerySet[Programme]) -> QuerySet[Programme]:
    stays = Q(sign_ups__withdrawn_at=None)
    return rows.select_related("dong").annotate(
        signed=Count("sign_ups", filter=stays),
        were_there=Count("sign_ups", filter=stays & Q(sign_ups__came=True)),
    )


def _row(row: Programme, now: datetime) -> ProgrammeRow:
    return ProgrammeRow(
        id=row.pk,
        kind=row.kind,
        name=row.name,
        place=row.place,
        dong=row.dong.name if row.dong else "",
        begins_at=row.begins_at,
        minutes=row.minutes,
        capacity=row.capacity,
        signed=row.signed,  # type: ignore[attr-defined]  # counted by the query
        came=row.were_there,  # type: ignore[attr-defined]
        cancelled_why=row.cancelled_why,
        is_over=row.begins_at + timedelta(minutes=row.minutes) <= now,
    )
