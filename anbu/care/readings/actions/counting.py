"""Counting the groups: what each home showed lately, added up by region, provider and gateway.

It happens in the transaction that turns the home's clock, so nothing counts twice or never. A
late row changes half hours that were counted already: they are taken out and counted anew.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import for_actor
from anbu.kernel import groups, incidents, lately
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.running import Trace, joined

from ..models import Device, Group, GroupLook

HORIZON = 120  # half hours a first look goes back: a meter's 32 h, and the longest window

ADD = """
INSERT INTO readings_groupcount AS c
    (group_id, slot, members, expected, came, stopped, missing, rose)
SELECT * FROM unnest(%b::bigint[], %b::int[], %b::int[], %b::bigint[], %b::int[], %b::int[],
                     %b::int[], %b::int[])
ON CONFLICT (group_id, slot) DO UPDATE SET
    members = c.members + EXCLUDED.members, expected = c.expected + EXCLUDED.expected,
    came = c.came + EXCLUDED.came, stopped = c.stopped + EXCLUDED.stopped,
    missing = c.missing + EXCLUDED.missing, rose = c.rose + EXCLUDED.rose
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is kept with a home's clock of how it was counted."""

    rows: bytes  # anbu.kernel.lately, packed
    groups: list[int]


def count(
    cursor: psycopg.Cursor[object],
    ids: Sequence[UUID],
    before: Sequence[Counted],
    closed: list[Trace],
    still_open: list[Trace],
    now: datetime,
) -> list[Counted]:
    """Add what some homes showed to the counts of their groups; return what to keep of each.

    Half hours `still_open` are judged anew at the next turn, perhaps otherwise.
    """
    new = lately.rows_of(joined([*closed, *still_open]))
    kept = lately.unpack([one.rows for one in before])
    open_ = lately.rows_of(joined(still_open))
    rows, stale = lately.replaced(kept, new, still_open=open_)
    known = groups_of(ids)
    present = [known[home] for home in ids]
    first = since(now) + 1
    plus = _tally(new[new["slot"] >= first], present)
    minus = _tally(stale[stale["slot"] >= first], [one.groups for one in before])
    _add(cursor, plus, minus)
    return [
        Counted(packed, its)
        for packed, its in zip(lately.pack(rows, len(ids)), present, strict=True)
    ]


def since(now: datetime) -> int:
    """Return the half hour up to which no count matters any more."""
    settled = GroupLook.objects.values_list("settled", flat=True).first()
    if settled is None:
        return int(now.timestamp()) // SLOT_S - HORIZON
    return settled - groups.STORM_WINDOW


def groups_of(homes: Sequence[UUID]) -> dict[UUID, list[int]]:
    """Return each home's groups, by id; groups never heard of are made."""
    names: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    sight = for_actor(machine("clock"), Purpose("machine", "groups"))
    places = sight.households.filter(id__among=homes)
    for home, dong, district in places.values_list("id", "dong__code", "dong__district__code"):
        names[home] |= {(Group.Kind.REGION, dong), (Group.Kind.REGION, district)}
    devices = Device.objects.filter(household__among=homes, revoked_at=None)
    columns = ("household", "provider__code", "gateway", "feeder", "cell")
    for home, provider, gateway, feeder, cell in devices.values_list(*columns):
        names[home].add((Group.Kind.PROVIDER, provider))
        if gateway:
            names[home].add((Group.Kind.GATEWAY, f"{provider}/{gateway}"))
        if feeder:
            names[home].add((Group.Kind.FEEDER, feeder))
        if cell:
            names[home].add((Group.Kind.CELL, cell))
    wanted = set().union(*names.values())
    ids = _ids(wanted)
    if missing := wanted - set(ids):
        Group.objects.bulk_create(
            [Group(kind=kind, name=name) for kind, name in sorted(missing)], ignore_conflicts=True
        )
        ids |= _ids(missing)
    return {home: sorted(ids[name] for name in names[home]) for home in homes}


def _ids(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = Group.objects.filter(name__in=[name for _, name in wanted])
    return {(kind, name): id for id, kind, name in rows.values_list("id", "kind", "name")}


def _tally(rows: NDArray[np.void], groups: Sequence[Sequence[int]]) -> NDArray[np.void]:
    """Return the counts of some homes' rows; `groups` = of each home, any number of them."""
    most = max((len(of) for of in groups), default=0)
    table = np.full((len(groups), most), -1, np.int64)
    for home, of in enumerate(groups):
        table[home, : len(of)] = of
    parts = [incidents.tally(rows, table[:, nth]) for nth in range(most)]
    return np.concatenate(parts) if parts else np.zeros(0, incidents.COUNTS)


def _add(cursor: psycopg.Cursor[object], plus: NDArray[np.void], minus: NDArray[np.void]) -> None:
    """Write the difference, one row a group and half hour, always in the same order."""
    both = np.concatenate([plus, minus])
    if not len(both):
        return
    sign = np.r_[np.ones(len(plus), np.int64), -np.ones(len(minus), np.int64)]
    keys, where = np.unique(np.stack([both["group"], both["slot"]], 1), axis=0, return_inverse=True)
    sums = np.zeros((len(keys), len(_NAMES)), np.int64)
    for nth, name in enumerate(_NAMES):
        np.add.at(sums[:, nth], where.reshape(-1), sign * both[name])
    changed = sums.any(1)
    columns = np.concatenate([keys[changed], sums[changed]], axis=1).T
    if changed.any():
        cursor.execute(ADD, [column.tolist() for column in columns])


_NAMES = (incidents.COUNTS.names or ())[2:]
