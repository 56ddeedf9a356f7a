"""Where people live, and which chair answers for it at a given moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from . import rules
from .models import Contract, Dong, DutyHours, Holiday, Organisation, Post, Succession
from .rules import SEOUL, Hours, Term


class NotLoaded(LookupError):
    """The city's places have not been loaded yet."""


@dataclass(frozen=True, kw_only=True)
class DongCard:
    id: int
    code: str
    name: str
    district: str
    district_id: int
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True)
class PostCard:
    id: int
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class OrganisationCard:
    id: int
    kind: str
    name: str
    district: str
    dong: str
    member_type: str


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The holidays and duty hours that are law on one day, read once and asked often."""

    holidays: frozenset[date]
    hours: Hours


def calendar(at: datetime) -> Calendar:
    """Return what is known that day of working days, from a month before it to a year after."""
    day = at.astimezone(SEOUL).date()
    holidays = Holiday.objects.filter(
        valid_from__lte=day, on__range=(day - timedelta(days=31), day + timedelta(days=366))
    ).values_list("on", flat=True)
    row = DutyHours.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    hours = Hours(opens=row.opens, closes=row.closes) if row else rules.USUAL_HOURS
    return Calendar(holidays=frozenset(holidays), hours=hours)


def on_duty(at: datetime) -> rules.OnDuty:
    """Say whether the dong offices or the centre are on duty."""
    known = calendar(at)
    return rules.on_duty(at, known.holidays, known.hours)


def holiday_names(first: date, last: date, *, at: datetime) -> dict[date, str]:
    """Return what the holidays between two days are called, as the law stands at that moment."""
    day = at.astimezone(SEOUL).date()
    rows = Holiday.objects.filter(valid_from__lte=day, on__range=(first, last)).order_by("on")
    return dict(rows.values_list("on", "name"))


def next_switch(at: datetime) -> datetime:
    """Return when duty passes on next."""
    known = calendar(at)
    return rules.next_switch(at, known.holidays, known.hours)


def last_switch(at: datetime) -> datetime:
    """Return when duty passed on last."""
    known = calendar(at)
    return rules.last_switch(at, known.holidays, known.hours)


def next_opening(at: datetime) -> datetime:
    """Return when the dong offices open next."""
    known = calendar(at)
    return rules.next_opening(at, known.holidays, known.hours)


def duty_week(at: datetime) -> tuple[rules.OnDuty, ...]:
    """Return who is on duty in each of the 168 hours of this week, Monday's first."""
    known = calendar(at)
    here = at.astimezone(SEOUL)
    monday = here.date() - timedelta(days=here.weekday())
    return rules.duty_week(monday, known.holidays, known.hours)


def centre() -> int:
    """Return the control centre's post."""
    post = Post.objects.filter(kind=Post.CENTRE).order_by("id").values_list("id", flat=True).first()
    if post is None:
        raise NotLoaded("the city's places are not loaded yet: run `anbu load places`")
    return post


def posts_of(dongs: Collection[int]) -> dict[int, int]:
    """Return each dong's own post."""
    rows = Post.objects.filter(dong_id__in=dongs).values_list("dong_id", "id")
    return {dong: post for dong, post in rows if dong is not None}


def posts_on_duty(dongs: Collection[int], at: datetime) -> dict[int, int]:
    """Return, for each dong, the post that answers for it at this moment."""
    if on_duty(at) == "dong":
        return posts_of(dongs)
    return dict.fromkeys(dongs, centre())


def post_on_duty(dong: int, at: datetime) -> int:
    """Return the post that answers for this dong at this moment."""
    return posts_on_duty([dong], at)[dong]


def find_dong(code: str, at: datetime) -> DongCard | None:
    """Return the dong that bore this code on that day."""
    day = at.astimezone(SEOUL).date()
    rows = Dong.objects.filter(code=code).select_related("district").order_by("-valid_from", "-id")
    found = [d for d in rows if d.valid_until is None or d.valid_until > day]
    return _dong_card(found[0]) if found else None


def dongs(district: str = "") -> list[DongCard]:
    """Return today's dongs, of one district (by code) or of all."""
    rows = Dong.objects.filter(valid_until=None).select_related("district").order_by("code", "id")
    if district:
        rows = rows.filter(district__code=district)
    return [_dong_card(d) for d in rows]


