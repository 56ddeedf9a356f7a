"""Looking at people's alarms: the answer and the trace of who looked, in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose
from anbu.care.people.queries import LISTS
from anbu.care.readings.queries import Rule, WhatIf
from anbu.care.staff.models import Staff

from .. import queries
from ..queries import Coverage, EntryPage, Head, Incident, Neighbours, Preview, Queue, Row


@transaction.atomic
def open_queue(*, seen_by: Staff, view: str = "now", now: datetime) -> Queue:
    """Return one view of the queue, and write down which alarms and homes were listed to whom."""
    queue = queries.queue(seen_by=seen_by, view=view, now=now)
    blind = [home.household for home in queue.blind_homes]
    _listed(queue.rows, "list_alarms", seen_by, now, beside=blind, view=view)
    return queue


@transaction.atomic
def open_strips(*, alarm_ids: Collection[UUID], seen_by: Staff, now: datetime) -> tuple[Row, ...]:
    """Return the rows whose strips a page still lacks, and write down who saw them."""
    rows = queries.rows_with_strips(alarm_ids=alarm_ids, seen_by=seen_by, now=now)
    _listed(rows, "list_strips", seen_by, now)
    return rows


@transaction.atomic
def open_row(*, alarm_id: UUID, seen_by: Staff, view: str = "now", now: datetime) -> Row | None:
    """Return one row without its strip, which follows, and write down who saw it."""
    row = queries.row(alarm_id=alarm_id, seen_by=seen_by, view=view, now=now, whole=0)
    if row is not None:
        _seen(row, "see_row", seen_by, now)
    return row


@transaction.atomic
def open_rows(
    *, alarm_ids: Collection[UUID], seen_by: Staff, view: str = "now", now: datetime
) -> tuple[Row, ...]:
    """Return several rows that changed together, without strips; write down who saw them."""
    rows = queries.rows(alarm_ids=alarm_ids, seen_by=seen_by, view=view, now=now, whole=0)
    _listed(rows, "list_alarms", seen_by, now, view=view)
    return rows


@transaction.atomic
def open_preview(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Preview | None:
    """Return the panel beside the queue, and write down who saw it."""
    preview = queries.preview(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if preview is not None:
        _seen(preview.row, "see_preview", seen_by, now)
    return preview


@transaction.atomic
def open_incident(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> Incident | None:
    """Return the whole incident, and write down who opened it."""
    incident = queries.incident(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if incident is not None:
        _seen(incident.row, "open_incident", seen_by, now)
        effects.acknowledge([Cause.ALARM], [alarm_id], by=seen_by, now=now, at_post=True)
    return incident


@transaction.atomic
def open_entries(*, alarm_id: UUID, seen_by: Staff, now: datetime) -> EntryPage | None:
    """Return the decisions to open this door, and write down who looked."""
    page = queries.entry_page(alarm_id=alarm_id, seen_by=seen_by, now=now)
    if page is not None:
        _seen(page.row, "open_entries", seen_by, now)
    return page


@transaction.atomic
def list_households(*, words: str, after: int = 0, seen_by: Staff, now: datetime) -> Neighbours:
    """Return households by name, telephone or address, and write down whom the list showed."""
    found = queries.neighbours(words=words, after=after, seen_by=seen_by, now=now)
    record(
        by=seen_by.actor,
        verb="search_households" if words.strip() else "list_households",
        at=now,
        words=words.strip(),
        count=len(found.rows),
        homes=[row.found.id for row in found.rows],
        purpose=LISTS,
    )
    return found


@transaction.atomic
def open_coverage(
    *, dong: int | None, why: str, after: int = 0, seen_by: Staff, now: datetime
) -> Coverage:
    """Return who is dark at night and why, and write down whom the list showed."""
    found = queries.coverage(dong=dong, why=why, after=after, seen_by=seen_by, now=now)
    record(
        by=seen_by.actor,
        verb="list_coverage",
        at=now,
        count=len(found.rows),
        homes=[row.household for row in found.rows],
        purpose=LISTS,
    )
    return found


@transaction.atomic
def open_household(
    *, household: UUID, tab: str, purpose: Purpose, seen_by: Staff, now: datetime
) -> Head | None:
    """Return the head of a household's page, and write down who opened which tab, and what for."""
    head = queries.head(household=household, purpose=purpose, seen_by=seen_by, now=now)
    if head is not None:
        record(
            by=seen_by.actor,
            verb="open_household",
            at=now,
            household=household,
            purpose=purpose,
            tab=tab,
        )
    return head


@transaction.atomic
def try_rule(*, household: UUID, rule: Rule, seen_by: Staff, now: datetime) -> WhatIf | None:
    """Return when another rule would have rung in this home, and write down who tried it."""
    found = queries.what_if(household=household, rule=rule, seen_by=seen_by, now=now)
    if found is not None:
        record(
            by=seen_by.actor,
            verb="see_what_if",
            at=now,
            household=household,
            detector=rule.detector,
            hours=rule.hours,
            theta=rule.theta,
        )
    return found


def _listed(
    rows: Sequence[Row],
    verb: str,
    seen_by: Staff,
    now: datetime,
    *,
    beside: Sequence[UUID] = (),
    **told: Any,
) -> None:
    """Write down whose alarms stood in a list; `beside`: other homes that stood there too."""
    record(
        by=seen_by.actor,
        verb=verb,
        at=now,
        count=len(rows),
        alarms=[str(row.id) for row in rows],
        homes=[*(row.household for row in rows), *beside],
        purpose=LISTS,
        **told,
    )


def _seen(row: Row, verb: str, seen_by: Staff, now: datetime) -> None:
    task = Purpose("signal", str(row.id))
    record(
        by=seen_by.actor,
        verb=verb,
        at=now,
        household=row.household,
        purpose=task,
        alarm=str(row.id),
    )
