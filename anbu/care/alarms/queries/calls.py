"""Calls that came in about a home we cannot find: their rows and their page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import CallNote, CallStep
from ..rules import CallState


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """One call about somebody who is not in the register."""

    id: UUID
    number: str
    level: int
    state: str  # taken | handed | joint | closed
    caller: str
    call_back: str
    name: str
    place: str
    said: tuple[str, ...]
    words: str
    at_stake: bool
    taken_at: datetime
    taken_by: str
    due_at: datetime
    late: int
    owner_name: str
    owner_post: str
    is_mine: bool
    dong: str  # the dong office that was asked last
    alarm: UUID | None
    closed_at: datetime | None
    closed_by: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class CallLine:
    at: datetime
    kind: str
    by: str
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CallPage:
    row: CallRow
    steps: tuple[CallLine, ...]  # the newest first


def visible_calls(*, seen_by: Staff) -> QuerySet[CallNote]:
    """Return what the centre owns or once owned, and for a dong office what it was asked."""
    people.seen(seen_by=seen_by)  # a call tells of somebody, whoever it is
    rows = CallNote.objects.all()
    if not seen_by.is_active or seen_by.post_id is None:
        return rows.none()
    if seen_by.role == Staff.Role.PLANNER:
        mine = Q(owner_staff=seen_by.pk) | Q(owner_post=seen_by.post_id)
        return rows.filter(mine | Q(dong_post=seen_by.post_id))
    if seen_by.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR):
        return rows.filter(centre_owned=True)
    return rows.none()


def call_rows(*, seen_by: Staff) -> tuple[CallRow, ...]:
    """Return one row for each open call of this person's post: gravest first. One query."""
    near = visible_calls(seen_by=seen_by).filter(closed_at=None)
    ours = Q(owner_post=seen_by.post_id) | Q(owner_staff__post=seen_by.post_id)
    ours |= Q(dong_post=seen_by.post_id, taken_by__role=Staff.Role.CARE_CORPS)  # an own worker's
    found = _with_names(near.filter(ours)).order_by("-level", "due_at", "taken_at", "id")
    return _rows(list(found), seen_by)


def call_page(*, call_id: UUID, seen_by: Staff) -> CallPage | None:
    """Return one call with what was done, or None where it does not exist for this person."""
    note = _with_names(visible_calls(seen_by=seen_by).filter(id=call_id)).first()
    if note is None:
        return None
    steps = CallStep.objects.filter(call=note).select_related("by").order_by("-at", "-id")
    return CallPage(
        row=_rows([note], seen_by)[0],
        steps=tuple(
            CallLine(at=s.at, kind=s.kind, by=s.by.name if s.by else "", detail=s.detail)
            for s in steps
        ),
    )


def _with_names(rows: QuerySet[CallNote]) -> QuerySet[CallNote]:
    return rows.select_related("owner_staff", "owner_post", "dong_post", "taken_by", "closed_by")


def _rows(notes: Sequence[CallNote], seen_by: Staff) -> tuple[CallRow, ...]:
    return tuple(
        CallRow(
            id=note.id,
            number=note.number,
            level=note.level,
            state=CallState(note.state).value,
            caller=note.caller,
            call_back=note.call_back,
            name=note.name,
            place=note.place,
            said=tuple(note.said),
            words=note.words,
            at_stake=note.at_stake,
            taken_at=note.taken_at,
            taken_by=note.taken_by.name,
            due_at=note.due_at,
            late=note.late,
            owner_name=note.owner_staff.name if note.owner_staff else "",
            owner_post=note.owner_post.name if note.owner_post else "",
            is_mine=note.owner_staff_id == seen_by.pk,
            dong=note.dong_post.name if note.dong_post else "",
            alarm=note.alarm_id,
            closed_at=note.closed_at,
            closed_by=note.closed_by.name if note.closed_by else "",
            outcome=note.outcome,
        )
        for note in notes
    )
