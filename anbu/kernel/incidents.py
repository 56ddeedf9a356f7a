"""What many homes have in common: counts per group and half hour, and the episodes in them.

Counts are whole numbers and add up, so they may come in any order and cutting: live keeps the
rows of the last day (`tally` of each batch's trace, added up), replay has them all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import groups
from anbu.kernel.evidence import SLOT_S
from anbu.kernel.running import Trace

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


def tally(trace: Trace, group: NDArray[np.int64]) -> NDArray[np.void]:
    """Return what a trace adds to the counts; `group` [homes] = the home's group, -1 = none."""
    of = group[trace.home] if len(trace.home) else np.zeros(0, np.int64)
    part = np.flatnonzero((of >= 0) & (trace.unseen_s >= 0))
    slot = trace.end[part] // SLOT_S
    keys, where = np.unique(np.stack([of[part], slot], 1), axis=0, return_inverse=True)
    where = where.reshape(-1)
    rows = np.zeros(len(keys), COUNTS)
    rows["group"], rows["slot"] = keys.T if len(keys) else (0, 0)
    seen, unseen = trace.seen[part], trace.unseen_s[part]
    added = {
        "members": np.ones(len(part)),
        "expected": np.rint(1000 * trace.usual[part].astype(float) * seen),
        "came": trace.bins[part] > 0,
        "stopped": unseen == 2 * SLOT_S,
        "missing": unseen > 0,
        "rose": trace.rose[part],
    }
    for name, one in added.items():
        rows[name] = np.bincount(where, one, minlength=len(keys)).astype(np.int64)
    return rows


def episodes(counts: NDArray[np.void]) -> list[Episode]:
    """Return the episodes in summed counts, one row per group and slot; gaps count as nought."""
    found = []
    for group in np.unique(counts["group"]):
        mine = counts[counts["group"] == group]
        first = int(mine["slot"].min())
        width = int(mine["slot"].max()) - first + 1
        column = mine["slot"] - first
        dense = {name: np.zeros((1, width), np.int64) for name in list(COUNTS.fields or ())[2:]}
        for name, grid in dense.items():
            np.add.at(grid[0], column, mine[name])
        found += [
            Episode(
                int(group),
                (first + begin - groups.ONSET[cause]) * SLOT_S,
                (first + begin) * SLOT_S,
                (first + stop) * SLOT_S,
                cause,
            )
            for begin, stop, cause in _spells(dense, first)
        ]
    return found


def _spells(dense: dict[str, NDArray[np.int64]], first: int) -> list[tuple[int, int, groups.Cause]]:
    """Return first and last slot of each episode of one group, and its cause."""
    facts = groups.Facts(
        members=dense["members"],
        expected=groups.windows(dense["expected"]),
        came=groups.windows(dense["came"]),
        stopped=dense["stopped"],
        missing=dense["missing"],
        rose=groups.windows(dense["rose"], width=groups.STORM_WINDOW),
    )
    # what is usual is known by the hour: half an hour into it, hourly feeds have not come yet
    whole_hour = (first + np.arange(facts.members.shape[1])) % 2 == 0
    causes = groups.causes(facts, whole_hour=whole_hour[None])[0]
    over = groups.over(facts)[0]
    found, slot = [], 0
    for begin in np.flatnonzero(causes).tolist():
        if begin < slot:
            continue
        ends = np.flatnonzero(over[begin:])
        stop = begin + int(ends[0]) if len(ends) else len(causes) - 1
        found.append((begin, stop, groups.Cause(int(causes[begin]))))
        slot = stop + 1
    return found


def hit(trace: Trace, episode: Episode, members: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the members whom an episode hit, as they stood when it was recognised."""
    mine = np.isin(trace.home, members) & (trace.unseen_s >= 0)
    until = mine & (trace.end <= episode.at)
    if episode.cause == groups.Cause.STOPPED:
        gone = until & (trace.unseen_s > 0) & (trace.end == episode.at)
        return np.unique(trace.home[gone & (trace.unseen_s <= 4 * SLOT_S)])
    if episode.cause == groups.Cause.HUSHED:
        return np.unique(trace.home[until & (trace.end > episode.start) & trace.rose])
    window = until & (trace.end > episode.start)
    heard = np.unique(trace.home[window & (trace.bins > 0)])
    return np.setdiff1d(np.unique(trace.home[window]), heard)


def told_once(
    episodes: list[Episode], hits: list[NDArray[np.int64]], sizes: list[int]
) -> list[int]:
    """Return the episodes to tell: of those that overlap and hit the same homes, the clearest.

    Clearest = the greatest share of its members was hit; among equals the smallest group.
    """
    order = sorted(
        range(len(episodes)),
        key=lambda i: (-len(hits[i]) / max(sizes[i], 1), sizes[i], episodes[i].at, i),
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
