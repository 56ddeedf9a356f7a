"""What a privacy officer does: looks a month through, judges, signs; places and removes bait."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.people.models import Opening
from anbu.care.people.queries import openings_to_review
from anbu.care.people.rules import check_reason
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from .. import queries
from ..models import Residence, Review, Suspicion
from ..queries import ReviewPage, in_remit
from ..queries.remit import district_of
from ..rules import NotAllowed, UnknownLook, digest_of, next_month, road_of
from ..rules.review import begins


@transaction.atomic
def open_review(*, month: date, seen_by: Staff, now: datetime) -> ReviewPage:
    """Return a month, and write down that it was looked at: who reviews is looked at too."""
    found = queries.page(month=month, seen_by=seen_by, now=now)
    record(
        by=seen_by.actor,
        verb="list_review",
        at=now,
        month=f"{month:%Y-%m}",
        count=len(found.suspicions) + len(found.glass) + found.reasons_total,
    )
    return found


@transaction.atomic
def judge_suspicion(*, suspicion: int, verdict: str, note: str, by: Staff, now: datetime) -> None:
    """Say what a pattern was. Nothing follows by itself: what to do is for people to decide."""
    rows = Suspicion.objects.filter(staff__in=in_remit(seen_by=by))
    _judge(rows, suspicion, verdict=verdict, note=note, by=by, now=now)
    record(by=by.actor, verb="judge_suspicion", at=now, suspicion=suspicion, verdict=verdict)
    people.tell_screens()


@transaction.atomic
def judge_opening(*, opening: int, verdict: str, note: str, by: Staff, now: datetime) -> None:
    """Say whether a reason was one."""
    rows = openings_to_review(seen_by=by).filter(staff__in=in_remit(seen_by=by))
    _judge(rows, opening, verdict=verdict, note=note, by=by, now=now)
    record(by=by.actor, verb="judge_opening", at=now, opening=opening, verdict=verdict)


@transaction.atomic
def close_month(*, month: date, note: str, by: Staff, now: datetime) -> Review:
    """Sign for a month that is over and has nothing undecided left. It stays as it was signed.

    The hash of what was signed stands in the trace, and the trace is signed and chained.
    """
    _check_reviewer(by)
    if now < begins(next_month(month)):
        raise NotAllowed("아직 끝나지 않은 달입니다.")
    waiting = queries.undecided(month=month, seen_by=by)
    if waiting:
        raise NotAllowed("아직 판단하지 않은 것이 %(n)d건 있습니다.", n=waiting)
    summary = queries.summary_of(month=month, seen_by=by)
    try:
        with transaction.atomic():
            signed = Review.objects.create(
                month=month,
                district_id=district_of(seen_by=by),
                summary=summary,
                digest=digest_of(summary),
                note=check_reason(note),
                signed_at=now,
                signed_by=by,
            )
    except IntegrityError:
        raise NotAllowed("이미 마감한 달입니다.") from None
    record(by=by.actor, verb="close_review", at=now, month=f"{month:%Y-%m}", digest=signed.digest)
    return signed


def place_bait(
    *, dong: str, address: str, name: str, birth_year: int, sex: str, by: Staff, now: datetime
) -> UUID:
    """Write down a made-up person whom nobody has any business with."""
    _check_reviewer(by)
    return people.place_bait(
        dong=dong,
        address=address,
        name=name,
        birth_year=birth_year,
        sex=sex,
        by=by,
        now=now,
    )


def remove_bait(*, household: UUID, by: Staff, now: datetime) -> None:
    """Take a made-up person out of the register again."""
    _check_reviewer(by)
    people.remove_bait(household=household, by=by, now=now)


@transaction.atomic
def tell_residence(*, staff: int, dong: str, address: str, by: str, now: datetime) -> str:
    """Write down the road a member of staff lives on, and return it; no house number is kept."""
    road = road_of(address)
    card = places.find_dong(dong, now)
    if not road or card is None:
        raise NotAllowed("동 코드와 도로명주소를 적어 주세요.")
    Residence.objects.update_or_create(
        staff_id=staff,
        defaults={"dong_id": card.id, "road": road, "told_at": now, "told_by": by},
    )
    record(by=by, verb="tell_residence", at=now, staff=staff)
    return road


@transaction.atomic
def tell_own_road(*, dong: str, address: str, by: Staff, now: datetime) -> str:
    """Write down the road one lives on oneself, and return it; behind the wall even for oneself."""
    if not by.is_active:
        raise NotAllowed("이 일은 맡은 역할이 할 수 있는 일이 아닙니다.")
    with acting(machine("residence")):
        return tell_residence(staff=by.pk, dong=dong, address=address, by=by.actor, now=now)


def _check_reviewer(by: Staff) -> None:
    if not by.is_active or by.role != Staff.Role.PRIVACY_OFFICER:
        raise NotAllowed("이 일은 맡은 역할이 할 수 있는 일이 아닙니다.")


def _judge(
    rows: QuerySet[Any], id: int, *, verdict: str, note: str, by: Staff, now: datetime
) -> None:
    """Judge one row; one's own is not among them."""
    _check_reviewer(by)
    row = rows.select_for_update(of=("self",)).filter(id=id).first()
    if row is None:
        raise UnknownLook(id)
    if row.reviewed_at is not None:
        raise NotAllowed("이미 판단했습니다.")
    if verdict not in Opening.Verdict.values:
        raise NotAllowed("판단을 골라 주세요.")
    row.note = check_reason(note)
    row.verdict, row.reviewed_by, row.reviewed_at = verdict, by, now
    row.save(update_fields=["note", "verdict", "reviewed_by", "reviewed_at"])
