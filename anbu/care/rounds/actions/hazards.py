"""주의할 것: short facts before a door. They end by themselves, and the person may object."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people import queries as people
from anbu.care.people.rules import clean
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Hazard
from ..rules import NotAllowed, check_hazard
from ..rules.hazards import APPEAL_LENGTH, check_until


@transaction.atomic
def note_hazard(*, household: UUID, text: str, until: date, by: Staff, now: datetime) -> int:
    """Write down what a worker should know before this door, until a day at most a half year on."""
    home = people.within_sight(seen_by=by).filter(id=household).first()
    if home is None:
        raise NotAllowed("볼 수 있는 집이 아닙니다.")
    told = check_hazard(text, until=until, today=_day(now))
    row = Hazard.objects.create(
        household=home, text=told, made_at=now, made_by=by, valid_until=until
    )
    _record("note_hazard", row, by, now, until=until.isoformat())
    return row.pk


@transaction.atomic
def renew_hazard(*, hazard: int, until: date, by: Staff, now: datetime) -> None:
    """Say that it is still so, after a person looked at it again."""
    row = _lock(hazard, by, now)
    if row.appealed_at is not None and row.decided_at is None:
        raise NotAllowed("이의가 있는 기록은 먼저 정해야 늘릴 수 있습니다.")
    check_until(until, today=_day(now))
    row.valid_until, row.renewed_at, row.renewed_by = until, now, by
    row.save(update_fields=["valid_until", "renewed_at", "renewed_by"])
    _record("renew_hazard", row, by, now, until=until.isoformat())


@transaction.atomic
def end_hazard(*, hazard: int, by: Staff, now: datetime) -> None:
    """Take a note away: it is not so any more."""
    row = _lock(hazard, by, now)
    row.ended_at, row.ended_by = now, by.actor
    row.save(update_fields=["ended_at", "ended_by"])
    _record("end_hazard", row, by, now)


@transaction.atomic
def appeal_hazard(*, hazard: int, words: str, by: Staff, now: datetime) -> None:
    """Write down that the person objects, as the dong heard it. Told twice, the first stands."""
    row = _lock(hazard, by, now)
    if row.appealed_at is not None:
        raise NotAllowed("이미 이의가 적혀 있습니다.")
    row.appeal = clean(words, what="이의", at_most=APPEAL_LENGTH, needed=True)
    row.appealed_at = now
    row.save(update_fields=["appeal", "appealed_at"])
    _record("appeal_hazard", row, by, now)


@transaction.atomic
def decide_hazard(*, hazard: int, is_upheld: bool, by: Staff, now: datetime) -> None:
    """Decide about an objection: never by who wrote the note. Upheld, it is gone at once."""
    row = _lock(hazard, by, now)
    if row.appealed_at is None or row.decided_at is not None:
        raise NotAllowed("정할 이의가 없습니다.")
    if by.pk in (row.made_by_id, row.renewed_by_id):
        raise NotAllowed("적거나 늘린 사람이 아닌 다른 담당자가 정해야 합니다.")
    row.decided_at, row.decided_by, row.is_upheld = now, by, is_upheld
    if is_upheld:
        row.ended_at, row.ended_by = now, by.actor
    row.save(update_fields=["decided_at", "decided_by", "is_upheld", "ended_at", "ended_by"])
    _record("decide_hazard", row, by, now, is_upheld=is_upheld)


def _lock(hazard: int, by: Staff, now: datetime) -> Hazard:
    sight = people.within_sight(seen_by=by)
    rows = Hazard.objects.select_for_update(of=("self",)).filter(household__in=sight)
    row = rows.filter(pk=hazard, ended_at=None, valid_until__gte=_day(now)).first()
    if row is None:
        raise NotAllowed("지금 있는 기록이 아닙니다.")
    return row


def _day(now: datetime) -> date:
    return now.astimezone(SEOUL).date()


def _record(verb: str, row: Hazard, by: Staff, now: datetime, **told: object) -> None:
    record(by=by.actor, verb=verb, at=now, household=row.household_id, hazard=row.pk, **told)
