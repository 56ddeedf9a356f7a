"""Choosing which common causes are told: of several that fit the same homes, the clearest."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from anbu.kernel import groups, incidents
from anbu.kernel.incidents import Episode

from ..models import GroupIncident, GroupMember

End = GroupIncident.End

ALONE = """
SELECT g.id, count(*) FROM readings_group g
JOIN readings_learnedclock c ON c.counted_in @> jsonb_build_array(g.id)
WHERE g.id = ANY(%s) AND g.kind NOT IN ('region', 'feeder') AND NOT EXISTS (
    SELECT FROM readings_device d JOIN readings_provider p ON p.id = d.provider_id
    WHERE d.household_id = c.household_id AND d.revoked_at IS NULL AND g.name <>
        CASE g.kind WHEN 'provider' THEN p.code WHEN 'cell' THEN d.cell
        ELSE p.code || '/' || d.gateway END)
GROUP BY g.id
"""


def tell(*, now: datetime) -> None:
    """Choose which of the incidents that last are told: of those with the same homes, one.

    What was told stays told: somebody may be working on it, or has ended it while it lasts.
    """
    by_hand = Q(is_told=True, over_at=None, ended_how__in=[End.PERSON, End.DENIED])
    lasting = GroupIncident.objects.filter(Q(ended_at=None) | by_hand)
    # where nothing tells them apart, a feed is a likelier cause than a place
    rows = list(lasting.order_by("group__kind", "at", "id"))
    if all(row.is_told for row in rows):
        return
    hits = _hits(rows)
    told = [nth for nth, row in enumerate(rows) if row.is_told]
    episodes = [
        Episode(
            row.group_id,
            int(row.began_at.timestamp()),
            int(row.at.timestamp()),
            int(now.timestamp()),
            groups.Cause(row.cause),
        )
        for row in rows
    ]
    alone = _seen_through_nothing_else(rows)
    sizes = [alone.get(row.group_id, row.members) for row in rows]
    for nth in incidents.told_once(episodes, hits, sizes):
        if any(_are_one(hits[nth], hits[other]) for other in told):
            continue
        told.append(nth)
        GroupIncident.objects.filter(pk=rows[nth].pk).update(is_told=True)


def _seen_through_nothing_else(rows: Sequence[GroupIncident]) -> dict[int, int]:
    """Return how many homes of each provider, gateway or cell have no device of another.

    A power cut takes all devices of a home. By a fault of another only these can be hit: who has
    a second device is still seen, and shows life.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [sorted({row.group_id for row in rows})])
        return dict(cursor.fetchall())


def _are_one(mine: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    shared = len(np.intersect1d(mine, other))
    return shared >= incidents.LIKE_ANOTHER * max(len(mine), 1)


def _hits(rows: Sequence[GroupIncident]) -> list[NDArray[np.int64]]:
    members = GroupMember.objects.filter(incident__in=rows).values_list("incident", "household")
    by_row: dict[int, list[int]] = defaultdict(list)
    number: dict[object, int] = {}
    for incident, home in members:
        by_row[incident].append(number.setdefault(home, len(number)))
    return [np.array(sorted(by_row[row.pk]), np.int64) for row in rows]
