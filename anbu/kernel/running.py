"""The clock runs: how silent each home is at the end of each slot, and what becomes true.

Arrays are N homes x C half-hour columns of one local day.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anbu.kernel import rhythm
from anbu.kernel.evidence import CERTAIN, FIXED_BIN, SLOT_S
from anbu.kernel.policy import Policy
from anbu.kernel.state import ALARMED, NEVER, WATCHED, Homes

WATCH, ALARM, SIGHTLESS = 1, 2, 3  # levels of a row
BY_RECORD, BY_PATIENCE = 0, 1  # rules that ring: the home's own record, the city's patience
END_SHARE = 0.3  # an excursion ends when signs took the score below this share of its level
RISE = 0.85  # a silence of this score is unusual, whatever the policy: food for the group test
KNOWN_DAYS = 7  # well-seen days before a home speaks for its group
_LEAST_WORTH = 1000  # a sign must be worth this much to set the wall clock to nought by itself

ROW = np.dtype(
    [
        ("home", "i4"),
        ("level", "i1"),
        ("rule", "i1"),  # BY_RECORD or BY_PATIENCE
        ("at", "i8"),  # UTC seconds: the instant it became true
        ("gap_s", "i4"),  # seen time since the last sign
        ("long_s", "i4"),  # usual at most
        ("usual", "f4"),  # share of slots with a sign at this hour, in this home
        ("last_sign", "i8"),  # UTC seconds, NEVER = none yet
        ("last_channel", "i1"),
        ("unseeing", "u2"),  # bit per channel code: it reports here, and cannot see now
    ]
)


@dataclass(frozen=True)
class Trace:
    """What each closed slot showed: food for the group test, the preview and the evaluation."""

    home: NDArray[np.integer]
    end: NDArray[np.int64]  # UTC seconds
    seen: NDArray[np.bool_]
    bins: NDArray[np.integer]
    usual: NDArray[np.floating]  # share of slots with a sign at this hour; 0 = hardly known
    score: NDArray[np.floating]  # 1 = due at theta 1
    rose: NDArray[np.bool_]  # the score passed RISE in this slot
    worth: NDArray[np.floating]  # silence by worth, 1 = as much as is usual at most
    record: NDArray[np.floating]  # silence by the wall clock, 1 = as long as is usual at most
    gap_s: NDArray[np.integer]  # silence by the wall clock
    fixed_s: NDArray[np.integer]  # seen time since a sign for the city's rule
    unseen_s: NDArray[np.integer]  # -1 = never seen yet


# a city's year must fit in memory
_TRACED = ("i8", "?", "i1", "f4", "f4", "?", "f4", "f4", "i4", "i4", "i4")


def joined(traces: list[Trace]) -> Trace:
    """Return one trace of many, by home and time."""
    names = list(Trace.__dataclass_fields__)
    if not traces:
        return Trace(
            **{name: np.zeros(0, bool if name in ("seen", "rose") else int) for name in names}
        )
    whole = {name: np.concatenate([getattr(t, name) for t in traces]) for name in names}
    order = np.lexsort((whole["end"], whole["home"]))
    return Trace(**{name: column[order] for name, column in whole.items()})


@dataclass(frozen=True)
class Sight:
    """What all feeds of each home showed together."""

    bins: NDArray[np.int64]  # strongest
    channel: NDArray[np.int64]  # of the strongest
    seen: NDArray[np.bool_]  # by any channel
    unseeing: NDArray[np.int64]  # bit per channel code that reports here and cannot see
    changed: NDArray[np.bool_]  # a sign for the city's rule


def run(
    homes: Homes,
    index: NDArray[np.int64],
    ends: NDArray[np.int64],
    sight: Sight,
    *,
    live: NDArray[np.bool_],
    away: NDArray[np.bool_],
    policy: Policy,
    rows: list[NDArray[np.void]],
    trace: list[Trace] | None,
) -> None:
    """Let the clock of each home run through the columns, in place; note what becomes true.

    `index` numbers the homes for the rows; `ends` local seconds; `away` = registered absent.
    """
    hours = (ends[0] - SLOT_S) // 3600 % 24
    bins, seen = sight.bins, sight.seen
    still, sign = rhythm.worth(homes["signs"], homes["seen"], homes["alive"], homes["quiet"])
    every = np.arange(len(homes))[:, None]
    gain = np.where(bins > 0, sign[every, hours, bins], still[:, hours]) * seen
    gone = away & live
    unseen, unseen_before, ever = _unseen(homes, seen, live, gone)
    limit = homes["blind_after_s"][:, None]
    back = seen & (unseen_before >= limit)
    worth, gap, top_worth, top_gap = _silence(homes, gain, bins, seen, gone, back)
    homes["today_worth"] = np.minimum(np.maximum(homes["today_worth"], top_worth // 10), 65_535)
    homes["today_gap"] = np.minimum(np.maximum(homes["today_gap"], top_gap // 60), 65_535)
    fixed = _since(homes["fixed_gap_s"], seen, sight.changed | gone)

    by_worth, by_clock = rhythm.weights(homes["kind"], homes["long_s"], homes["most"])
    score = by_worth[:, None] * worth + by_clock[:, None] * gap
    before = by_worth * homes["worth"] + by_clock * homes["gap_s"]
    before = np.concatenate([before[:, None], score[:, :-1]], axis=1)
    theta, ask, patience, learned = policy.columns(len(homes))
    flags = homes["flags"].copy()
    found = []
    for level, flag, due in ((WATCH, WATCHED, ask), (ALARM, ALARMED, theta)):
        up, down = learned & (score >= due), ~learned | (score < END_SHARE * due)
        if level == ALARM:
            up, down = up | (fixed >= patience), down & (fixed < patience)
        up &= seen
        on = _held(up, down, flags & flag > 0)
        rings = up & ~on[:, :-1]
        if rings.any():
            at = np.nonzero(rings)
            who = at[0]
            grown = np.maximum(score[at] - before[at], 1e-12)
            into = np.clip((due[who, 0] - before[at]) / grown, 0, 1)
            into = np.where(learned[who, 0] & (score[at] >= due[who, 0]), into, np.inf)
            patient = 1 - (fixed[at] - patience[who, 0]) / SLOT_S
            patient = np.where(patient <= 1, np.maximum(patient, 0), np.inf)
            patient = patient if level == ALARM else np.full(len(who), np.inf)
            part = np.rint(SLOT_S * np.minimum(into, patient)).astype(np.int64)
            rule = np.where(patient < into, BY_PATIENCE, BY_RECORD)
            found.append((level, rule, at, ends[at] - SLOT_S + part))
        flags = np.where(on[:, -1], flags | flag, flags & ~np.uint8(flag))
    blind = (unseen >= limit) & (unseen_before < limit)
    if blind.any():
        at = np.nonzero(blind)
        found.append((SIGHTLESS, np.zeros(len(at[0])), at, ends[at] - (unseen - limit)[at]))

    column = np.arange(ends.shape[1])
    convincing = np.where(learned, bins >= FIXED_BIN, sight.changed)
    newest = np.maximum.accumulate(np.where(convincing, column, -1), axis=1)
    last_sign = np.where(newest >= 0, ends[every, newest], homes["last_sign"][:, None])
    heard = sight.channel[every, newest]
    last_channel = np.where(newest >= 0, heard, homes["last_channel"][:, None])
    if found:
        usual = rhythm.usual(homes["signs"], homes["seen"])[:, hours]
    for level, rule, at, when in found:
        who = at[0]
        row = np.zeros(len(who), ROW)
        row["home"], row["level"], row["rule"] = index[who], level, rule
        row["at"] = when - homes["offset_s"][who]
        row["gap_s"] = np.where(rule == BY_PATIENCE, fixed[at], gap[at])
        row["long_s"], row["usual"] = homes["long_s"][who], usual[at]
        row["last_channel"], row["unseeing"] = last_channel[at], sight.unseeing[at]
        last = last_sign[at]
        row["last_sign"] = np.where(last == NEVER, NEVER, last - homes["offset_s"][who])
        rows.append(row)
    if trace is not None:
        at = np.nonzero(live)
        who = at[0]
        # as counted: shrunk towards the day's mean, ten thousand homes would never seem asleep
        share = homes["signs"][:, hours] / np.maximum(homes["seen"][:, hours], 1)
        # a home hardly known says nothing about what its group usually shows
        known = ((homes["gaps"] > 0).sum(1) >= KNOWN_DAYS)[:, None]
        rose = known & seen & (score >= RISE) & (before < RISE)
        most, long = homes["most"][:, None], homes["long_s"][:, None]
        utc, spent = ends - homes["offset_s"][:, None], np.where(ever, unseen, -1)
        columns = (
            utc,
            seen,
            bins,
            share * known,
            score,
            rose,
            worth / most,
            gap / long,
            gap,
            fixed,
            spent,
        )
        kinds = zip(columns, _TRACED, strict=True)
        trace.append(Trace(index[who].astype(np.int32), *(c[at].astype(k) for c, k in kinds)))
    homes["worth"], homes["gap_s"], homes["fixed_gap_s"] = worth[:, -1], gap[:, -1], fixed[:, -1]
    homes["unseen_s"], homes["flags"] = unseen[:, -1], flags
    homes["last_sign"], homes["last_channel"] = last_sign[:, -1], last_channel[:, -1]


def _since(carried: NDArray, seen: NDArray, reset: NDArray) -> NDArray[np.int64]:
    """Return seen time since the last reset, at the end of each slot [s]."""
    total = SLOT_S * np.cumsum(seen, axis=1)
    base = np.maximum.accumulate(np.where(reset, total, -1), axis=1)
    return np.where(base >= 0, total - base, carried[:, None] + total)


def _unseen(
    homes: Homes, seen: NDArray, live: NDArray, gone: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """Return for how long nothing was seen [s], at the end of each slot and before; ever seen.

    A home never seen yet is not blind, it is not there; an absent one is not looked for.
    """
    ever = homes["seen"].any(1) | homes["today_seen"].any(1)
    ever = np.logical_or.accumulate(seen, axis=1) | ever[:, None]
    lost = np.cumsum(live & ~seen & ~gone & ever, axis=1)
    reset = np.maximum.accumulate(np.where(seen | gone, lost, -1), axis=1)
    run = np.where(reset >= 0, SLOT_S * (lost - reset), homes["unseen_s"][:, None] + SLOT_S * lost)
    return run, np.concatenate([homes["unseen_s"][:, None], run[:, :-1]], axis=1), ever


def _silence(
    homes: Homes, gain: NDArray, bins: NDArray, seen: NDArray, gone: NDArray, back: NDArray
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return silence by worth and by the clock at the end of each slot, and its peaks."""
    n, width = bins.shape
    worth, gap = np.empty((2, n, width), np.int64)
    w, g = homes["worth"].astype(np.int64), homes["gap_s"].astype(np.int64)
    grown, ticks = np.cumsum(gain, axis=1), np.cumsum(SLOT_S * seen, axis=1)
    top_w, top_g, start = w.copy(), g.copy(), 0
    half_most, half_long = homes["most"] // 2, homes["long_s"] // 2
    for j in [*np.flatnonzero(((bins > 0) | gone | back).any(0)).tolist(), width]:
        if j > start:  # nothing happens anywhere: silence only grows
            base_w, base_g = (grown[:, start - 1], ticks[:, start - 1]) if start else (0, 0)
            worth[:, start:j] = grown[:, start:j] + (w - base_w)[:, None]
            gap[:, start:j] = ticks[:, start:j] + (g - base_g)[:, None]
            w, g = worth[:, j - 1], gap[:, j - 1]
            top_w, top_g = np.maximum(top_w, w), np.maximum(top_g, g)
        if j == width:
            break
        if back[:, j].any():  # a fair start: neither ringing at once nor forgetting
            w = np.where(back[:, j], np.minimum(w, half_most), w)
            g = np.where(back[:, j], np.minimum(g, half_long), g)
        then = w + gain[:, j]
        g = g + SLOT_S * seen[:, j]
        top_w, top_g = np.maximum(top_w, then), np.maximum(top_g, g)
        b = bins[:, j]
        weighed = np.maximum(w, _LEAST_WORTH)
        kept = np.maximum(weighed + gain[:, j], 0)
        none = (b == CERTAIN) | gone[:, j]
        g = np.where(none, 0, np.where(b > 0, g * kept // weighed, g))
        w = np.where(none, 0, np.maximum(then, 0))
        worth[:, j], gap[:, j], start = w, g, j + 1
    return worth, gap, top_w, top_g


def _held(up: NDArray, down: NDArray, carried: NDArray) -> NDArray:
    """Return whether an excursion runs before each slot and after the last (N x C+1)."""
    column = np.arange(up.shape[1])
    rose = np.maximum.accumulate(np.where(up, column, -1), axis=1)
    fell = np.maximum.accumulate(np.where(down, column, -1), axis=1)
    on = np.where((rose < 0) & (fell < 0), carried[:, None], rose > fell)
    return np.concatenate([carried[:, None], on], axis=1)
