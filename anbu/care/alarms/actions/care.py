"""Asking a supervisor to look after the people who were there, and not letting it be forgotten."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from anbu.care.foundation.actions import act_as, record
from anbu.care.people.rules import clean
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from ..models import Alarm, Care, Entry, FieldJob, Step
from ..queries.care import CareRow, cares
from ..rules import (
    CARE_NEXT,
    CARE_NOTE,
    PATIENT_DAYS,
    CareState,
    NotAllowed,
    UnknownAlarm,
    asks_for_care,
    who_asks,
    working_days_on,
)
from .ledger import CLOCK, SYSTEM

AT_ONCE = 100
NOBODY = 0  # no colleague's number: an agent is none of ours


def look_after(alarm: Alarm, *, now: datetime) -> None:
    """Ask for everybody who was there, if it ended so. Part of the deed that ends the alarm.

    Colleagues who took a step in it, and whoever stood at the door: once each, however often.
    """
    entered = Entry.objects.filter(alarm=alarm).exists()
    if not asks_for_care(alarm.outcome, was_entered=entered):
        return
    acted = Step.objects.filter(alarm=alarm, by__isnull=False)
    involved = Staff.objects.filter(pk__in=acted.values("by"), is_active=True).order_by("pk")
    at_door = FieldJob.objects.filter(alarm=alarm, arrived_at__isnull=False)
    for whom in involved:
        _ask(alarm, _asker(whom, but=whom.pk), now, whom=whom)
    for job in at_door.select_related("sent_by").order_by("sent_at", "id"):
        _ask(alarm, _asker(job.sent_by), now, job=job)
    people = len(involved) + len(at_door)
    record(by=SYSTEM, verb="ask_for_care", at=now, alarm=str(alarm.id), people=people)


def ask_after_workers(*, alarm: UUID, whom: Collection[int], dong: int, now: datetime) -> None:
    """Ask for workers of the care corps who were there: a planner of their dong is to look after.

    Where the dong has none, a supervisor is; who lets it lie is followed by a supervisor too.
    """
    row = Alarm.objects.get(id=alarm)
    planners = Staff.objects.filter(role=Staff.Role.PLANNER, is_active=True, post__dong=dong)
    candidates = list(planners.order_by("pk").values_list("pk", flat=True))
    workers = Staff.objects.filter(pk__in=whom, is_active=True).order_by("pk")
    for one in workers:
        owner = who_asks(candidates, whom=one.pk) or _asker(one, but=one.pk)
        _ask(row, owner, now, whom=one)
    record(by=SYSTEM, verb="ask_for_care", at=now, alarm=str(alarm), people=len(workers))


def _ask(alarm: Alarm, owner: int | None, now: datetime, **of: Staff | FieldJob) -> None:
    known = places.calendar(now)
    due, up = (
        working_days_on(now, days, holidays=known.holidays, hours=known.hours)
        for days in (1, PATIENT_DAYS)
    )
    told = {
        "owner_staff_id": owner,
        "owner_post_id": None if owner else places.centre(),
        "asked_at": now,
        "due_at": due,
        "up_at": up,
    }
    Care.objects.get_or_create(alarm=alarm, **of, defaults=told)


@transaction.atomic
def open_cares(*, seen_by: Staff, now: datetime) -> tuple[CareRow, ...]:
    """Return whom this person is to ask, and write down that they looked."""
    rows = cares(seen_by=seen_by, now=now)
    if rows:
        ids = [str(row.id) for row in rows]
        record(by=seen_by.actor, verb="list_cares", at=now, cares=ids)
    return rows


@transaction.atomic
def settle_care(*, care: UUID, state: str, note: str = "", by: Staff, now: datetime) -> None:
    """Write down that they have talked, or that the colleague did not want to."""
    row = Care.objects.select_for_update().filter(id=care, owner_staff=by).first()
    if row is None:
        raise UnknownAlarm(str(care))
    if state not in CARE_NEXT[CareState(row.state)]:
        raise NotAllowed("이야기했는지, 원하지 않았는지 골라 주세요.")
    row.state, row.settled_at, row.settled_by = state, now, by
    row.note = clean(note, what="메모", at_most=CARE_NOTE)
    row.save(update_fields=["state", "settled_at", "settled_by", "note"])
    record(by=by.actor, verb="settle_care", at=now, care=str(row.id), state=state)


@transaction.atomic
def hand_on_next_care(*, now: datetime) -> bool:
    """Ask the next supervisor where one has let it lie, or is not there any more."""
    act_as(CLOCK)
    gone = Q(owner_staff=None) | Q(owner_staff__is_active=False)
    rows = list(
        Care.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("whom", "job__sent_by")
        .filter(Q(up_at__lte=now) | gone, state=CareState.ASKED)
        .order_by("up_at", "id")[:AT_ONCE]
    )
    moved = [row for row in rows if _hand_on(row, now)]
    return bool(moved)


def _hand_on(row: Care, now: datetime) -> bool:
    """Give one to the next; say whether anything changed."""
    if row.job is not None:
        owner = _asker(row.job.sent_by, now_asking=row.owner_staff_id)
    else:
        assert row.whom is not None  # the table says so: one of the two
        owner = _asker(row.whom, but=row.whom.pk, now_asking=row.owner_staff_id)
    if owner is None and row.owner_staff_id is None and row.up_at > now:
        return False  # nobody can be asked yet: the post has it
    known = places.calendar(now)
    row.owner_staff_id, row.owner_post_id = owner, None if owner else places.centre()
    row.up_at = working_days_on(now, PATIENT_DAYS, holidays=known.holidays, hours=known.hours)
    row.handed_on += 1
    row.save(update_fields=["owner_staff", "owner_post", "up_at", "handed_on"])
    record(by=SYSTEM, verb="hand_on_care", at=now, care=str(row.id), to=owner)
    return True


def _asker(beside: Staff, *, but: int = NOBODY, now_asking: int | None = None) -> int | None:
    """Return who asks: a supervisor of the organisation of `beside`, else any; never `but`."""
    supervisors = Staff.objects.filter(role=Staff.Role.SUPERVISOR, is_active=True).order_by("pk")
    own = supervisors.filter(organisation=beside.organisation_id).exclude(pk=but)
    found = own if own.exists() else supervisors
    candidates = list(found.values_list("pk", flat=True))
    return who_asks(candidates, now_asking=now_asking, whom=but)
