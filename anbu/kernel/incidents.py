"""What many homes have in common: counts per group and half hour, and the episodes in them.

Counts are whole numbers and add up, so they may come in any order and cutting: live keeps those of
the last days (`tally` of what each batch showed, added up), replay has them all. What is carried
from one look to the next is one open spell per group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import groups
from anbu.kernel.evidence import SLOT_S

HOLD_S = 24 * 3600  # a group holds its members' alarms no longer than this after it was recognised
LIKE_ANOTHER = 0.8  # two episodes sharing so many of the homes hit are one, told once

COUNTS = np.dtype(
    [
        ("group", "i4"),
        ("slot", "i8"),  # UTC half hour since 1970
        ("members", "i4"),  # homes that report at all
        ("expected", "i8"),  # signs usual in the slot, in thousandths, homes in sight only
        ("came", "i4"),  # homes with a sign
        ("stopped", "i4"),  # homes unseen for exactly two slots: they stopped together
        ("missing", "i4"),  # homes out of sight
        ("rose", "i4"),  # homes whose silence became unusual
    ]
)


@dataclass(frozen=True)
class Episode:
    """One cause for many homes of a group; all in UTC seconds."""

    group: int
    start: int  # when the common cause began
    at: int  # when it was recognised
    end: int
    cause: groups.Cause


def tally(rows: NDArray[np.void], group: NDArray[np.int64]) -> NDArray[np.void]:
    """Return what rows (lately.LATELY) add to the counts.

    `group` [homes] = the home's group, -1 = none.
    """
    of = group[rows["home"]] if len(rows) else np.zeros(0, np.int64)
    rows, of = rows[of >= 0], of[of >= 0]
    keys, where = np.unique(np.stack([of, rows["slot"]], 1), axis=0, return_inverse=True)
    where = where.reshape(-1)
    counts = np.zeros(len(keys), COUNTS)
    counts["group"], counts["slot"] = keys.T if len(keys) else (0, 0)
    added = {
        "members": np.ones(len(rows)),
        "expected": rows["expected"],
        "came": rows["came"],
        "stopped": rows["unseen"] == 2,
        "missing": rows["unseen"] > 0,
        "rose": rows["rose"],
    }
    for name, one in added.items():
        counts[name] = np.bincount(where, one, minlength=len(keys)).astype(np.int64)
    return counts


@dataclass(frozen=True)
class Spell:
    """An episode as half hours: `begin` is when it was recognised, `stop` None while it lasts."""

    group: int
    begin: int
    stop: int | None
    cause: groups.Cause

    @property
    def start(self) -> int:
        """When the common cause began."""
        return self.begin - groups.ONSET[self.cause]


def dense(
    counts: NDArray[np.void], *, rows: int, first: int, width: int
) -> dict[str, NDArray[np.int64]]:
    """Return counts as columns of `rows` x `width` half hours from `first` on; gaps are nought.

    `counts["group"]` numbers the rows.
    """
    columns = {name: np.zeros((rows, width), np.int64) for name in (COUNTS.names or ())[2:]}
    inside = counts[(counts["slot"] >= first) & (counts["slot"] < first + width)]
    for name, grid in columns.items():
        np.add.at(grid, (inside["group"], inside["slot"] - first), inside[name])
    return columns


def follow(
    columns: dict[str, NDArray[np.int64]], first: int, *, since: int, carried: Sequence[Spell] = ()
) -> list[Spell]:
    """Return the spells of each row of `columns` that are open or begin at `since` or later.

    The half hours before `since` are there for the windows only; `carried` are the spells that
    were open when `since` began, at most one for each group.
    """
    facts = groups.Facts(
        members=columns["members"],
        expected=groups.windows(columns["expected"]),
        came=groups.windows(columns["came"]),
        stopped=columns["stopped"],
        missing=columns["missing"],
        rose=groups.windows(columns["rose"], width=groups.STORM_WINDOW),
    )
    # what is usual is known by the hour: half an hour into it, hourly feeds have not come yet
    whole_hour = (first + np.arange(facts.members.shape[1])) % 2 == 0
    causes = groups.causes(facts, whole_hour=whole_hour[None])
    over = groups.over(facts)
    open_ = {spell.group: spell for spell in carried}
    told = set(np.flatnonzero(causes[:, since - first :].any(1)).tolist()) | set(open_)
    found: list[Spell] = []
    for group in sorted(told):
        found += _spells(group, causes[group], over[group], first, since, open_.get(group))
    return found


def _spells(
    group: int,
    causes: NDArray[np.int64],
    over: NDArray[np.bool_],
    first: int,
    since: int,
    open_: Spell | None,
) -> list[Spell]:
    found: list[Spell] = []
    slot = since - first

    def until(spell: Spell, column: int) -> int:
        ends = np.flatnonzero(over[column:])
        stop = first + column + int(ends[0]) if len(ends) else None
        found.append(Spell(group, spell.begin, stop, spell.cause))
        return len(causes) if stop is None else stop - first + 1

    if open_ is not None:
        slot = until(open_, slot)
    for begin in (slot + np.flatnonzero(causes[slot:])).tolist():
        if begin >= slot:
            slot = until(Spell(group, first + begin, None, groups.Cause(int(causes[begin]))), begin)
    return found


def episodes(counts: NDArray[np.void]) -> list[Episode]:
    """Return the episodes in summed counts, one row per group and slot; gaps count as nought."""
    found = []
    for group in np.unique(counts["group"]):
        mine = counts[counts["group"] == group]
        first, last = int(mine["slot"].min()), int(mine["slot"].max())
        mine["group"] = 0
        columns = dense(mine, rows=1, first=first, width=last - first + 1)
        for spell in follow(columns, first, since=first):
            found.append(episode(spell, group=int(group), last=last))
    return found


def episode(spell: Spell, *, group: int, last: int) -> Episode:
    """Return a spell in seconds; one that is open ends, as far as is known, with slot `last`."""
    stop = last if spell.stop is None else spell.stop
    start, at, end = (slot * SLOT_S for slot in (spell.start, spell.begin, stop))
    return Episode(group, start, at, end, spell.cause)


def hit(rows: NDArray[np.void], episode: Episode, members: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the members whom an episode hit, as they stood when it was recognised.

    `rows` as in lately.LATELY.
    """
    start, at = episode.start // SLOT_S, episode.at // SLOT_S
    until = rows[np.isin(rows["home"], members) & (rows["slot"] <= at)]
    if episode.cause == groups.Cause.STOPPED:
        gone = (until["slot"] == at) & (until["unseen"] > 0) & (until["unseen"] <= 4)
        return np.unique(until["home"][gone]).astype(np.int64)
    window = until[until["slot"] > start]
    if episode.cause == groups.Cause.HUSHED:
        return np.unique(window["home"][window["rose"]]).astype(np.int64)
    heard = window["home"][window["came"]]
    return np.setdiff1d(window["home"], heard).astype(np.int64)


def told_once(
    episodes: list[Episode], hits: list[NDArray[np.int64]], sizes: list[int]
) -> list[int]:
    """Return the episodes to tell: of those that overlap and hit the same homes, the clearest.

    `sizes` = members that could be hit. Clearest = the greatest share of them was hit, but of those
    hit as good as whole the one that explains most homes: where a vendor's feed is lost, a dong in
    which only this vendor's devices stand is hit whole, too, and is not another cause.
    """

    def clear(i: int) -> float:
        return min(len(hits[i]) / max(sizes[i], 1), LIKE_ANOTHER)

    order = sorted(
        range(len(episodes)),
        key=lambda i: (-clear(i), -len(hits[i]), sizes[i], episodes[i].at, i),
    )
    kept: list[int] = []
    for i in order:
        mine = episodes[i]
        same = any(
            mine.start <= episodes[j].end
            and episodes[j].start <= mine.end
            and len(np.intersect1d(hits[i], hits[j])) >= LIKE_ANOTHER * max(len(hits[i]), 1)
            for j in kept
        )
        if not same:
            kept.append(i)
    return sorted(kept, key=lambda i: (episodes[i].at, i))
