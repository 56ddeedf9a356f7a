"""One incident for many homes: which alarms a group holds, and when it must let them go."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import groups, incidents, lately
from anbu.kernel.evidence import FIXED_BIN
from anbu.kernel.running import ALARM, SIGHTLESS, Trace


@dataclass(frozen=True)
class Incident:
    """One group row: many homes, one cause."""

    kind: str  # region, provider, gateway
    name: str
    episode: incidents.Episode
    members: int
    hit: NDArray[np.int64]  # homes

    @property
    def stopped(self) -> bool:
        """Whether the homes went out of sight (else they only fell silent)."""
        return self.episode.cause == groups.Cause.STOPPED


def found(trace: Trace, names: dict[str, list[str]]) -> list[Incident]:
    """Return every episode of every group; `names` = per kind of group, each home's group."""
    incidents_: list[Incident] = []
    shown = lately.rows_of(trace)
    for kind, of in names.items():
        known = sorted(set(of) - {""})
        group = np.array([known.index(name) if name else -1 for name in of], np.int64)
        sizes = np.bincount(group[group >= 0], minlength=len(known))
        group[np.isin(group, np.flatnonzero(sizes < 2))] = -1
        for episode in incidents.episodes(incidents.tally(shown, group)):
            members = np.flatnonzero(group == episode.group)
            hit = incidents.hit(shown, episode, members)
            incidents_.append(Incident(kind, known[episode.group], episode, len(members), hit))
    return incidents_


def told(found_: list[Incident]) -> list[Incident]:
    """Return the incidents to tell, one for each cause."""
    kept = incidents.told_once(
        [each.episode for each in found_],
        [each.hit for each in found_],
        [each.members for each in found_],
    )
    return [found_[i] for i in kept]


def hold(
    trace: Trace,
    rows: NDArray[np.void],
    found_: list[Incident],
    homes_of: dict[tuple[str, str], NDArray[np.int64]],
    *,
    hold_s: int,
) -> NDArray[np.void]:
    """Return the homes' rows without those an incident explains.

    A silence still usual when the cause began is the cause's; an older one is news. A held home
    that is still silent rings when its usual silence has passed anew after the end, and at the
    latest `hold_s` after the incident was recognised: whoever lies there must not wait for ever.
    """
    held = np.zeros(len(rows), bool)
    released: dict[int, NDArray[np.void]] = {}
    for each in found_:
        episode = each.episode
        was_usual = rows["last_sign"] >= episode.start - rows["long_s"]
        took = (
            np.isin(rows["home"], homes_of[each.kind, each.name])
            & (was_usual | (rows["level"] == SIGHTLESS))
            & (rows["at"] >= episode.start)
            & (rows["at"] <= episode.end + rows["long_s"])
        )
        latest = episode.at + hold_s
        took &= (rows["level"] == SIGHTLESS) | (rows["at"] < latest)
        for row in rows[took & (rows["level"] == ALARM)]:
            due = min(episode.end + int(row["long_s"]), latest)
            home = int(row["home"])
            if home in released and released[home]["at"] >= due:
                continue
            if _silent_until(trace, home, int(row["last_sign"]), due):
                again = row.copy()
                again["gap_s"] += due - again["at"]
                again["at"] = due
                released[home] = again
        held |= took
    free = [rows[~held]]
    free += [np.array([row], rows.dtype) for row in released.values()]
    return np.concatenate(free)


def _silent_until(trace: Trace, home: int, start: int, until: int) -> bool:
    """Say whether a home showed no sign between two moments, and was seen at the end."""
    mine = slice(*np.searchsorted(trace.home, [home, home + 1]))
    part = slice(*(mine.start + np.searchsorted(trace.end[mine], [start, until], side="right")))
    return bool(trace.seen[part].any()) and not bool((trace.bins[part] >= FIXED_BIN).any())
