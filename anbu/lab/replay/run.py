"""From files to alarms: the live kernel hears a whole history."""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import hindsight, reasons, running, state
from anbu.kernel.clock import Readings
from anbu.kernel.evidence import BY_NAME, COARSE_S, SEES, heard_by_the_slot, is_coarse
from anbu.kernel.running import ALARM, SIGHTLESS, WATCH, Trace
from anbu.lab.replay import common
from anbu.lab.replay.files import GROUPS, Place, Setting, Told
from anbu.lab.replay.future import without_future

LEVELS = {WATCH: "watch", ALARM: "alarm", SIGHTLESS: "blind"}
BLIND_AT_LEAST_S, BLIND_INTERVALS = 6 * 3600, 3


@dataclass(frozen=True)
class Alarm:
    """A row of ALARMS.csv; a group row names its members' households besides."""

    household: str
    level: str
    at: int  # UTC seconds
    offset_s: int
    cause: str
    reason: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """Homes and feeds as columns, and their names."""

    names: list[str]
    places: list[list[Place]]  # per home
    homes: state.Homes
    feeds: state.Feeds


def world(places: list[Place], told: Told) -> World:
    """Return the columns of homes of which nothing was heard yet."""
    names = list(dict.fromkeys(p.household for p in places))
    number = {name: i for i, name in enumerate(names)}
    mine: list[list[Place]] = [[] for _ in names]
    for place in places:
        mine[number[place.household]].append(place)
    feeds = state.new_feeds(
        [number[p.household] for p in places],
        [BY_NAME[p.kind].code for p in places],
        [p.interval_s for p in places],
    )
    homes = state.new_homes(
        [state.kind_of([p.kind for p in own], [p.interval_s for p in own]) for own in mine]
    )
    if len(told.readings.feed):
        # one clock per home, its first: what is usual at an hour shifts with summer time, once
        first = np.unique(feeds["home"][told.readings.feed], return_index=True)
        homes["offset_s"][first[0]] = told.offset_s[first[1]]
    for i, own in enumerate(mine):
        seeing = [p.interval_s for p in own if SEES[BY_NAME[p.kind].code]]
        quickest = min(seeing or [86_400])
        slowest = BLIND_INTERVALS * quickest if quickest <= COARSE_S else 0
        homes["blind_after_s"][i] = max(BLIND_AT_LEAST_S, slowest)
        away = next((p for p in own if p.absent_from is not None), None)
        if away is not None and away.absent_from is not None:
            shift = int(homes["offset_s"][i])
            until = away.absent_until
            homes["absent_from"][i] = away.absent_from + shift
            homes["absent_until"][i] = np.iinfo(np.int64).max if until is None else until + shift
    return World(names, mine, homes, feeds)


def replay(told: Told, places: list[Place], setting: Setting) -> list[Alarm]:
    """Return what the live kernel would have raised, in the order it became true."""
    there = world(places, told)
    readings = _heard(there, without_future(told.readings))
    rows, trace = hindsight.heard(there.homes, there.feeds, readings, setting.policy)
    return _gathered(there, trace, rows, setting)


def _heard(there: World, readings: Readings) -> Readings:
    """Return what the live clock would hear: no day's count where something finer sees."""
    kept = np.ones(len(there.feeds), bool)
    home = there.feeds["home"]
    coarse = is_coarse(there.feeds["channel"], there.feeds["interval_s"])
    for one in np.unique(home[coarse]).tolist():
        mine = np.flatnonzero(home == one)
        channels, intervals = (there.feeds[name][mine] for name in ("channel", "interval_s"))
        kept[mine] = heard_by_the_slot(channels.tolist(), intervals.tolist())
    which = kept[readings.feed]
    if which.all():
        return readings
    return Readings(readings.feed[which], readings.at[which], readings.value[which])


def _gathered(there: World, trace: Trace, rows: NDArray[np.void], setting: Setting) -> list[Alarm]:
    """Return rows as alarms, those with one common cause as one group row instead."""
    names = {
        kind: [next((p.groups[kind] for p in own if p.groups[kind]), "") for own in there.places]
        for kind in GROUPS
    }
    causes = common.found(trace, names)
    homes_of = {
        (each.kind, each.name): np.flatnonzero(np.array(names[each.kind]) == each.name)
        for each in causes
    }
    told = common.told(causes)
    free = common.hold(trace, rows, told, homes_of, hold_s=setting.group_hold_s)
    found = [_of_group(there, each) for each in told]
    found += [_of_home(there, row) for row in free]
    return sorted(found, key=lambda a: (a.at, a.household, a.level, a.cause))


def _of_group(there: World, incident: common.Incident) -> Alarm:
    said = reasons.of_group(
        incident.kind,
        incident.name,
        hit=len(incident.hit),
        members=incident.members,
        stopped=incident.stopped,
    )
    hit = incident.hit.tolist()
    offset = int(there.homes["offset_s"][hit[0] if hit else 0])
    cause = f"{incident.kind}:{incident.name}"
    members = tuple(there.names[home] for home in hit)
    return Alarm("", "group", incident.episode.at, offset, cause, said, members)


def _of_home(there: World, row: np.void) -> Alarm:
    home, level = int(row["home"]), int(row["level"])
    offset, last = int(there.homes["offset_s"][home]), int(row["last_sign"])
    said = reasons.of_home(
        level,
        at=int(row["at"]) + offset,
        last_sign=last + offset if last >= 0 else -1,
        channel=int(row["last_channel"]) or BY_NAME[there.places[home][0].kind].code,
        gap_s=int(row["gap_s"]),
        long_s=int(row["long_s"]),
        usual=float(row["usual"]),
        rule=int(row["rule"]),
        unseeing=int(row["unseeing"]),
    )
    cause = "feed" if level == SIGHTLESS else CAUSES[int(row["rule"])]
    return Alarm(there.names[home], LEVELS[level], int(row["at"]), offset, cause, said)


CAUSES = {running.BY_RECORD: "silence", running.BY_PATIENCE: "patience"}


def write_alarms(alarms: list[Alarm], path: Path) -> None:
    """Write ALARMS.csv: one row per excursion, local time with offset."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["household", "level", "at", "cause", "reason"])
        for a in alarms:
            out.writerow([a.household, a.level, _iso(a), a.cause, a.reason])


def write_members(alarms: list[Alarm], path: Path) -> None:
    """Write the members of each group row: cause,at,household."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["cause", "at", "household"])
        for a in alarms:
            out.writerows([a.cause, _iso(a), member] for member in a.members)


def _iso(alarm: Alarm) -> str:
    zone = timezone(timedelta(seconds=alarm.offset_s))
    return datetime.fromtimestamp(alarm.at, zone).isoformat(timespec="seconds")
