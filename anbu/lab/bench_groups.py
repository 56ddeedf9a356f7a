"""How dear it is to watch many homes for one cause: counting, looking and holding, half an hour.

Homes stand in every dong; their clocks show what a calm evening shows, and then one vendor's feed
is lost. Only what the groups add is measured: the clocks themselves are `anbu bench detector`.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from anbu.care.foundation.queries import now
from anbu.care.people.actions import NewHousehold
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.readings.actions import arrays, holding
from anbu.care.readings.actions.counting import Counted, count
from anbu.care.readings.actions.fleet import NewDevice
from anbu.care.readings.models import GroupIncident, HeldSilence, LearnedClock
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.running import Trace
from anbu.lab.bench_desk import BY
from anbu.lab.bench_homes import a_home, a_plug, settle

SLOT = timedelta(seconds=SLOT_S)
VENDORS, LOST = ("a", "b", "c", "d"), 3  # the feed of the last one is lost
HOMES_A_GATEWAY = 40
COUNTED_AT_ONCE, HELD_AT_ONCE, MADE_AT_ONCE = 1_000, 500, 5_000  # as the sweeps do
WARM_UP, CALM = 2, 4  # half hours

KEEP = """
UPDATE readings_learnedclock c SET lately = u.lately, counted_in = u.counted_in
FROM unnest(%s::uuid[], %s::bytea[], %s::jsonb[]) AS u (id, lately, counted_in)
WHERE c.household_id = u.id
"""


def groups(commit: str, *, sizes: Sequence[int] = (20_000, 110_000)) -> dict[str, object]:
    """Measure smaller and larger cities, one grown from the other."""
    found: dict[str, object] = {}
    ids: list[UUID] = []
    began = now().replace(minute=0, second=0, microsecond=0)
    for nth, homes in enumerate(sizes):
        ids += _settle(len(ids), homes, began)
        evening = _Evening(ids, began + timedelta(days=2 * nth))
        found |= {f"{name}_{homes}": value for name, value in evening.measure().items()}
    return {
        "name": "groups",
        "value": found[f"sweep_s_{sizes[-1]}"],
        "unit": f"s each half hour for {sizes[-1]:,} homes, counting and looking",
        "commit": commit,
        **found,
    }


class _Evening:
    """What all homes show, half hour by half hour, from `at` on."""

    def __init__(self, ids: Sequence[UUID], at: datetime) -> None:
        self._ids, self._at = list(ids), at
        self._kept = [Counted(b"", []) for _ in ids]
        self._rng = np.random.default_rng(0)
        self._lost = np.arange(len(ids)) % len(VENDORS) == LOST
        LearnedClock.objects.update(turn_at=at + timedelta(days=2), closed_until=at, lately=b"")

    def measure(self) -> dict[str, float]:
        calm = [self._half_hour(unseen=0) for _ in range(WARM_UP + CALM)][WARM_UP:]
        self._half_hour(unseen=1)
        stopped = self._half_hour(unseen=2)
        GroupIncident.objects.get(is_told=True, ended_at=None)
        held = self._hold()
        sweep = max(counted + looked for counted, looked in calm)
        return {
            "sweep_s": round(sweep, 2),
            "count_s": round(max(counted for counted, _ in calm), 2),
            "look_s": round(max(looked for _, looked in calm), 2),
            "look_with_a_cause_s": round(stopped[1], 2),
            "hold_ms_each": round(1000 * held / int(self._lost.sum()), 3),
            "held": int(self._lost.sum()),
        }

    def _half_hour(self, *, unseen: int) -> tuple[float, float]:
        """Let one more half hour pass; return how long counting and looking took [s]."""
        self._at += SLOT
        counted = 0.0
        for first in range(0, len(self._ids), COUNTED_AT_ONCE):
            part = slice(first, first + COUNTED_AT_ONCE)
            ids, before = self._ids[part], self._kept[part]
            closed = _shown(self._at - SLOT, np.zeros(len(ids)), self._rng)
            still_open = _shown(self._at, unseen * self._lost[part], self._rng)
            began = time.perf_counter()
            with transaction.atomic(), arrays.cursor(connection.connection) as cursor:
                self._kept[part] = count(cursor, ids, before, [closed], [still_open], self._at)
            counted += time.perf_counter() - began
        self._write_down()
        began = time.perf_counter()
        readings.look_at_groups(now=self._at + SLOT)
        return counted, time.perf_counter() - began

    def _write_down(self) -> None:
        """Keep with the clocks what is counted: a part of the row a turn writes anyway."""
        with connection.cursor() as cursor:
            for first in range(0, len(self._ids), MADE_AT_ONCE):
                kept = self._kept[first : first + MADE_AT_ONCE]
                ids = self._ids[first : first + MADE_AT_ONCE]
                rows = [one.rows for one in kept]
                cursor.execute(KEEP, [ids, rows, [Jsonb(one.groups) for one in kept]])
        LearnedClock.objects.update(closed_until=self._at - SLOT)

    def _hold(self) -> float:
        """Let every home that was hit ring; return how long it took to hold them all [s]."""
        at = self._at + SLOT
        ringing = [
            holding.Ringing(household=self._ids[nth], due_at=at, last_sign_at=at - 4 * SLOT)
            for nth in np.flatnonzero(self._lost).tolist()
        ]
        began = time.perf_counter()
        for first in range(0, len(ringing), HELD_AT_ONCE):
            some = ringing[first : first + HELD_AT_ONCE]
            with transaction.atomic():
                holding.hold(ringing=some, looked=[one.household for one in some], now=at)
        spent = time.perf_counter() - began
        assert HeldSilence.objects.filter(ended_at=None).count() == len(ringing)
        return spent


def _shown(at: datetime, unseen: np.ndarray, rng: np.random.Generator) -> Trace:
    """Return one half hour of some homes, `unseen` [half hours]; two of five show a sign."""
    homes = len(unseen)
    seen = unseen == 0
    nought = np.zeros(homes)
    return Trace(
        home=np.arange(homes),
        end=np.full(homes, int(at.timestamp())),
        seen=seen,
        bins=(rng.random(homes) < 0.4) & seen,
        usual=np.full(homes, 0.4),
        score=nought,
        rose=rng.random(homes) < 0.001,
        worth=nought,
        record=nought,
        gap_s=nought.astype(np.int64),
        fixed_s=nought.astype(np.int64),
        unseen_s=(unseen * SLOT_S).astype(np.int64),
    )


def _settle(known: int, until: int, at: datetime) -> list[UUID]:
    """Register homes `known` to `until`, each with a device, in every dong."""
    if not known:
        for code in VENDORS:
            readings.add_provider(code=code, name=code, source="smart_plug", by=BY, now=at)
    dongs = [dong.code for dong in places.dongs()]
    settled = settle(range(known, until), home=lambda nth: _home(dongs, nth), device=_device, at=at)
    made = [home.household for home in settled]
    LearnedClock.objects.bulk_create(
        (LearnedClock(household_id=home, turn_at=at) for home in made), batch_size=MADE_AT_ONCE
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _home(dongs: Sequence[str], nth: int) -> NewHousehold:
    dong = dongs[nth // len(VENDORS) % len(dongs)]
    return a_home(dong, nth, consents=("monitoring",))


def _device(nth: int, home: UUID) -> NewDevice:
    gateway = f"g{nth // HOMES_A_GATEWAY}"
    return a_plug(nth, home, provider=VENDORS[nth % len(VENDORS)], gateway=gateway)
