"""Letting the exchange dial: the number is looked up here, never told by a browser."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from anbu.care.effects import queries as effects
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people import queries as people
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff
from anbu.channels.port import Retry, Sent

from ..rules import Kin, NotAllowed, colleague_of
from .ledger import lock_open

FAILED = "교환기가 걸지 못했습니다. 번호를 보고 직접 걸어 주세요."
UNKNOWN = "교환기의 답이 없습니다. 전화가 울리지 않으면 직접 걸어 주세요."


type Whom = Literal["person", "worker", "partner"] | int


def dial(*, alarm_id: UUID, whom: Whom, by: Staff, now: datetime) -> str:
    """Ring the officer's own telephone, and from it the person at home or a contact (by id).

    Of a worker in danger: the worker, or their partner.

    Returns the extension that rings. What was said is written down by hand as ever: the exchange
    knows that two telephones were connected, not who spoke.

    Raises:
        NotAllowed: no exchange, no extension, no number; or the exchange did not take it.
    """
    exchange = effects.telephone()
    extension = staff.extension_of(staff=by)
    if exchange is None or not extension:
        raise NotAllowed("근무를 시작할 때 내선 번호를 적으면 여기서 걸 수 있습니다.")
    key = str(new_id())
    number = _number(alarm_id, whom, key, by, now)
    with exchange:
        answer = exchange.dial(extension=extension, number=number, key=key, at=now)
    if not isinstance(answer, Sent):
        _write_failure(alarm_id, key, answer.detail, by, now)
        raise NotAllowed(UNKNOWN if isinstance(answer, Retry) else FAILED)
    return extension


@transaction.atomic
def _number(alarm_id: UUID, whom: Whom, key: str, by: Staff, now: datetime) -> str:
    """Return the number to dial, and write down that it was asked for, before anything rings."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    sight = people.seen(seen_by=by, purpose=Purpose("signal", str(alarm.id)))
    if isinstance(whom, str) and whom in set(Kin):
        colleague = colleague_of(alarm.facts, whom)
        number = colleague.phone if colleague else ""
    else:
        rows = sight.people if whom == "person" else sight.contacts.filter(id=whom)
        number = rows.filter(household=alarm.household_id).values_list("phone", flat=True).first()
    if not number:
        raise NotAllowed("걸 수 있는 번호가 없습니다.")
    record(
        by=by.actor,
        verb="dial",
        at=now,
        household=alarm.household_id,
        alarm=str(alarm.id),
        whom=str(whom),
        call=key,
    )
    return number


@transaction.atomic
def _write_failure(alarm_id: UUID, key: str, why: str, by: Staff, now: datetime) -> None:
    record(by=by.actor, verb="dial_failed", at=now, alarm=str(alarm_id), call=key, why=why)
