"""What was true of a household and when, how well it can be reached, what is due."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from anbu.care.foundation.rules import Purpose
from anbu.care.staff.models import Staff

from ..models import Contact, Enrolment, HealthNote, PastAddress, PastDong, PastTier, Refusal
from ..rules import Line, Reachability, audiences_of, reachability
from .homes import LISTS, seen


@dataclass(frozen=True, kw_only=True)
class TierLine:
    tier: str
    reason: str
    decided_by: str
    since: datetime
    until: datetime | None  # None: it holds
    review_on: date | None


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """An address or an office, from when until when."""

    place: str  # "" for a protected address
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ServiceLine:
    service: str
    organisation: str
    since: datetime
    until: datetime | None
    why: str
    is_refusal: bool
    ask_again_on: date | None


@dataclass(frozen=True, kw_only=True)
class NoteLine:
    id: int
    audience: str
    text: str
    written_at: datetime
    written_by: str


@dataclass(frozen=True, kw_only=True)
class NumberLine:
    """A telephone number of this home: the person's own (contact None) or of somebody to ask."""

    contact: int | None
    name: str
    relation: str
    phone: str
    note: str
    confirmed_at: datetime | None
    dead_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Every number of a home, the person's own first, and how well they reach somebody."""

    lines: tuple[NumberLine, ...]
    quality: Reachability


@dataclass(frozen=True, kw_only=True)
class History:
    """A household through time, the newest first."""

    tiers: tuple[TierLine, ...]
    addresses: tuple[PlaceLine, ...]
    dongs: tuple[PlaceLine, ...]
    services: tuple[ServiceLine, ...]


def history(*, household: UUID, seen_by: Staff, purpose: Purpose = LISTS) -> History | None:
    """Return what was true of this home and when. Six queries."""
    homes = seen(seen_by=seen_by, purpose=purpose).households
    home = homes.select_related("dong").filter(id=household).first()
    if home is None:
        return None
    first = TierLine(
        tier=home.tier,
        reason=home.tier_reason,
        decided_by=home.tier_by,
        since=home.tier_since or home.registered_at,
        until=None,
        review_on=home.tier_review_on,
    )
    past = [
        TierLine(
            tier=row.tier,
            reason=row.reason,
            decided_by=row.decided_by,
            since=row.since,
            until=row.until,
            review_on=None,
        )
        for row in PastTier.objects.filter(household=home).order_by("-until", "-id")
    ]
    here = PlaceLine(
        place="" if home.is_protected else f"{home.address} {home.unit}".strip(),
        since=home.address_since or home.registered_at,
        until=None,
    )
    addresses = [
        PlaceLine(
            place="" if row.is_protected else f"{row.address} {row.unit}".strip(),
            since=row.since,
            until=row.until,
        )
        for row in PastAddress.objects.filter(household=home).order_by("-until", "-id")
    ]
    office = PlaceLine(
        place=home.dong.name, since=home.dong_since or home.registered_at, until=None
    )
    dongs = [
        PlaceLine(place=row.dong.name, since=row.since, until=row.until)
        for row in PastDong.objects.filter(household=home)
        .select_related("dong")
        .order_by("-until", "-id")
    ]
    return History(
        tiers=(first, *past),
        addresses=(here, *addresses),
        dongs=(office, *dongs),
        services=_services(household),
    )


def _services(household: UUID) -> tuple[ServiceLine, ...]:
    enrolled = [
        ServiceLine(
            service=row.service,
            organisation=row.organisation.name if row.organisation else "",
            since=row.since,
            until=row.until,
            why=row.ended_why,
            is_refusal=False,
            ask_again_on=None,
        )
        for row in Enrolment.objects.filter(household=household).select_related("organisation")
    ]
    refused = [
        ServiceLine(
            service=row.service,
            organisation="",
            since=row.refused_at,
            until=row.ended_at,
            why=row.reason,
            is_refusal=True,
            ask_again_on=row.ask_again_on,
        )
        for row in Refusal.objects.filter(household=household)
    ]
    return tuple(sorted([*enrolled, *refused], key=lambda line: line.since, reverse=True))


def numbers(*, household: UUID, seen_by: Staff, now: datetime) -> Numbers | None:
    """Return the numbers of this home, how well they reach somebody, and why. Two queries."""
    person = seen(seen_by=seen_by).people.filter(household=household).first()
    if person is None:
        return None
    own = NumberLine(
        contact=None,
        name=person.name,
        relation="",
        phone=person.phone,
        note="",
        confirmed_at=person.phone_confirmed_at,
        dead_since=person.phone_dead_since,
    )
    contacts = [
        NumberLine(
            contact=row.pk,
            name=row.name,
            relation=row.relation,
            phone=row.phone,
            note=row.note,
            confirmed_at=row.confirmed_at,
            dead_since=row.dead_since,
        )
        for row in Contact.objects.filter(household=household).order_by("rank", "id")
    ]
    told = [Line(each.phone, each.confirmed_at, each.dead_since) for each in (own, *contacts)]
    return Numbers(lines=(own, *contacts), quality=reachability(told[0], told[1:], now))


def health_notes(*, household: UUID, seen_by: Staff) -> tuple[NoteLine, ...]:
    """Return the notes about health that this person's role may read. Two queries."""
    person = seen(seen_by=seen_by).people.filter(household=household).first()
    if person is None:
        return ()
    rows = HealthNote.objects.filter(
        person=person, ended_at=None, audience__in=audiences_of(seen_by.role)
    )
    return tuple(
        NoteLine(
            id=row.pk,
            audience=row.audience,
            text=row.text,
            written_at=row.written_at,
            written_by=row.written_by,
        )
        for row in rows.order_by("-written_at", "-id")
    )


def tiers_to_look_at(*, seen_by: Staff, on: date, at_most: int = 100) -> list[tuple[UUID, date]]:
    """Return the homes whose tier is due to be looked at again, the longest overdue first."""
    rows = seen(seen_by=seen_by).households.filter(left_at=None, tier_review_on__lte=on)
    found = rows.order_by("tier_review_on", "id").values_list("id", "tier_review_on")[:at_most]
    return [(home, due) for home, due in found if due is not None]
