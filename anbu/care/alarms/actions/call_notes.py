"""What is done about a call whose home we did not find, until somebody says how it ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import act_as, record
from anbu.care.people.rules import clean
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.staff.models import Shift, Staff

from ..models import CallNote, CallStep
from ..queries.calls import CallPage, call_page, visible_calls
from ..rules import (
    CALL_ENDS,
    WORDS_LENGTH,
    CallEnd,
    CallState,
    NotAllowed,
    TakenByAnother,
    UnknownAlarm,
    check_call,
    due_after,
)
from .calls import Taken, about_home, heard_of
from .ledger import CLOCK, SYSTEM, announce_causes

AT_ONCE = 100


@transaction.atomic
def open_call(*, call_id: UUID, seen_by: Staff, now: datetime) -> CallPage | None:
    """Return the page of a call, and write down who saw it."""
    page = call_page(call_id=call_id, seen_by=seen_by)
    if page is not None:
        record(by=seen_by.actor, verb="open_call", at=now, call=str(call_id))
        effects.acknowledge([Cause.CALL], [call_id], by=seen_by, now=now, at_post=True)
    return page


@transaction.atomic
def claim_call(*, call_id: UUID, by: Staff, now: datetime) -> None:
    """Become the owner of a call; of two who try at once, one gets it."""
    note = _lock(call_id, by)
    if note.owner_staff_id == by.pk:
        return
    if note.owner_staff is not None:
        raise TakenByAnother(note.owner_staff.name, note.owner_since)
    _own(note, by, now)
    _write(note, "claim_call", by, now, kind="owner", to=by.name)


@transaction.atomic
def note_call(*, call_id: UUID, text: str, by: Staff, now: datetime) -> None:
    """Add a line to a call. Anybody who sees it may, whoever owns it."""
    note = _lock(call_id, by)
    told = clean(text, what="메모", at_most=WORDS_LENGTH, needed=True)
    _write(note, "note_call", by, now, kind="note", text=told)


@transaction.atomic
def hand_call(*, call_id: UUID, dong: str, by: Staff, now: datetime) -> None:
    """Give a call to the dong office whose area it is (`dong`: its code), with a new clock."""
    note = _lock(call_id, by)
    _take(note, by, now)
    post = Post.objects.filter(dong__code=dong, dong__valid_until=None).first()
    if post is None:
        raise NotAllowed("넘길 동을 골라 주세요.")
    if post.pk == by.post_id:
        raise NotAllowed("이미 이 동이 맡고 있습니다.")
    _move(note, CallState.HANDED)
    note.owner_staff, note.owner_post, note.owner_since = None, post, now
    note.dong_post = post
    note.due_at = due_after(note.level, now=now)
    _write(note, "hand_call", by, now, kind="handed", to=post.name)
    _tell([note], now)


@transaction.atomic
def call_119_about(*, call_id: UUID, told: str, by: Staff, now: datetime) -> None:
    """Write down that 119 or 112 were told, and by whom it was taken; we ask what came of it.

    It tells of a stranger's place what a caller said: vital interest, no register is opened.
    """
    note = _lock(call_id, by)
    _take(note, by, now)
    whom = clean(told, what="받은 곳과 접수 번호", at_most=WORDS_LENGTH, needed=True)
    _move(note, CallState.JOINT)
    note.due_at = due_after(note.level, now=now, answer=True)
    _write(note, "call_119_about", by, now, kind="joint", text=whom)


@transaction.atomic
def find_home_of_call(*, call_id: UUID, household: UUID, by: Staff, now: datetime) -> Taken:
    """Say whose home it is after all: the call ends, and goes on as that home's signal."""
    note = _lock(call_id, by)
    _take(note, by, now)
    taken = about_home(household=household, heard=heard_of(note), by=by, now=now)
    note.alarm_id = taken.alarm
    _close(note, CallEnd.LINKED, "", by, now)
    return taken


@transaction.atomic
def close_call(*, call_id: UUID, outcome: str, text: str = "", by: Staff, now: datetime) -> None:
    """End a call with its outcome; who was not found is told of in words."""
    note = _lock(call_id, by)
    if outcome not in CALL_ENDS:
        raise NotAllowed("결과를 골라 주세요.")
    must = outcome == CallEnd.NOT_FOUND
    told = clean(text, what="무엇을 했는지", at_most=WORDS_LENGTH, needed=must)
    _take(note, by, now)
    _close(note, CallEnd(outcome), told, by, now)


