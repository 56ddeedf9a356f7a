"""Bringing a register in from a file: look, match, start, take back."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, ProtectedError

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor, NotHere, Reach, Refused, has_resident_number
from anbu.care.people import actions as people
from anbu.care.people.actions import NewContact, NewHousehold, NewPerson
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as where
from anbu.care.places.queries import DongCard

from ..models import Import, ImportRow
from ..rules import (
    LABELS,
    BadFile,
    Entry,
    Line,
    Places,
    forbidden,
    match,
    missing,
    plain_dong,
    read,
    read_row,
)
from .asking import ask_for_doubles

AT_ONCE = 500
CHECKED_AT_ONCE = 5_000
KEPT_FOR = timedelta(days=14)  # cells of rows that were not brought in
TAKEN_OUT = "[번호 지움]"


class UnknownImport(NotHere):
    """There is no such import, or it is somebody else's."""


class NotPossible(Refused):
    """Something that cannot be done with this import now."""


@transaction.atomic
def look_at(*, body: bytes, file_name: str, by: Actor, now: datetime) -> UUID:
    """Read a file, propose what its columns mean, and check every row; nothing is brought in."""
    sheet = read(body)
    if titles := forbidden(sheet.header):
        raise BadFile(
            "주민등록번호 열(%(title)s)이 있습니다. 그 열을 지우고 다시 올려 주세요.",
            title=titles[0],
        )
    if any(map(has_resident_number, [*sheet.header, file_name])):
        raise BadFile("제목이나 파일 이름에 주민등록번호가 있습니다. 지우고 다시 올려 주세요.")
    brought = Import.objects.create(
        file_name=file_name[:120],
        kind=sheet.kind,
        encoding=sheet.encoding,
        content_hash=hashlib.sha256(body).hexdigest(),
        header=list(sheet.header),
        columns=match(sheet.header),
        brought_by=by.name,
        reach=str(by.reach),
        brought_at=now,
    )
    _check(brought, sheet.lines, places_of(by.reach))
    record(
        by=by.name, verb="look_at_import", at=now, brought=str(brought.id), rows=_counts(brought)
    )
    return brought.id


@transaction.atomic
def match_columns(*, brought: UUID, columns: Mapping[str, int], by: Actor, now: datetime) -> None:
    """Say which column means what, and check every row anew."""
    found = _lock(brought, by, Import.State.LOOKED_AT)
    chosen = {f: n for f, n in columns.items() if f in LABELS and 0 <= n < len(found.header)}
    if len(set(chosen.values())) < len(chosen):
        raise NotPossible("한 열을 두 가지로 쓸 수 없습니다.")
    found.columns = chosen
    found.save(update_fields=["columns"])
    rows = list(found.rows.order_by("number").values_list("number", "cells", "formulas"))
    found.rows.all().delete()
    lines = [Line(number, tuple(cells), tuple(formulas)) for number, cells, formulas in rows]
    _check(found, lines, places_of(by.reach))
    record(by=by.name, verb="match_import", at=now, brought=str(brought), rows=_counts(found))


@transaction.atomic
def start(*, brought: UUID, by: Actor, now: datetime) -> None:
    """Let the rows that can be read be brought in; a sweep does it piece by piece."""
    found = _lock(brought, by, Import.State.LOOKED_AT)
    if titles := missing(found.columns):
        raise NotPossible("이 열이 무엇인지 먼저 골라 주세요: %(titles)s", titles=", ".join(titles))
    if not found.rows.filter(state=ImportRow.State.READY).exists():
        raise NotPossible("가져올 수 있는 줄이 없습니다.")
    _go(found, Import.State.RUNNING, now)
    record(by=by.name, verb="start_import", at=now, brought=str(brought), rows=_counts(found))


@transaction.atomic
def drop(*, brought: UUID, by: Actor, now: datetime) -> None:
    """Leave it: what was read is forgotten, nothing was brought in."""
    found = _lock(brought, by, Import.State.LOOKED_AT)
    found.rows.all().delete()
    found.state, found.ended_at = Import.State.DROPPED, now
    found.save(update_fields=["state", "ended_at"])
    record(by=by.name, verb="drop_import", at=now, brought=str(brought))


@transaction.atomic
def undo(*, brought: UUID, by: Actor, now: datetime) -> None:
    """Take back what was brought in, as far as nothing was built on it; a sweep does it."""
    found = _lock(brought, by, Import.State.DONE)
    _go(found, Import.State.UNDOING, now)
    record(by=by.name, verb="undo_import", at=now, brought=str(brought), rows=_counts(found))


@transaction.atomic
def take_step(*, now: datetime, only: UUID | None = None) -> bool:
    """Bring in, or take back, the next rows of the import that began first; say if there were any.

    A step is one transaction: killed in the middle, nothing of it was done.
    """
    under_way = Import.objects.filter(state__in=[Import.State.RUNNING, Import.State.UNDOING])
    if only:
        under_way = under_way.filter(id=only)
    # A sweep leaves what another holds; who waits for one import waits for the other's step.
    held = under_way.select_for_update(skip_locked=only is None)
    found = held.order_by("started_at", "id").first()
    if found is None:
        return False
    brings = found.state == Import.State.RUNNING
    wanted = ImportRow.State.READY if brings else ImportRow.State.MADE
    rows = list(found.rows.filter(state=wanted).order_by("number")[:AT_ONCE])
    if rows:
        _bring(found, rows, now) if brings else _take_back(found, rows, now)
        return True
    found.state = Import.State.DONE if brings else Import.State.UNDONE
    found.ended_at = now
    found.save(update_fields=["state", "ended_at"])
    if brings:  # who came in twice is looked for while the list is still at hand
        ask_for_doubles(by=found.brought_by, now=now)
    record(
        by=found.brought_by,
        verb="end_import",
        at=now,
        brought=str(found.id),
        state=found.state,
        rows=_counts(found),
    )
    return True


