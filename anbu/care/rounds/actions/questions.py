"""무엇이 맞나요?: a person chooses, and the register changes by its own room's deeds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere
from anbu.care.people import actions as register
from anbu.care.people import queries as people
from anbu.care.people.queries import Home
from anbu.care.people.rules import clean
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from ..models import Question, Unread
from ..queries.offices import CHANGES, dongs_of
from ..queries.questions import QuestionRow
from ..queries.questions import questions as _questions
from ..queries.register import NO, YES, present_values
from ..queries.unread import UnreadRow
from ..queries.unread import unread as _unread
from ..rules import TIERS, Guarded, NotAllowed

HOW = "돌봄단이 전한 말을 담당이 확인함"
CARE_CORPS = "care_corps"
REVIEW = timedelta(days=180)  # a decided tier is looked at again; ours


class UnknownQuestion(NotHere):
    """There is no such question, or not for this person."""


@transaction.atomic
def open_questions(*, seen_by: Staff, now: datetime) -> tuple[QuestionRow, ...]:
    """Return what waits for a choice, and write down whose values were shown."""
    found = _questions(seen_by=seen_by)
    if found:
        record(
            by=seen_by.actor,
            verb="list_questions",
            at=now,
            homes=sorted({row.household for row in found}),
        )
    return found


@transaction.atomic
def choose(*, question: int, value: str, unit: str = "", by: Staff, now: datetime) -> None:
    """Decide which value is right. Any but the present one is written into the register.

    Args:
        value: the present value, or one that somebody told; nothing else is an answer.
        unit: of an address: the flat, apart from the road.
    """
    row = _lock(question, by)
    home = people.home(household=row.household_id, seen_by=by)
    if home is None:
        raise UnknownQuestion(str(question))
    field = Guarded(row.field)
    present = present_values([home.id], sight=people.seen(seen_by=by))[home.id, field]
    if home.is_protected and field == Guarded.ADDRESS:
        raise NotAllowed("보호 주소입니다. 등록 정보에서 확인해 주세요.")
    if value not in {present, *row.told.values_list("value", flat=True)}:
        raise NotAllowed("둘 가운데 하나를 골라 주세요.")
    if value != present:
        _write(field, home, value, unit, by, now)
    row.chosen, row.closed_at, row.closed_by = value[:200], now, by
    row.save(update_fields=["chosen", "closed_at", "closed_by"])
    record(
        by=by.actor,
        verb="choose_value",
        at=now,
        household=row.household_id,
        question=row.pk,
        field=row.field,
        changed=value != present,
    )


@transaction.atomic
def open_unread(*, seen_by: Staff, now: datetime) -> tuple[UnreadRow, ...]:
    """Return what telephones told that nobody could take, and write down that it was shown."""
    found = _unread(seen_by=seen_by)
    if found:
        record(by=seen_by.actor, verb="list_unread", at=now, unread=[row.id for row in found])
    return found


@transaction.atomic
def settle_unread(*, unread: int, decided: str, by: Staff, now: datetime) -> None:
    """Say what became of it; what was done in truth is logged anew, by whoever did it."""
    rows = Unread.objects.select_for_update(of=("self",))
    row = rows.filter(pk=unread, worker__dong__in=dongs_of(seen_by=by)).first()
    if row is None or by.role not in CHANGES:
        raise UnknownQuestion(str(unread))
    if row.seen_at is not None:
        raise NotAllowed("이미 본 기록입니다.")
    row.decided = clean(decided, what="어떻게 했는지", at_most=120, needed=True)
    row.seen_at, row.seen_by = now, by
    row.save(update_fields=["decided", "seen_at", "seen_by"])
    record(by=by.actor, verb="settle_unread", at=now, unread=row.pk, worker=row.worker_id)


def _write(field: Guarded, home: Home, value: str, unit: str, by: Staff, now: datetime) -> None:
    told: dict[str, Any] = {"household": home.id, "by": actor_of(by), "now": now}
    match field:
        case Guarded.PHONE:
            register.change_phone(phone=value, **told)
        case Guarded.ADDRESS:
            flat = clean(unit, what="동·호수", at_most=60)
            road = value.removesuffix(flat).strip() if flat else value
            register.move_home(address=road, unit=flat, is_protected=home.is_protected, **told)
        case Guarded.RISK:
            _change_tier(home.id, value, by, now)
        case Guarded.CONSENT:
            _change_consent(value, told)


def _change_tier(home: UUID, value: str, by: Staff, now: datetime) -> None:
    if value not in TIERS:
        raise NotAllowed("들은 말로는 위험군을 정할 수 없습니다. 평가에서 정해 주세요.")
    register.change_tier(
        household=home,
        tier=value,
        reason=HOW,
        review_on=now.astimezone(SEOUL).date() + REVIEW,
        by=actor_of(by),
        now=now,
    )


def _change_consent(value: str, told: dict[str, Any]) -> None:
    """Let a home take part in the care corps, or no more; what devices may do is not touched."""
    if value == YES:
        register.enrol(service=CARE_CORPS, **told)
    elif value == NO:
        register.end_enrolment(service=CARE_CORPS, why=HOW, **told)
    else:
        raise NotAllowed("들은 말로는 동의를 바꿀 수 없습니다. 등록 정보에서 적어 주세요.")


def _lock(question: int, by: Staff) -> Question:
    sight = people.within_sight(seen_by=by)
    rows = Question.objects.select_for_update(of=("self",)).filter(household__in=sight)
    row = rows.filter(pk=question).first()
    if row is None or not by.is_active:
        raise UnknownQuestion(str(question))
    if by.role not in CHANGES:
        raise NotAllowed("동의 복지플래너가 고릅니다.")
    if row.closed_at is not None:
        raise NotAllowed("이미 고른 질문입니다.")
    return row