@transaction.atomic
def look_after_calls(*, now: datetime) -> bool:
    """Give back to the post on duty what nobody acted on in time, or whose owner went home."""
    act_as(CLOCK)
    gone = Shift.objects.filter(
        staff=OuterRef("owner_staff"), ended_at__gte=OuterRef("owner_since")
    )
    back = Shift.objects.filter(staff=OuterRef("owner_staff"), ended_at=None)
    absent = Q(owner_staff__isnull=False) & (
        Q(owner_staff__is_active=False) | Exists(gone) & ~Exists(back)
    )
    rows = list(
        CallNote.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("dong_post", "taken_by")
        .filter(absent | Q(due_at__lte=now), closed_at=None)
        .order_by("due_at", "id")[:AT_ONCE]
    )
    for note in rows:
        _give_back(note, now)
    if rows:
        _tell(rows, now)
        announce_causes()
    return len(rows) == AT_ONCE


def _tell(notes: Sequence[CallNote], now: datetime) -> None:
    """Tell the post that has each of these calls now, until somebody there has seen it."""
    things = [
        Thing(kind=Cause.CALL, id=note.id, post=note.owner_post_id, level=note.level)
        for note in notes
        if note.owner_post_id
    ]
    effects.tell(things, now=now)


def _give_back(note: CallNote, now: datetime) -> None:
    overdue = note.due_at <= now
    if overdue:
        note.late += 1
        note.due_at = due_after(note.level, now=now)
    post = _post(note, now)
    note.owner_staff, note.owner_post, note.owner_since = None, post, now
    note.centre_owned |= post.kind == Post.CENTRE
    note.save()
    kind = "late" if overdue else "owner"
    CallStep.objects.create(call=note, at=now, kind=kind, detail={"to": post.name})
    record(by=SYSTEM, verb="release_call", at=now, call=str(note.id), late=note.late)


def _post(note: CallNote, now: datetime) -> Post:
    """Return who is on duty for it: by day the dong office that was asked, else the centre."""
    is_cry = note.taken_by.role == Staff.Role.CARE_CORPS  # a worker in danger stays the centre's
    if note.dong_post is not None and not is_cry and places.on_duty(now) == Post.DONG:
        return note.dong_post
    return Post.objects.get(id=places.centre())


def _lock(call_id: UUID, by: Staff) -> CallNote:
    rows: QuerySet[CallNote] = visible_calls(seen_by=by).filter(id=call_id)
    note = rows.select_for_update(of=("self",)).first()
    if note is None:
        raise UnknownAlarm(str(call_id))
    if note.closed_at is not None:
        raise NotAllowed("이미 끝난 전화입니다.")
    return note


def _take(note: CallNote, by: Staff, now: datetime) -> None:
    if note.owner_staff_id == by.pk:
        return
    if note.owner_staff is not None:
        raise TakenByAnother(note.owner_staff.name, note.owner_since)
    _own(note, by, now)
    CallStep.objects.create(call=note, at=now, kind="owner", by=by, detail={"to": by.name})


def _own(note: CallNote, by: Staff, now: datetime) -> None:
    if by.post is None:
        raise NotAllowed("당직 자리가 없는 사람은 전화를 맡을 수 없습니다.")
    effects.acknowledge([Cause.CALL], [note.id], by=by, now=now)
    note.owner_staff, note.owner_post, note.owner_since = by, None, now
    note.centre_owned |= by.post.kind == Post.CENTRE


def _move(note: CallNote, to: CallState) -> None:
    check_call(CallState(note.state), to)
    note.state = to


def _close(note: CallNote, outcome: CallEnd, told: str, by: Staff, now: datetime) -> None:
    _move(note, CallState.CLOSED)
    effects.acknowledge([Cause.CALL], [note.id], by=by, now=now)
    note.outcome, note.closed_at, note.closed_by = outcome, now, by
    _write(note, "close_call", by, now, kind="closed", outcome=str(outcome), text=told)


def _write(
    note: CallNote, verb: str, by: Staff, now: datetime, *, kind: str, **detail: Any
) -> None:
    note.save()
    CallStep.objects.create(call=note, at=now, kind=kind, by=by, detail=detail)
    record(by=by.actor, verb=verb, at=now, call=str(note.id))
    announce_causes()
