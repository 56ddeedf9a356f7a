"""놓친 기회 돌아보기: which are open, and one of them with what stands written in it.

Only supervisors see them: nobody who lives anywhere is named, and of whom took part only the role.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import LookBack
from ..rules import Cell, Window
from .hindsight import Lane, Past, past_of
from .sight import visible

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class LookBackRow:
    """One look back as the list shows it."""

    alarm: UUID
    number: str  # of the signal
    dong: str
    kind: str
    outcome: str
    last_sign_at: datetime | None
    found_at: datetime
    opened_at: datetime
    due_at: datetime
    why: str  # as it was typed; "": the outcome asked for it
    owner: str  # "": the post has it, nobody can be asked
    state: str  # open | written | signed
    is_mine: bool
    is_late: bool

    @property
    def found_after(self) -> timedelta | None:
        """Return how long after the last life sign the person was found."""
        return None if self.last_sign_at is None else self.found_at - self.last_sign_at


@dataclass(frozen=True, kw_only=True)
class LookBackNoteRow:
    """What was added to a signed result."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LookBackPage:
    """What each source knew, hour by hour, and what was learnt."""

    row: LookBackRow
    tier: str
    decade: int  # 70: between 70 and 79
    window: Window
    lanes: tuple[Lane, ...]
    cells: tuple[Cell, ...]
    rule_heard: bool  # there is enough kept to say when today's rule would have rung
    version: int
    missed: tuple[str, ...]
    missed_words: str
    changes: tuple[str, ...]
    change_words: str
    written_by: str
    written_at: datetime | None
    signed_by: str
    signed_at: datetime | None
    notes: tuple[LookBackNoteRow, ...]
    may_write: bool
    may_sign: bool
    has_timeline: bool  # this person may open the signal itself


def look_backs_seen(*, seen_by: Staff) -> QuerySet[LookBack]:
    """Return every look back to a supervisor, and none to anybody else."""
    people.seen(seen_by=seen_by)  # it is found through its household
    rows = LookBack.objects.all()
    is_let_in = seen_by.is_active and seen_by.role == Staff.Role.SUPERVISOR
    return rows if is_let_in else rows.none()


def look_backs(*, seen_by: Staff, now: datetime) -> tuple[LookBackRow, ...]:
    """Return the open ones, first due first, then the newest signed. One query."""
    rows = look_backs_seen(seen_by=seen_by).select_related(
        "alarm__household__dong__district", "owner_staff"
    )
    waiting = rows.filter(signed_at=None).order_by("due_at", "id")[:SHOWN]
    signed = rows.filter(signed_at__isnull=False).order_by("-signed_at", "-id")[:SHOWN]
    return tuple(_row(row, seen_by, now) for some in (waiting, signed) for row in some)


def look_backs_waiting(*, seen_by: Staff) -> int:
    """Count those this person answers for; it costs nothing who never does."""
    if seen_by.role != Staff.Role.SUPERVISOR:
        return 0
    return LookBack.objects.filter(signed_at=None, owner_staff=seen_by).count()


def look_back(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> LookBackPage | None:
    """Return one look back, or None where it does not exist for this person."""
    row = (
        look_backs_seen(seen_by=seen_by)
        .select_related(
            *("alarm__household__dong__district", "owner_staff", "written_by", "signed_by")
        )
        .filter(alarm=alarm_id)
        .first()
    )
    if row is None:
        return None
    past = past_of(row, seen_by=seen_by, now=now)
    home = row.alarm.household
    sight = people.seen(seen_by=seen_by, purpose=Purpose("review", str(row.alarm_id)))
    born = sight.people.filter(household=home).values_list("birth_year", flat=True).first()
    return _page(row, past, decade=(now.year - (born or now.year)) // 10 * 10, by=seen_by, now=now)


def _page(row: LookBack, past: Past, *, decade: int, by: Staff, now: datetime) -> LookBackPage:
    notes = row.notes.select_related("added_by").order_by("added_at", "id")
    is_open = row.signed_at is None
    return LookBackPage(
        row=_row(row, by, now),
        tier=row.alarm.household.tier,
        decade=decade,
        window=past.window,
        lanes=past.lanes,
        cells=past.cells,
        rule_heard=past.rule_heard,
        version=row.version,
        missed=tuple(row.missed),
        missed_words=row.missed_words,
        changes=tuple(row.changes),
        change_words=row.change_words,
        written_by=row.written_by.name if row.written_by else "",
        written_at=row.written_at,
        signed_by=row.signed_by.name if row.signed_by else "",
        signed_at=row.signed_at,
        notes=tuple(
            LookBackNoteRow(text=note.text, by=note.added_by.name, at=note.added_at)
            for note in notes
        ),
        may_write=is_open and row.owner_staff_id == by.pk,
        may_sign=is_open and row.written_by_id not in (None, by.pk),
        has_timeline=visible(seen_by=by).filter(id=row.alarm_id).exists(),
    )


def _row(row: LookBack, seen_by: Staff, now: datetime) -> LookBackRow:
    alarm = row.alarm
    dong = alarm.household.dong
    state = "signed" if row.signed_at else "written" if row.written_at else "open"
    return LookBackRow(
        alarm=alarm.pk,
        number=alarm.number,
        dong=f"{dong.district.name} {dong.name}",
        kind=alarm.kind,
        outcome=alarm.outcome,
        last_sign_at=row.last_sign_at,
        found_at=row.found_at,
        opened_at=row.opened_at,
        due_at=row.due_at,
        why=row.reason,
        owner=row.owner_staff.name if row.owner_staff else "",
        state=state,
        is_mine=row.owner_staff_id == seen_by.pk,
        is_late=row.signed_at is None and row.due_at <= now,
    )
