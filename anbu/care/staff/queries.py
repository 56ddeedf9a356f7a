"""Who works here, and who is on shift."""

from dataclasses import dataclass
from datetime import datetime

from anbu.care.foundation.rules import Actor, Reach

from .models import Grant, Shift, Staff
from .rules import REACH_OF_ROLE


@dataclass(frozen=True, kw_only=True)
class StaffCard:
    id: int
    login: str
    name: str
    role: str
    post: int | None
    post_name: str
    organisation: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class GrantLine:
    """One right that somebody has or had."""

    role: str
    role_label: str
    organisation: str
    granted_at: datetime
    granted_by: str
    ended_at: datetime | None
    ended_by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ShiftCard:
    post: int
    post_name: str
    post_kind: str
    started_at: datetime


def actor_of(person: Staff) -> Actor:
    """Return this person as one who acts: a planner reaches the own dong, the centre the city."""
    kind = REACH_OF_ROLE.get(person.role, "nobody") if person.is_active else "nobody"
    ids: list[int | None] = []
    if kind == "dong":
        ids = [person.dong_id]
    elif kind == "district":
        ids = [person.organisation.district_id if person.organisation else None]
    elif kind == "post":
        ids = [person.post_id]
    reach = Reach.of(kind, ids)
    return Actor(name=person.actor, role=person.role, reach=reach, staff=person.pk)


def on_shift(*, staff: Staff) -> ShiftCard | None:
    """Return the shift this person is working at the moment."""
    shift = Shift.objects.filter(staff=staff, ended_at=None).select_related("post").first()
    if shift is None:
        return None
    return ShiftCard(
        post=shift.post_id,
        post_name=shift.post.name,
        post_kind=shift.post.kind,
        started_at=shift.started_at,
    )


def extension_of(*, staff: Staff) -> str:
    """Return the extension (내선) of the seat this person works at now; "" for none."""
    found = Shift.objects.filter(staff=staff, ended_at=None).values_list("extension", flat=True)
    return found.first() or ""


def last_extension(*, staff: Staff) -> str:
    """Return the extension of the seat this person works at, or last worked at; "" for none."""
    told = Shift.objects.filter(staff=staff).exclude(extension="")
    return told.order_by("-started_at", "-id").values_list("extension", flat=True).first() or ""


def on_shift_at(post: int) -> list[StaffCard]:
    """Return who is on shift at this post, longest there first."""
    shifts = (
        Shift.objects.filter(post_id=post, ended_at=None, staff__is_active=True)
        .select_related("staff__post", "staff__organisation")
        .order_by("started_at", "id")
    )
    return [_card(shift.staff) for shift in shifts]


def staff_of(post: int) -> list[StaffCard]:
    """Return everyone who belongs to this post and may sign in."""
    rows = Staff.objects.filter(post_id=post, is_active=True).select_related("post", "organisation")
    return [_card(person) for person in rows.order_by("name", "id")]


def grants(*, staff: int) -> tuple[GrantLine, ...]:
    """Return every right this person has or had, the newest first."""
    rows = Grant.objects.filter(staff_id=staff).select_related("organisation")
    return tuple(
        GrantLine(
            role=row.role,
            role_label=Staff.Role(row.role).label,
            organisation=row.organisation.name if row.organisation else "",
            granted_at=row.granted_at,
            granted_by=row.granted_by,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
            why=row.why,
        )
        for row in rows.order_by("-granted_at", "-id")
    )


def find_staff(login: str) -> Staff | None:
    """Return the person with this login name, active or not."""
    return Staff.objects.filter(login=login).select_related("post").first()


def _card(person: Staff) -> StaffCard:
    return StaffCard(
        id=person.pk,
        login=person.login,
        name=person.name,
        role=person.role,
        post=person.post_id,
        post_name=person.post.name if person.post else "",
        organisation=person.organisation.name if person.organisation else "",
        is_active=person.is_active,
    )