def posts() -> list[PostCard]:
    """Return every post, the centre first."""
    rows = Post.objects.order_by("kind", "name", "id")
    return [PostCard(id=p.id, kind=p.kind, name=p.name) for p in rows]


def dong_post(code: str) -> PostCard | None:
    """Return the post of the dong with this code."""
    post = Post.objects.filter(dong__code=code).order_by("-dong__valid_from").first()
    return PostCard(id=post.id, kind=post.kind, name=post.name) if post else None


def organisations(kind: str = "", district: str = "") -> list[OrganisationCard]:
    """Return the organisations that stand today, of one kind and one district (by code) or all."""
    rows = Organisation.objects.filter(valid_until=None).select_related("district", "dong")
    if kind:
        rows = rows.filter(kind=kind)
    if district:
        rows = rows.filter(district__code=district)
    return [_organisation_card(o) for o in rows.order_by("kind", "name", "id")]


def organisation_of_post(post: int) -> int | None:
    """Return who keeps this duty post: the dong's office, the prevention centre or a vendor."""
    chair = Post.objects.get(id=post)
    rows = Organisation.objects.filter(valid_until=None).order_by("id")
    if chair.kind == Post.CENTRE:
        rows = rows.filter(kind=Organisation.Kind.CENTRE)
    elif chair.kind == Post.VENDOR:
        rows = rows.filter(id=chair.vendor_id or 0)
    else:
        rows = rows.filter(kind=Organisation.Kind.DONG_OFFICE, dong=chair.dong_id)
    return rows.values_list("id", flat=True).first()


def terms(at: datetime, *, posts: Collection[int] | None = None) -> tuple[Term, ...]:
    """Return the lines of contracts that have begun by this day, of some posts or of all.

    One query. What ended within the month before it is among them: each line says when it holds.
    """
    day = at.astimezone(SEOUL).date()
    rows = Contract.objects.filter(valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gt=day - timedelta(days=31)),
        post__vendor__valid_until=None,
    )
    if posts is not None:
        rows = rows.filter(post__in=posts)
    return tuple(_term(row) for row in rows.select_related("post").order_by("valid_from", "id"))


def districts_of(dongs: Collection[int]) -> dict[int, int]:
    """Return in which district each of these dongs lies."""
    return dict(Dong.objects.filter(id__in=dongs).values_list("id", "district_id"))


def vendor_post(organisation: int) -> PostCard | None:
    """Return the post of a vendor, if it has one."""
    post = Post.objects.filter(vendor=organisation).first()
    return PostCard(id=post.id, kind=post.kind, name=post.name) if post else None


def heirs(dong: int) -> dict[int, tuple[str, ...]]:
    """Return the dongs this one passed to, each with the roads whose homes went there."""
    rows = Succession.objects.filter(before_id=dong).order_by("after__code", "id")
    return {row.after_id: tuple(row.roads) for row in rows}


def find_organisation(kind: str, name: str) -> OrganisationCard | None:
    """Return the standing organisation of this kind and name, if exactly one bears it."""
    rows = Organisation.objects.filter(kind=kind, name=name, valid_until=None)
    found = list(rows.select_related("district", "dong")[:2])
    return _organisation_card(found[0]) if len(found) == 1 else None


def _term(row: Contract) -> Term:
    assert row.post.vendor_id is not None  # a_post_has_whom_it_is_of
    return Term(
        id=row.pk,
        post=row.post_id,
        vendor=row.post.vendor_id,
        service=row.service,
        provider=row.provider,
        district=row.district_id,
        days=row.days,
        opens=row.opens,
        closes=row.closes,
        since=row.valid_from,
        until=row.valid_until,
    )


def _organisation_card(row: Organisation) -> OrganisationCard:
    return OrganisationCard(
        id=row.id,
        kind=row.kind,
        name=row.name,
        district=row.district.name if row.district else "",
        dong=row.dong.name if row.dong else "",
        member_type=row.member_type,
    )


def _dong_card(dong: Dong) -> DongCard:
    return DongCard(
        id=dong.id,
        code=dong.code,
        name=dong.name,
        district=dong.district.name,
        district_id=dong.district_id,
        lat=dong.lat,
        lon=dong.lon,
    )
