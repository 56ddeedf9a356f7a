"""월례회의: opening its list, and writing down who came and what was agreed."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.people.rules import clean
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Meeting, MeetingSeat, Worker
from ..queries.meetings import MeetingPage
from ..queries.meetings import meeting as _meeting
from ..queries.offices import CHANGES
from ..rules import NotAllowed, first_of


@transaction.atomic
def open_meeting(*, month: date, seen_by: Staff, now: datetime) -> MeetingPage:
    """Return the list of a month's meeting, and write down whose names were shown."""
    found = _meeting(month=month, seen_by=seen_by, now=now)
    homes = {row.person.household for row in found.overdue}
    homes |= {row.person.household for row in found.hazards}
    homes |= {row.household for row in found.questions}
    if homes:
        record(
            by=seen_by.actor,
            verb="list_meeting",
            at=now,
            homes=sorted(homes),
            month=month.isoformat(),
        )
    return found


@transaction.atomic
def hold_meeting(
    *,
    month: date,
    held_on: date,
    note: str,
    came: Collection[int],
    by: Staff,
    now: datetime,
) -> None:
    """Write down when it was held, who came, what was agreed; told again it is put right."""
    if not by.is_active or by.role not in CHANGES or by.dong_id is None:
        raise NotAllowed("회의는 동의 복지플래너가 적습니다.")
    if first_of(held_on) != month or held_on > now.astimezone(SEOUL).date():
        raise NotAllowed("회의를 연 날은 그 달의, 오늘까지의 날이어야 합니다.")
    told = {"held_on": held_on, "note": clean(note, what="정한 것", at_most=300)}
    row, _is_new = Meeting.objects.update_or_create(
        dong_id=by.dong_id, month=month, defaults={**told, "told_at": now, "told_by": by}
    )
    asked = Worker.objects.filter(dong=by.dong_id, ended_at=None).values_list("pk", flat=True)
    for worker in asked:
        MeetingSeat.objects.update_or_create(
            meeting=row, worker_id=worker, defaults={"came": worker in set(came)}
        )
    record(
        by=by.actor,
        verb="hold_meeting",
        at=now,
        meeting=row.pk,
        month=month.isoformat(),
        came=sorted(set(came) & set(asked)),
    )
