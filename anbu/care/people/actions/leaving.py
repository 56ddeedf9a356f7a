"""Absences: who is away, since when, until when, and who said so; and how a person is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record, record_each

from ..models import Absence, AskBy, Household, Person
from ..rules import TOLD_LATE, BadInput, check_absence, clean


@dataclass(frozen=True, kw_only=True, slots=True)
class Returning:
    """An absence that is over: is the person back?"""

    absence: int
    household: UUID
    label: str  # why the person was away
    began_at: datetime
    ended_at: datetime


@transaction.atomic
def register_absence(
    *,
    household: UUID,
    kind: str,
    begins_at: datetime,
    expected_until: datetime,
    told_by: str,
    told_how: str,
    note: str = "",
    by: str,
    now: datetime,
) -> int:
    """Write down that nobody is at home for a time, who said so and how; return its number."""
    home = Household.objects.select_for_update().get(id=household)
    if kind not in Absence.Kind.values or told_how not in Absence.How.values:
        raise BadInput("부재의 까닭과 알게 된 방법을 골라 주세요.")
    check_absence(begins_at=begins_at, expected_until=expected_until, now=now)
    if Absence.objects.filter(household=home, ended_at=None).exists():
        raise BadInput("이미 등록된 부재가 있습니다. 그 부재를 고치거나 끝내 주세요.")
    made = Absence.objects.create(
        household=home,
        kind=kind,
        begins_at=begins_at,
        expected_until=expected_until,
        told_by=clean(told_by, what="알려 준 사람", at_most=40, needed=True),
        told_how=told_how,
        note=clean(note, what="메모", at_most=120),
        registered_at=now,
        registered_by=by,
    )
    _trace(made, "register_absence", by, now)
    return made.pk


@transaction.atomic
def change_absence(
    *, household: UUID, expected_until: datetime, told_by: str, by: str, now: datetime
) -> None:
    """Move the end of the absence that runs or is to come."""
    absence = _open_absence(household)
    begins = max(absence.begins_at, now - TOLD_LATE)  # when it began is settled by now
    check_absence(begins_at=begins, expected_until=expected_until, now=now)
    absence.expected_until = expected_until
    absence.told_by = clean(told_by, what="알려 준 사람", at_most=40, needed=True)
    absence.save(update_fields=["expected_until", "told_by"])
    _trace(absence, "change_absence", by, now)


@transaction.atomic
def end_absence(*, household: UUID, by: str, now: datetime) -> None:
    """End the absence now: somebody knows that the person is back, or never left."""
    absence = _open_absence(household)
    absence.ended_at, absence.ended_by = now, by
    absence.save(update_fields=["ended_at", "ended_by"])
    _trace(absence, "end_absence", by, now)


@transaction.atomic
def end_past_absences(*, by: str, now: datetime, limit: int) -> list[tuple[UUID, datetime]]:
    """End the absences whose time is over, the oldest first; return each home and its end.

    Whoever ends one asks whether the person is back: `check_at` is due.
    """
    rows = list(
        Absence.objects.select_for_update(skip_locked=True)
        .filter(ended_at=None, expected_until__lte=now)
        .order_by("expected_until", "id")[:limit]
    )
    for row in rows:
        row.ended_at, row.ended_by, row.check_at = row.expected_until, by, now
    Absence.objects.bulk_update(rows, ["ended_at", "ended_by", "check_at"])
    homes = [row.household_id for row in rows]
    record_each(by=by, verb="absence_is_over", at=now, households=homes)
    return [(row.household_id, row.expected_until) for row in rows]


@transaction.atomic
def claim_returns(*, now: datetime, limit: int) -> list[Returning]:
    """Return the homes of whom it is to be asked whether they are back, taken off the list."""
    rows = list(
        Absence.objects.select_for_update(skip_locked=True)
        .filter(check_at__lte=now)
        .order_by("check_at", "id")[:limit]
    )
    Absence.objects.filter(id__in=[row.pk for row in rows]).update(check_at=None)
    return [
        Returning(
            absence=row.pk,
            household=row.household_id,
            label=str(row.get_kind_display()),
            began_at=row.begins_at,
            ended_at=row.expected_until,
        )
        for row in rows
    ]


@transaction.atomic
def put_off_return(*, absence: int, until: datetime) -> None:
    """Ask only later whether the person is back: nobody is woken for it."""
    Absence.objects.filter(id=absence, ended_at__isnull=False).update(check_at=until)


def _open_absence(household: UUID) -> Absence:
    absence = Absence.objects.select_for_update().filter(household=household, ended_at=None).first()
    if absence is None:
        raise BadInput("등록된 부재가 없습니다.")
    return absence


def _trace(absence: Absence, verb: str, by: str, now: datetime) -> None:
    until = absence.expected_until.isoformat()
    told: dict[str, Any] = {
        "absence": absence.pk,
        "kind": absence.kind,
        "until": until,
        "how": absence.told_how,
    }
    record(by=by, verb=verb, at=now, household=absence.household_id, **told)


@transaction.atomic
def set_asking(
    *,
    household: UUID,
    quiet_from: int | None,
    quiet_until: int | None,
    ask_by: str,
    ask_hour: int | None,
    by: str,
    now: datetime,
) -> None:
    """Write down when and by what a machine may ask this person; None and "" = as the policy."""
    person = Person.objects.select_for_update().get(household=household)
    if (quiet_from is None) != (quiet_until is None):
        raise BadInput("묻지 않는 시간은 시작과 끝을 함께 적어 주세요.")
    if not all(hour is None or 0 <= hour <= 24 for hour in (quiet_from, quiet_until)) or not (
        ask_hour is None or 0 <= ask_hour <= 23
    ):
        raise BadInput("시각은 0시에서 24시 사이로 적어 주세요.")
    if ask_by and ask_by not in AskBy.values:
        raise BadInput("묻는 방법을 골라 주세요.")
    person.quiet_from, person.quiet_until = quiet_from, quiet_until
    person.ask_by, person.ask_hour = ask_by, ask_hour
    person.save(update_fields=["quiet_from", "quiet_until", "ask_by", "ask_hour"])
    record(by=by, verb="set_asking", at=now, household=household)