@transaction.atomic
def forget_cells(*, now: datetime) -> bool:
    """Empty the cells of rows that were not brought in for two weeks: files are not a register."""
    old = ImportRow.objects.filter(brought__brought_at__lt=now - KEPT_FOR).exclude(cells=[])
    left = old.exclude(brought__state=Import.State.RUNNING)
    some = list(left.values_list("pk", flat=True)[:CHECKED_AT_ONCE])
    return bool(ImportRow.objects.filter(pk__in=some).update(cells=[]))


def places_of(reach: Reach) -> Places:
    """Return the dongs of today as a file may name them, and which of them this reach covers."""
    dongs = where.dongs()
    return Places(
        by_code={dong.code: dong.code for dong in dongs},
        by_name={(dong.district, plain_dong(dong.name)): dong.code for dong in dongs},
        reach=frozenset(dong.code for dong in dongs if _covers(reach, dong)),
    )


def _covers(reach: Reach, dong: DongCard) -> bool:
    match reach.kind:
        case "city" | "machine":
            return True
        case "district":
            return str(dong.district_id) in reach.ids
        case "dong":
            return str(dong.id) in reach.ids
    return False


def _check(found: Import, lines: Iterable[Line], places: Places) -> None:
    part: list[ImportRow] = []
    for line in lines:
        part.append(_row(found, line, places))
        if len(part) >= CHECKED_AT_ONCE:
            ImportRow.objects.bulk_create(part)
            part = []
    ImportRow.objects.bulk_create(part)


def _row(found: Import, line: Line, places: Places) -> ImportRow:
    told = read_row(line, found.columns, places)
    faults = [asdict(fault) for fault in told] if isinstance(told, list) else []
    holds_number = any("주민등록번호" in fault["sentence"] for fault in faults)
    return ImportRow(
        brought=found,
        number=line.number,
        cells=[TAKEN_OUT if holds_number else cell for cell in line.cells],
        formulas=list(line.formulas),
        faults=faults,
        state=ImportRow.State.FAULTY if faults else ImportRow.State.READY,
    )


def _bring(found: Import, rows: list[ImportRow], now: datetime) -> None:
    kind, _, ids = found.reach.partition(":")
    places = places_of(Reach(kind, tuple(ids.split(",")) if ids else ()))  # type: ignore[arg-type]
    good: list[tuple[ImportRow, NewHousehold]] = []
    for row in rows:
        line = Line(row.number, tuple(row.cells), tuple(row.formulas))
        told = read_row(line, found.columns, places)
        if isinstance(told, list):  # a dong may have ended since it was looked at
            row.state, row.faults = ImportRow.State.FAULTY, [asdict(fault) for fault in told]
        else:
            good.append((row, _household(told)))
    homes = [home for _, home in good]
    made = people.register_households(homes=homes, by=found.brought_by, now=now)
    for (row, _), household in zip(good, made, strict=True):
        row.state, row.household, row.cells = ImportRow.State.MADE, household, []
    ImportRow.objects.bulk_update(rows, ["state", "household", "cells", "faults"])


def _take_back(found: Import, rows: list[ImportRow], now: datetime) -> None:
    for row in rows:
        assert row.household is not None
        try:
            people.unregister(household=row.household, by=found.brought_by, now=now)
            row.state = ImportRow.State.UNDONE
        except (ProtectedError, BadInput):
            row.state = ImportRow.State.KEPT
    ImportRow.objects.bulk_update(rows, ["state"])


def _household(told: Entry) -> NewHousehold:
    contact = NewContact(
        name=told.contact_name, relation=told.contact_relation, phone=told.contact_phone
    )
    return NewHousehold(
        dong=told.dong,
        address=told.address,
        unit=told.unit,
        postcode=told.postcode,
        tier=told.tier,
        patience_hours=told.patience_hours,
        person=NewPerson(
            name=told.name,
            birth_year=told.birth_year,
            birth_day=told.birth_day,
            sex=told.sex,
            phone=told.phone,
            health_note=told.health,
        ),
        contacts=[contact] if told.contact_name else [],
    )


def _lock(brought: UUID, by: Actor, state: str) -> Import:
    found = Import.objects.select_for_update().filter(id=brought)
    if not by.is_machine:
        found = found.filter(brought_by=by.name)
    one = found.first()
    if one is None:
        raise UnknownImport
    if one.state != state:
        label = str(Import.State(one.state).label)
        raise NotPossible("지금은 할 수 없습니다: %(state)s", state=label)
    return one


def _go(found: Import, state: str, now: datetime) -> None:
    found.state, found.started_at, found.ended_at = state, now, None
    found.save(update_fields=["state", "started_at", "ended_at"])


def _counts(found: Import) -> dict[str, int]:
    told = found.rows.order_by().values_list("state").annotate(n=Count("id"))
    return dict(told)
