"""Looking at the groups: is there one cause, whom did it hit, is it over?

Each half hour is looked at once, half an hour after its end, with all that was counted by then.
Late rows may still move what was found; from the half hour on that no late row can reach, it
stands. A replay of the same readings finds the same.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Min, Q

from anbu.care.foundation.actions import record
from anbu.kernel import groups, incidents, lately
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.incidents import COUNTS, HOLD_S, Spell

from ..models import (
    GroupCount,
    GroupIncident,
    GroupLook,
    GroupMember,
    LearnedClock,
)
from ..rules import moment
from .counting import HORIZON, since
from .holding import let_go
from .telling import tell

SYSTEM = "system:clock"
End = GroupIncident.End
ON_THEIR_WAY = 1  # half hours whose rows are still on their way are not looked at
TURNING_S = 300  # so long are clocks waited for that should have been turned
WINDOW = groups.STORM_WINDOW

IN_GROUPS = """
SELECT household_id, lately FROM readings_learnedclock WHERE counted_in @> %s::jsonb
"""


@transaction.atomic
def look_at_groups(*, now: datetime) -> bool:
    """Look at the half hours that are new; say if there were any."""
    look = GroupLook.objects.select_for_update().filter(id=1).first()
    if look is None:
        GroupLook.objects.bulk_create([GroupLook(id=1)], ignore_conflicts=True)
        look = GroupLook.objects.select_for_update().get(id=1)
    newest = int(now.timestamp()) // SLOT_S - ON_THEIR_WAY
    if look.looked >= newest:
        return False
    late = now.timestamp() - (newest + ON_THEIR_WAY) * SLOT_S > TURNING_S
    if LearnedClock.objects.filter(turn_at__lte=now).exists() and not late:
        return False  # its homes are still being counted
    settled = _settles(look, newest, now)  # asked before the counts: they may only be newer
    first = since(now) + 1
    begin = first if look.settled is None else look.settled + 1
    _Look(first=first, begin=begin, newest=newest, settled=settled, now=now).take()
    GroupCount.objects.filter(slot__lte=settled - WINDOW).delete()
    look.looked, look.settled = newest, settled
    look.save(update_fields=["looked", "settled"])
    return True


def _settles(look: GroupLook, newest: int, now: datetime) -> int:
    """Return the half hour up to which every clock is closed."""
    known = look.settled
    if known is None:
        known = int(now.timestamp()) // SLOT_S - HORIZON + WINDOW
    if LearnedClock.objects.filter(closed_until=None, turn_at__lte=now).exists():
        return known  # the past of new homes is not told yet
    closed = LearnedClock.objects.aggregate(least=Min("closed_until"))["least"]
    if closed is None:
        return known
    return max(known, min(newest, int(closed.timestamp()) // SLOT_S))


@dataclass(kw_only=True)
class _Look:
    """One look: half hours `first` to `newest` are counted, those from `begin` on may change."""

    first: int
    begin: int
    newest: int
    settled: int
    now: datetime

    def take(self) -> None:
        """Find what is new, put right what has changed, end what is over."""
        known: dict[int, list[GroupIncident]] = defaultdict(list)
        before = _moment(self.begin - 1)
        lasts = (Q(over_at=None) | Q(over_at__gt=before)) & ~Q(ended_how=End.MISTAKE)
        rows = GroupIncident.objects.filter(Q(at__gt=before) | lasts)
        # no key is changed: whoever holds a silence for an incident need not wait
        for row in rows.select_for_update(no_key=True).order_by("group_id", "at"):
            known[row.group_id].append(row)
        spells = self._spells(known)
        for group in sorted(set(spells) | set(known)):
            self._settle(group, spells.get(group, []), known.get(group, []))
        tell(now=self.now)
        for row in GroupIncident.objects.filter(
            ended_at__isnull=False, held__ended_at=None, held__isnull=False
        ).distinct():
            let_go(row, now=self.now)  # what was held in the very moment it ended, too

    def _spells(self, known: dict[int, list[GroupIncident]]) -> dict[int, list[Spell]]:
        rows = GroupCount.objects.filter(slot__gte=self.first, slot__lte=self.newest)
        names = ["group_id", *(COUNTS.names or ())[1:]]
        counts = np.array(list(rows.order_by("group_id", "slot").values_list(*names)), np.int64)
        counts = counts.reshape(-1, len(names))
        ids = sorted(set(counts[:, 0].tolist()) | set(known))
        place = {group: nth for nth, group in enumerate(ids)}
        table = np.zeros(len(counts), COUNTS)
        for nth, name in enumerate(COUNTS.names or ()):
            table[name] = counts[:, nth]
        table["group"] = [place[group] for group in counts[:, 0].tolist()]
        columns = incidents.dense(
            table, rows=len(ids), first=self.first, width=self.newest - self.first + 1
        )
        self._members = columns["members"]
        self._place = place
        carried = [
            Spell(place[row.group_id], _slot(row.at), None, groups.Cause(row.cause))
            for mine in known.values()
            for row in mine
            if _slot(row.at) < self.begin
        ]
        found: dict[int, list[Spell]] = defaultdict(list)
        for spell in incidents.follow(columns, self.first, since=self.begin, carried=carried):
            found[ids[spell.group]].append(spell)
        return found

    def _settle(self, group: int, spells: list[Spell], rows: list[GroupIncident]) -> None:
        """Bring what is written down about one group into line with what was found."""
        left, pairs = list(rows), []
        for spell in spells:
            row = next((row for row in left if _same(row, spell)), None)
            if row is not None:
                left.remove(row)
            pairs.append((spell, row))
        for row in left:  # rows came after all: nobody was missing
            _end(row, how=End.MISTAKE, now=self.now)
            row.save()
        for spell, row in pairs:
            self._note_hit(self._write(group, spell, row), spell)

    def _write(self, group: int, spell: Spell, row: GroupIncident | None) -> GroupIncident:
        if row is None:
            row = GroupIncident(group_id=group, recognised_at=self.now, is_told=False)
        is_new = row.pk is None
        row.cause = int(spell.cause)
        row.began_at, row.at = _moment(spell.start), _moment(spell.begin)
        row.over_at = None if spell.stop is None else _moment(spell.stop)
        row.hold_until = row.at + timedelta(seconds=HOLD_S)
        at = spell.begin - self.first
        if at >= 0:
            row.members = int(self._members[self._place[group], at])
        if is_new:
            row.save()
            _trace(row, "recognise_group", self.now)
        if row.over_at is not None:
            _end(row, how=End.RECOVERY, now=self.now)
        elif row.ended_how in (End.RECOVERY, End.MISTAKE):
            row.ended_at, row.ended_how = None, ""  # it was not over yet
        row.save()
        return row

    def _note_hit(self, row: GroupIncident, spell: Spell) -> None:
        """Write down who was hit, as far as what is kept of the homes reaches back."""
        if spell.begin < self.begin:
            return
        with connection.cursor() as cursor:
            cursor.execute(IN_GROUPS, [f"[{row.group_id}]"])
            homes = cursor.fetchall()
        whole = lately.unpack([bytes(kept) for _, kept in homes])
        starts = np.searchsorted(whole["home"], np.arange(1, len(homes)))
        shown = np.split(whole, starts)
        # a home whose rows no longer reach back keeps what was written about it
        known = [
            nth
            for nth, rows in enumerate(shown)
            if 0 < len(rows) < lately.KEPT or len(rows) and rows["slot"][0] <= spell.start + 1
        ]
        if not known:
            return
        told = incidents.episode(spell, group=row.group_id, last=self.newest)
        hit = incidents.hit(whole, told, np.array(known))
        ids = {homes[nth][0] for nth in hit.tolist()}
        asked = [homes[nth][0] for nth in known]
        GroupMember.objects.filter(incident=row, household__in=asked).exclude(
            household__in=ids
        ).delete()
        GroupMember.objects.bulk_create(
            [GroupMember(incident=row, household_id=home) for home in sorted(ids)],
            ignore_conflicts=True,
        )


@transaction.atomic
def end_incident(*, incident: int, denied: bool, by: str, now: datetime) -> None:
    """End a common cause on a person's word; `denied`: there was none, what is held rings now."""
    row = GroupIncident.objects.select_for_update(no_key=True).get(pk=incident)
    if row.ended_at is None or denied:
        row.ended_at = row.ended_at or now
        row.ended_how = End.DENIED if denied else End.PERSON
        row.save(update_fields=["ended_at", "ended_how"])
        record(by=by, verb="end_group", at=now, incident=row.pk)
        let_go(row, now=now)


def _same(row: GroupIncident, spell: Spell) -> bool:
    """Say whether a spell is what was written down, perhaps put right by rows that came late."""
    until = spell.stop if spell.stop is not None else spell.begin
    over = _slot(row.over_at) if row.over_at else max(_slot(row.at), until)
    return _slot(row.at) == spell.begin or (
        spell.start <= over and _slot(row.began_at) <= max(until, spell.begin)
    )


def _end(row: GroupIncident, *, how: End, now: datetime) -> None:
    """End an incident; what it held rings in its time from now on."""
    if row.ended_at is None:
        row.ended_at, row.ended_how = now, how
        _trace(row, "group_over", now)


def _trace(row: GroupIncident, verb: str, now: datetime) -> None:
    record(by=SYSTEM, verb=verb, at=now, incident=row.pk, group=row.group_id)


def _slot(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_S


def _moment(slot: int) -> datetime:
    return moment(slot * SLOT_S)
