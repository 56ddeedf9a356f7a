"""Holes: whose they are, who is called, and which a reader has to answer for."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from anbu.care.places import queries as places
from anbu.care.places.models import Organisation, Post
from anbu.care.staff.models import Staff

from ..models import Hole, Need
from ..rules import OPEN, HoleState, Rise
from .sight import LEADS, ROLE, leads_of, posts_seen

KINDS = Organisation.Kind
UP = (Rise.DISTRICT, Rise.CITY)


def keeps_roster(post: int) -> bool:
    """Say whether this post keeps a roster at all: whether it was said how many it needs."""
    return Need.objects.filter(post_id=post, people__gt=0).exists()


def owner_of(post: Post, stair: Rise) -> Organisation:
    """Return who answers for a hole on this stair: the office, its district, the city."""
    standing = Organisation.objects.filter(valid_until=None).order_by("id")
    found = None
    if stair is Rise.OFFICE:
        office = places.organisation_of_post(post.pk)
        found = standing.filter(id=office).first() if office else None
    elif stair is Rise.DISTRICT and post.dong:
        found = standing.filter(kind=KINDS.DISTRICT, district=post.dong.district_id).first()
    found = found or standing.filter(kind=KINDS.CITY).first()
    if found is None:
        raise places.NotLoaded("nobody stands for the city: run `anbu migrate`")
    return found


def called(post: Post, stair: Rise) -> Sequence[int]:
    """Return whom a telling reaches: those who lead, and each stair more; at last everybody."""
    who = leads_of(post)
    if stair in UP and post.dong:
        who |= Q(role=ROLE.OFFICER, organisation__district=post.dong.district_id)
    if stair is Rise.CITY:
        who |= Q(role=ROLE.SUPERVISOR)
        who |= Q(role=ROLE.OFFICER, organisation__kind=KINDS.CITY)
        who |= Q(post=post)
    people = Staff.objects.filter(who, is_active=True).order_by("id")
    return list(people.values_list("id", flat=True).distinct())


def addressed(*, seen_by: Staff) -> QuerySet[Hole]:
    """Return the open holes that this person was told of and has to answer for."""
    told = Hole.objects.filter(state=HoleState.TOLD, post__in=posts_seen(seen_by=seen_by))
    who = Q(pk__in=[])
    if seen_by.role in LEADS.values():
        who |= Q(post=seen_by.post_id)
    if seen_by.role == ROLE.SUPERVISOR:
        who |= Q(stair=Rise.CITY)
    if seen_by.role == ROLE.OFFICER:
        district = seen_by.organisation.district_id if seen_by.organisation else None
        who |= Q(stair__in=UP) if district else Q(stair=Rise.CITY)
    return told.filter(who)


def holes_to_answer(*, seen_by: Staff) -> int:
    """Return how many holes wait for this person."""
    return addressed(seen_by=seen_by).count()


def open_holes(post: int) -> QuerySet[Hole]:
    """Return the holes of a post that are not covered, the next one first."""
    rows = Hole.objects.filter(post_id=post, state__in=OPEN).select_related("owner", "taken_by")
    return rows.order_by("begins_at", "part", "id")
