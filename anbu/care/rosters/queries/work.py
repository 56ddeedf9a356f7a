"""What somebody sees who begins or ends work: are they on the roster, and who comes after them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from anbu.care.places import queries as places
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import on_shift_at

from ..models import Link, Need, Turn
from ..rules import Part, stretches
from .needs import addressed, keeps_roster

EARLY = timedelta(hours=1)  # one comes to the desk before the turn begins, and is handed over to


@dataclass(frozen=True, kw_only=True)
class WorkCard:
    """How somebody stands to the roster of their own post at this moment."""

    keeps_roster: bool
    until: datetime | None  # on the roster until then; None: not on it
    next_at: datetime | None  # when the next own turn begins
    before: tuple[str, ...]  # who hands over: on shift at the post now
    after: tuple[str, ...]  # who follows when this turn ends
    after_at: datetime | None
    holes: int  # that this person has to answer for

    @property
    def asks_reason(self) -> bool:
        """Say whether somebody who begins now has to say why."""
        return self.keeps_roster and self.until is None


@dataclass(frozen=True, kw_only=True)
class Followers:
    """Who is there when somebody goes home, and who is called when nobody is."""

    is_short: bool  # fewer stay than the post needs now
    stay: tuple[str, ...]
    on_call: tuple[str, ...]  # in the order in which they are called
    post_name: str


def work_card(*, staff: Staff, now: datetime) -> WorkCard:
    """Return how this person stands to the roster of their post."""
    if staff.post_id is None or not keeps_roster(staff.post_id):
        return _no_roster(staff)
    own = _standing(staff.post_id).filter(staff=staff, part=Part.DUTY, ends_at__gt=now)
    turn = own.filter(begins_at__lte=now + EARLY).order_by("begins_at").first()
    later = own.filter(begins_at__gt=now + EARLY).order_by("begins_at").first()
    there = [card.name for card in on_shift_at(staff.post_id) if card.id != staff.pk]
    return WorkCard(
        keeps_roster=True,
        until=turn.ends_at if turn else None,
        next_at=later.begins_at if later else None,
        before=tuple(there),
        after=_on_the_roster(staff.post_id, turn.ends_at, but=staff) if turn else (),
        after_at=turn.ends_at if turn else None,
        holes=addressed(seen_by=staff).count(),
    )


def followers(*, staff: Staff, now: datetime) -> Followers | None:
    """Return who stays when this person goes home now; None where no roster says who is needed."""
    need = Need.objects.filter(post=staff.post_id, part=Part.DUTY, people__gt=0).first()
    if need is None or staff.post is None:
        return None
    known = places.calendar(now)
    moment = {"begins_at": now, "ends_at": now + timedelta(seconds=1)}
    wanted = stretches(
        staff.post.kind,
        needed=need.people,
        holidays=known.holidays,
        hours=known.hours,
        terms=places.terms(now, posts=[staff.post.pk]),
        **moment,
    )
    stay = [card.name for card in on_shift_at(staff.post.pk) if card.id != staff.pk]
    return Followers(
        is_short=bool(wanted) and len(stay) < need.people,
        stay=tuple(stay),
        on_call=on_call_at(staff.post.pk, now, but=staff),
        post_name=staff.post.name,
    )


def on_call_at(post: int, at: datetime, *, but: Staff | None = None) -> tuple[str, ...]:
    """Return who comes when called, in their order."""
    rows = _standing(post).filter(part=Part.ON_CALL, begins_at__lte=at, ends_at__gt=at)
    if but is not None:
        rows = rows.exclude(staff=but)
    return tuple(rows.order_by("order", "id").values_list("staff__name", flat=True))


def has_link(*, staff: Staff) -> bool:
    """Say whether this person's calendar has an address."""
    return Link.objects.filter(staff=staff, ended_at=None).exists()


def _standing(post: int) -> QuerySet[Turn]:
    return Turn.objects.filter(
        post_id=post, withdrawn_at=None, staff__is_active=True, staff__post=post
    )


def _on_the_roster(post: int, at: datetime, *, but: Staff) -> tuple[str, ...]:
    rows = _standing(post).filter(part=Part.DUTY, begins_at__lte=at, ends_at__gt=at)
    return tuple(
        rows.exclude(staff=but).order_by("begins_at", "id").values_list("staff__name", flat=True)
    )


def _no_roster(staff: Staff) -> WorkCard:
    nobody: dict[str, tuple[str, ...]] = {"before": (), "after": ()}
    return WorkCard(
        keeps_roster=False,
        until=None,
        next_at=None,
        after_at=None,
        holes=addressed(seen_by=staff).count(),
        **nobody,
    )
