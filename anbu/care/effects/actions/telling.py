"""Tellings: begun with the deed that needs a human, ended by a human."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.queries import uuids
from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff

from ..models import Telling
from ..queries.tellings import tellings_for
from ..rules import QUIET_BELOW, Cause, Thing

WAKES = "anbu_tell"  # what the sweep listens to
# Told already and still at the same post, no graver: nothing changes. At another post it begins
# anew there; graver, its turns begin anew, and an all-call under way goes on.
BEGIN = """
INSERT INTO effects_telling AS old
    (id, cause_kind, cause, post_id, level, began_at, rounds, next_at, ended_how)
SELECT told.id, told.kind, told.cause, told.post, told.level, %s, 0, %s, ''
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bigint[], %s::int[])
    AS told (id, kind, cause, post, level)
ON CONFLICT (cause_kind, cause) WHERE ended_at IS NULL DO UPDATE SET
    post_id = excluded.post_id, level = greatest(old.level, excluded.level),
    began_at = excluded.began_at, told_until = NULL, next_at = excluded.next_at,
    rounds = CASE WHEN old.post_id = excluded.post_id THEN old.rounds ELSE 0 END,
    round_at = CASE WHEN old.post_id = excluded.post_id THEN old.round_at END
WHERE old.post_id <> excluded.post_id OR old.level < excluded.level
"""


def tell(things: Collection[Thing], *, now: datetime) -> None:
    """Have the people of a post told that something there needs a human, until one has seen it.

    Call it in the transaction of the deed: one statement, however many. The sweep rings.
    """
    loud = {(one.kind, one.id): one for one in things if one.level >= QUIET_BELOW}
    if not loud:
        return
    rows = [loud[key] for key in sorted(loud)]
    with connection.cursor() as cursor:
        cursor.execute(
            BEGIN,
            [
                now,
                now,
                uuids([new_id() for _ in rows]),
                [str(one.kind) for one in rows],
                uuids([one.id for one in rows]),
                [one.post for one in rows],
                [one.level for one in rows],
            ],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [WAKES])


def acknowledge(
    kinds: Collection[Cause],
    causes: Collection[UUID],
    *,
    by: Staff,
    now: datetime,
    at_post: bool = False,
) -> None:
    """End the tellings of these causes: a human has them in hand. Part of that human's deed.

    `at_post`: a mere look counts only by somebody who was told, not by whoever passes.
    """
    if not causes:
        return
    rows = Telling.objects.filter(ended_at=None)
    if at_post:
        rows = tellings_for(seen_by=by, now=now)
    rows = rows.filter(cause_kind__in=kinds, cause__in=causes)
    end(rows, now=now, ended_how=Telling.How.ACKNOWLEDGED, ended_by=by)


@transaction.atomic
def acknowledge_tellings(*, tellings: Sequence[UUID], by: Staff, now: datetime) -> None:
    """Say "알았음" to what was shown; what somebody else has said it to meanwhile stays theirs."""
    mine = tellings_for(seen_by=by, now=now).filter(id__in=tellings)
    found = list(mine.select_for_update(of=("self",)).order_by("id").values_list("id", flat=True))
    if found:
        rows = Telling.objects.filter(id__in=found, ended_at=None)
        end(rows, now=now, ended_how=Telling.How.ACKNOWLEDGED, ended_by=by)
        record(
            by=by.actor,
            verb="acknowledge_telling",
            at=now,
            tellings=[str(one) for one in found],
        )


def over(kinds: Collection[Cause], causes: Collection[UUID], *, now: datetime) -> None:
    """End the tellings of causes that have ended without anybody: nothing is left to see."""
    if not causes:
        return
    rows = Telling.objects.filter(cause_kind__in=kinds, cause__in=causes, ended_at=None)
    end(rows, now=now, ended_how=Telling.How.OVER)


def end(rows: Any, *, now: datetime, **told: Any) -> None:
    """Write down how open tellings ended. The rings under way are called off when their turn is."""
    rows.update(ended_at=now, next_at=None, **told)
