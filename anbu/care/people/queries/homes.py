"""What may be known about a household, and by whom."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import DateTimeField, Func, Q, QuerySet, UUIDField

from anbu.care.foundation.actions import act_as
from anbu.care.foundation.rules import Actor, Purpose, Reach
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from ..models import Absence, Consent, Contact, Enrolment, Household, Opening, Person

LISTS = Purpose("list")
SEES_PROTECTED = frozenset({"signal", "break_glass"})


@dataclass(frozen=True, kw_only=True)
class ContactCard:
    id: int
    rank: int
    name: str
    relation: str
    phone: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Home:
    """A household as the people see it who have a task there. The way in is asked for apart."""

    id: UUID
    dong: str
    district: str
    address: str  # "" where it is protected from this reader
    unit: str
    building: str
    is_protected: bool
    key_holder: str
    hazard_note: str
    has_door_note: bool
    tier: str
    patience_hours: int
    name: str
    birth_year: int
    sex: str
    phone: str
    health_note: str
    contacts: tuple[ContactCard, ...]

    @property
    def place(self) -> str:
        """Return the dong and the flat: as much of an address as a list shows."""
        return f"{self.dong} · {self.unit}" if self.unit else self.dong


@dataclass(frozen=True)
class Sight:
    """What one actor may know of, as far as the actor reaches. The only way to a person."""

    actor: Actor
    purpose: Purpose

    @property
    def households(self) -> QuerySet[Household]:
        """Return the households within reach, those that have left too."""
        return Household.objects.filter(_sees(self.actor))

    @property
    def people(self) -> QuerySet[Person]:
        """Return who lives in them."""
        return Person.objects.filter(_sees(self.actor, "household__"))

    @property
    def contacts(self) -> QuerySet[Contact]:
        """Return whom to ask about them, the first to ask first."""
        rows = Contact.objects.filter(_sees(self.actor, "household__"))
        return rows.order_by("household", "rank", "id")

    @property
    def consents(self) -> QuerySet[Consent]:
        """Return what they agreed to, once and now."""
        return Consent.objects.filter(_sees(self.actor, "household__"))

    @property
    def absences(self) -> QuerySet[Absence]:
        """Return when nobody was, is or will be at home."""
        return Absence.objects.filter(_sees(self.actor, "household__"))

    @property
    def enrolments(self) -> QuerySet[Enrolment]:
        """Return which services take part, once and now."""
        return Enrolment.objects.filter(_sees(self.actor, "household__"))


def for_actor(actor: Actor, purpose: Purpose) -> Sight:
    """Return what this actor may know of for this purpose, and tell the database's walls."""
    act_as(actor)
    return Sight(actor, purpose)


def seen(*, seen_by: Staff, purpose: Purpose = LISTS) -> Sight:
    """Return what this member of staff may know of."""
    return for_actor(actor_of(seen_by), purpose)


def within_sight(*, seen_by: Staff) -> QuerySet[Household]:
    """Return the households of this person's area: a planner's dong, or the whole city."""
    return seen(seen_by=seen_by).households.filter(left_at=None)


def homes(
    *,
    households: Collection[UUID],
    seen_by: Staff,
    purpose: Purpose = LISTS,
    left_too: bool = False,
) -> dict[UUID, Home]:
    """Return these households, as far as this person's area reaches.

    A protected address is told only to who answers an open signal, or breaks the glass.
    """
    sight = seen(seen_by=seen_by, purpose=purpose)
    area = sight.households.filter(id__in=households)
    if not left_too:
        area = area.filter(left_at=None)
    rows = area.select_related("dong__district")
    people = {p.household_id: p for p in sight.people.filter(household__in=households)}
    contacts: dict[UUID, list[ContactCard]] = {}
    for contact in sight.contacts.filter(household__in=households):
        contacts.setdefault(contact.household_id, []).append(_contact_card(contact))
    return {
        row.id: _home(
            row,
            people[row.id],
            tuple(contacts.get(row.id, ())),
            hides=row.is_protected and purpose.kind not in SEES_PROTECTED,
        )
        for row in rows
        if row.id in people
    }


def home(*, household: UUID, seen_by: Staff, purpose: Purpose = LISTS) -> Home | None:
    """Return one household, or None where this person may not know of it."""
    found = homes(households=[household], seen_by=seen_by, purpose=purpose)
    return found.get(household)


def _sees(actor: Actor, path: str = "") -> Q:
    """Return the same condition as the walls in the database; `path` leads to the household."""
    near = _within(actor.reach, path)
    if actor.staff is None or actor.reach.kind in ("machine", "city"):
        return near
    broken = Opening.objects.filter(
        staff=actor.staff,
        kind=Opening.Kind.BREAK_GLASS,
        opened_at__lte=Moment(),
        until__gt=Moment(),
    )
    return near | Q(**{f"{path}pk__in": broken.values("household")})


class Moment(Func):
    """The moment the connection was told; nothing before it was told one."""

    function = "anbu_now"
    output_field = DateTimeField()


class HomesOfPosts(Func):
    """The homes whose signals these duty posts answer for, by the function the walls ask too."""

    template = "(SELECT anbu_homes_of_posts(ARRAY[%(expressions)s]::bigint[]))"
    output_field = UUIDField()


def _within(reach: Reach, path: str = "") -> Q:
    match reach.kind:
        case "machine" | "city":
            return Q()
        case "district":
            return Q(**{f"{path}dong__district__in": reach.ids})
        case "dong":
            return Q(**{f"{path}dong__in": reach.ids})
        case "post":
            return Q(**{f"{path}pk__in": HomesOfPosts(*map(int, reach.ids))})
        case "homes" | "self":
            return Q(**{f"{path}pk__in": reach.ids})
    return Q(pk__in=[])


def _contact_card(contact: Contact) -> ContactCard:
    return ContactCard(
        id=contact.pk,
        rank=contact.rank,
        name=contact.name,
        relation=contact.relation,
        phone=contact.phone,
        note=contact.note,
    )


def _home(
    row: Household, person: Person, contacts: tuple[ContactCard, ...], *, hides: bool
) -> Home:
    return Home(
        id=row.id,
        dong=row.dong.name,
        district=row.dong.district.name,
        address="" if hides else row.address,
        unit="" if hides else row.unit,
        building="" if hides else row.building,
        is_protected=row.is_protected,
        key_holder=row.key_holder,
        hazard_note=row.hazard_note,
        has_door_note=bool(row.door_note),
        tier=row.tier,
        patience_hours=row.patience_hours,
        name=person.name,
        birth_year=person.birth_year,
        sex=person.sex,
        phone=person.phone,
        health_note=person.health_note,
        contacts=contacts,
    )
