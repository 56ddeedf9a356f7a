"""Which vendor's post answers for a service: its lines are written and ended, never changed."""

from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Q

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Refused

from ..models import Contract, District, Organisation, Post
from ..rules import SEOUL


class BadContract(Refused):
    """A line that cannot be written or ended so."""


@transaction.atomic
def write_contract(
    *,
    vendor: int,
    service: str,
    provider: str = "",
    district: int,
    days: str = "",
    opens: time,
    closes: time,
    valid_from: date,
    by: str,
    now: datetime,
) -> Contract:
    """Write down that a vendor answers a service in a district from a day on, at these hours.

    Not earlier than today: who had to answer yesterday is a fact. The vendor's post is made with
    its first line.
    """
    organisation = (
        Organisation.objects.select_for_update().filter(id=vendor, valid_until=None).first()
    )
    if organisation is None or organisation.kind != Organisation.Kind.VENDOR:
        raise BadContract("업체를 골라 주세요.")
    place = District.objects.filter(id=district, valid_until=None).first()
    if place is None:
        raise BadContract("자치구를 골라 주세요.")
    if days not in Contract.Days.values:
        raise BadContract("요일을 골라 주세요.")
    if valid_from < now.astimezone(SEOUL).date():
        raise BadContract("오늘보다 앞선 날부터로는 적을 수 없습니다.")
    post, _ = Post.objects.get_or_create(
        vendor=organisation, defaults={"kind": Post.VENDOR, "name": organisation.name[:60]}
    )
    _nobody_else(post, service, place, valid_from)
    try:
        with transaction.atomic():
            line = Contract.objects.create(
                post=post,
                service=service,
                provider=provider.strip(),
                district=place,
                days=days,
                opens=opens,
                closes=closes,
                valid_from=valid_from,
                made_at=now,
                made_by=by,
            )
    except IntegrityError:
        raise BadContract("같은 서비스·자치구·요일의 계약이 이미 있습니다.") from None
    record(
        by=by,
        verb="write_contract",
        at=now,
        contract=line.pk,
        post=post.pk,
        service=service,
        district=place.code,
    )
    return line


@transaction.atomic
def end_contract(*, contract: int, until: date, by: str, now: datetime) -> None:
    """Write down the first day on which the vendor no longer answers: today at the earliest."""
    line = Contract.objects.select_for_update().filter(id=contract, ended_at=None).first()
    if line is None:
        raise BadContract("끝낼 계약이 없습니다.")
    if until < now.astimezone(SEOUL).date():
        raise BadContract("오늘보다 앞선 날로는 끝낼 수 없습니다.")
    line.valid_until = max(until, line.valid_from)
    line.ended_at, line.ended_by = now, by
    line.save(update_fields=["valid_until", "ended_at", "ended_by"])
    record(by=by, verb="end_contract", at=now, contract=contract, until=until.isoformat())


def _nobody_else(post: Post, service: str, district: District, since: date) -> None:
    """Refuse a second vendor for one service in one district: nobody could say whose it is."""
    District.objects.select_for_update().get(id=district.pk)
    others = Contract.objects.filter(service=service, district=district).exclude(post=post)
    if others.filter(Q(valid_until=None) | Q(valid_until__gt=since)).exists():
        raise BadContract("이 서비스는 이 자치구에서 다른 업체가 맡고 있습니다.")
