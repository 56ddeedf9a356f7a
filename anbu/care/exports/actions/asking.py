"""One person asks for a file, another allows it. Never the same one: the database says so too."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from anbu.care.foundation.actions import acting, record
from anbu.care.foundation.rules import Purpose
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Export
from ..queries import district_of, homes_in_scope, reader_of, visible
from ..rules import (
    COUNTS,
    MAY_ALLOW,
    MAY_ASK,
    MOST_ROWS,
    DataSet,
    NotAllowed,
    State,
    UnknownExport,
    check_reason,
    is_within,
)
from .making import MAKE

NEEDS_DAYS = frozenset({DataSet.OUTCOMES})
WORDS = ("district", "dong", "tier")


@transaction.atomic
def ask(*, data_set: str, scope: Mapping[str, str], reason: str, by: Staff, now: datetime) -> UUID:
    """Ask for a file; nothing is read yet but how many homes it would be about."""
    if (
        not by.is_active
        or data_set not in set(DataSet)
        or by.role not in MAY_ASK[DataSet(data_set)]
    ):
        raise NotAllowed("이 자료를 청할 수 있는 역할이 아닙니다.")
    why = check_reason(clean(reason, what="까닭", at_most=200, needed=True))
    told = _checked(DataSet(data_set), scope)
    purpose = Purpose("reason", text=why)
    actor = reader_of(data_set, by)
    with acting(actor):
        homes = homes_in_scope(scope=told, actor=actor, purpose=purpose).count()
    if not homes:
        raise NotAllowed("이 범위에는 가구가 없습니다.")
    if data_set not in COUNTS and homes > MOST_ROWS:
        raise NotAllowed(
            "%(homes)d가구는 너무 많습니다. 한 번에 %(most)d가구까지입니다. 범위를 좁혀 주세요.",
            homes=homes,
            most=MOST_ROWS,
        )
    made = Export.objects.create(
        data_set=data_set, scope=told, reason=why, homes=homes, asked_by=by, asked_at=now
    )
    _trace("ask_export", made, by, now, about=homes, scope=told)
    return made.pk


@transaction.atomic
def allow(*, export: UUID, why: str = "", by: Staff, now: datetime) -> None:
    """Allow a file that somebody else asked for; a machine begins to make it."""
    row = _lock_to_decide(export, by)
    _decide(row, State.ALLOWED, clean(why, what="까닭", at_most=200), by, now)
    _trace("allow_export", row, by, now)
    jobs.configure_task(MAKE, queue="exports", lock=str(row.pk)).defer(export_id=str(row.pk))


@transaction.atomic
def refuse(*, export: UUID, why: str, by: Staff, now: datetime) -> None:
    """Refuse a file, and say why."""
    row = _lock_to_decide(export, by)
    told = check_reason(clean(why, what="까닭", at_most=200, needed=True))
    _decide(row, State.REFUSED, told, by, now)
    _trace("refuse_export", row, by, now)


@transaction.atomic
def withdraw(*, export: UUID, by: Staff, now: datetime) -> None:
    """Take one's own request back before it was answered."""
    row = Export.objects.select_for_update().filter(id=export, asked_by=by).first()
    if row is None:
        raise UnknownExport(export)
    if row.state != State.ASKED:
        raise NotAllowed("이미 답이 있는 요청입니다.")
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    _trace("withdraw_export", row, by, now)


def _checked(data_set: DataSet, scope: Mapping[str, str]) -> dict[str, str]:
    """Return a scope as it is kept: only words we know, days that are days."""
    told = {name: str(scope[name])[:10] for name in WORDS if scope.get(name)}
    if data_set not in NEEDS_DAYS:
        return told
    try:
        since, until = (date.fromisoformat(str(scope.get(name, ""))) for name in ("since", "until"))
    except ValueError:
        raise NotAllowed("언제부터 언제까지인지 날짜를 골라 주세요.") from None
    if until < since:
        raise NotAllowed("끝나는 날이 시작하는 날보다 앞설 수 없습니다.")
    return told | {"since": since.isoformat(), "until": until.isoformat()}


def _lock_to_decide(export: UUID, by: Staff) -> Export:
    seen = visible(seen_by=by).filter(id=export).values("id")
    rows = Export.objects.select_for_update(of=("self",)).filter(id__in=seen)
    row = rows.select_related("asked_by__organisation").first()
    if row is None:
        raise UnknownExport(export)
    if row.asked_by_id == by.pk:
        raise NotAllowed("자신이 청한 자료는 다른 사람이 허락합니다.")
    of = district_of(by)
    if by.role not in MAY_ALLOW[DataSet(row.data_set)] or not is_within(
        district=district_of(row.asked_by), of=of
    ):
        raise UnknownExport(export)
    if row.state != State.ASKED:
        raise NotAllowed("이미 답이 있는 요청입니다.")
    return row


def _decide(row: Export, state: State, why: str, by: Staff, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.decided_why = state, by, now, why
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_why"])


def _trace(verb: str, row: Export, by: Staff, now: datetime, **detail: Any) -> None:
    purpose = Purpose("reason", ref=str(row.pk), text=row.reason)
    told = {"export": str(row.pk), "data_set": row.data_set, **detail}
    record(by=by.actor, verb=verb, at=now, purpose=purpose, **told)
