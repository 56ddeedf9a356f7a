"""Whose the signals of a service are: a contract is written and ended by who may."""

from datetime import date, datetime, time

from anbu.care.people.models import Enrolment
from anbu.care.places import actions as places
from anbu.care.places.actions import BadContract
from anbu.care.staff.models import Staff

from ..queries.contracts import may_contract
from ..rules import NotAllowed


def make_contract(
    *,
    vendor: int,
    service: str,
    provider: str = "",
    district: int,
    days: str = "",
    opens: time,
    closes: time,
    valid_from: date,
    by: Staff,
    now: datetime,
) -> None:
    """Let a vendor answer for a service in a district, from a day on, at these hours."""
    _check(by)
    if service not in Enrolment.Service.values:
        raise BadContract("서비스를 골라 주세요.")
    places.write_contract(
        vendor=vendor,
        service=service,
        provider=provider,
        district=district,
        days=days,
        opens=opens,
        closes=closes,
        valid_from=valid_from,
        by=by.actor,
        now=now,
    )


def close_contract(*, contract: int, until: date, by: Staff, now: datetime) -> None:
    """Say from which day on a vendor no longer answers."""
    _check(by)
    places.end_contract(contract=contract, until=until, by=by.actor, now=now)


def _check(by: Staff) -> None:
    if not may_contract(seen_by=by):
        raise NotAllowed("업체 계약은 관제 책임자와 시가 적습니다.")
