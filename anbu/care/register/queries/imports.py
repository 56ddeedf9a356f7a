"""What came of bringing in a register."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from anbu.care.staff.models import Staff

from ..models import Import, ImportRow
from ..rules import LABELS, NEEDED, missing

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ImportCard:
    id: UUID
    file_name: str
    state: str
    state_label: str
    brought_at: datetime
    total: int
    ready: int
    faulty: int
    made: int
    undone: int
    kept: int

    @property
    def done(self) -> int:
        """Return how many rows are behind us, of those to be brought in or taken back."""
        return self.undone + self.kept if self.state in ("undoing", "undone") else self.made

    @property
    def whole(self) -> int:
        """Return how many rows there are to do."""
        return self.made + self.undone + self.kept + (0 if self.done != self.made else self.ready)

    @property
    def percent(self) -> int:
        """Return how much is done, 0-100."""
        return 100 * self.done // self.whole if self.whole else 100


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    title: str
    sentence: str
    values: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, kw_only=True)
class RowLine:
    number: int
    cells: tuple[str, ...]
    faults: tuple[FaultLine, ...]


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """One field, and the column that holds it."""

    field: str
    label: str
    is_needed: bool
    column: int | None


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    card: ImportCard
    header: tuple[str, ...]
    columns: tuple[ColumnLine, ...]
    missing: tuple[str, ...]
    first: tuple[RowLine, ...]  # the first rows as the file has them
    faulty: tuple[RowLine, ...]  # the first rows that need mending
    alike_before: datetime | None  # the same file was brought in already


def imports(*, seen_by: Staff) -> list[ImportCard]:
    """Return what this person brought in, the newest first. One query."""
    rows = _counted().filter(brought_by=seen_by.actor).order_by("-brought_at", "-id")[:50]
    return [_card(row) for row in rows]


def import_card(*, brought: UUID, seen_by: Staff) -> ImportCard | None:
    """Return how far an import is. One query."""
    row = _counted().filter(id=brought, brought_by=seen_by.actor).first()
    return _card(row) if row else None


def import_page(*, brought: UUID, seen_by: Staff) -> ImportPage | None:
    """Return everything about an import of one's own. Four queries."""
    row = _counted().filter(id=brought, brought_by=seen_by.actor).first()
    if row is None:
        return None
    before = (
        Import.objects.filter(content_hash=row.content_hash, state=Import.State.DONE)
        .exclude(id=row.id)
        .order_by("-started_at")
        .values_list("started_at", flat=True)
        .first()
    )
    return ImportPage(
        card=_card(row),
        header=tuple(row.header),
        columns=tuple(
            ColumnLine(
                field=field, label=label, is_needed=field in NEEDED, column=row.columns.get(field)
            )
            for field, label in LABELS.items()
        ),
        missing=tuple(missing(row.columns)),
        first=_lines(row, Q()),
        faulty=_lines(row, Q(state=ImportRow.State.FAULTY)),
        alike_before=before,
    )


def progress(*, brought: UUID) -> ImportCard:
    """Return how far an import is, for the command line. One query."""
    return _card(_counted().get(id=brought))


def faults_of(*, brought: UUID) -> list[RowLine]:
    """Return the first rows that need mending, for the command line. Two queries."""
    return list(_lines(Import.objects.get(id=brought), Q(state=ImportRow.State.FAULTY)))


def _counted() -> Any:
    states = {
        f"n_{state}": Count("rows", filter=Q(rows__state=state)) for state in ImportRow.State.values
    }
    return Import.objects.annotate(n_all=Count("rows"), **states)


def _lines(row: Any, which: Q) -> tuple[RowLine, ...]:
    found = row.rows.filter(which).order_by("number")[:SHOWN]
    return tuple(
        RowLine(
            number=each.number,
            cells=tuple(each.cells),
            faults=tuple(
                FaultLine(
                    title=fault["title"],
                    sentence=fault["sentence"],
                    values=tuple((name, value) for name, value in fault["values"]),
                )
                for fault in each.faults
            ),
        )
        for each in found
    )


def _card(row: Any) -> ImportCard:
    return ImportCard(
        id=row.id,
        file_name=row.file_name,
        state=row.state,
        state_label=str(Import.State(row.state).label),
        brought_at=row.brought_at,
        total=row.n_all,
        ready=row.n_ready,
        faulty=row.n_faulty,
        made=row.n_made,
        undone=row.n_undone,
        kept=row.n_kept,
    )
