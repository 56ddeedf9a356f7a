"""All that is remembered of a home and its feeds, in columns of fixed size.

Versioned and serialisable: `pack` and `unpack` give one bytes row per home or feed. A home with
four feeds takes under 1 KB.
"""

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.evidence import BINS, OPEN_SLOTS, PAIR_SLOTS, floors
from anbu.kernel.rhythm import CAP_S, DAYS, KIND, POP_GAP_S, POP_WORTH, SLACK_S, SLACK_WORTH

VERSION = 2
NEVER = -1
MACHINE_DAYS = 14

HOME = np.dtype(
    [
        ("slot", "i8"),  # the next local half hour to close; NEVER = nothing heard yet
        ("watermark", "i8"),  # newest end of interval heard, local seconds
        ("offset_s", "i4"),  # local minus UTC
        ("kind", "i1"),
        ("blind_after_s", "i4"),
        ("absent_from", "i8"),  # local seconds, NEVER = not registered
        ("absent_until", "i8"),
        ("worth", "i4"),  # silence by worth [1/1000]
        ("gap_s", "i4"),  # silence by the wall clock, seen time only
        ("fixed_gap_s", "i4"),  # seen time since a sign for the city's rule
        ("unseen_s", "i4"),
        ("last_sign", "i8"),  # end of the slot of the last convincing sign, local seconds
        ("last_channel", "i1"),
        ("flags", "u1"),  # ALARMED, WATCHED
        ("long_s", "i4"),  # cached rhythm.record
        ("most", "i4"),
        ("signs", "u2", 24),
        ("seen", "u2", 24),
        ("alive", "i4", BINS),
        ("quiet", "i4", BINS),
        ("gaps", "u2", DAYS),  # ring of daily peaks [minutes]
        ("worths", "u2", DAYS),  # ring of daily peaks [1/100]
        ("today_signs", "u1", 24),
        ("today_seen", "u1", 24),
        ("today_alive", "u1", BINS),
        ("today_gap", "u2"),
        ("today_worth", "u2"),
        ("block", "u1", BINS),  # the running four hours
        ("calm", "u1", BINS),  # the quietest four hours of today so far
    ]
)
FEED = np.dtype(
    [
        ("home", "i4"),
        ("channel", "i1"),
        ("interval_s", "i4"),
        ("open", "f4", OPEN_SLOTS),  # greatest value in each open slot, NaN = none
        ("last_value", "f4"),
        ("last_slot", "i4"),
        ("last_alive", "i4"),  # the last slot that was seen, dead values left out
        ("repeats", "u2"),  # equal values in a row
        ("usual_repeats", "u1"),  # share of values this meter repeats, 0-255
        ("today_repeats", "u1"),
        ("today_values", "u1"),
        ("today_best", "u1"),  # 1 + strongest bin today, 0 = nothing came
        ("still_days", "u1"),  # days in a row that showed machines only
        ("block_edge", "f4"),
        ("block_n", "u1"),
        ("day_edge", "f4"),  # the quietest block's greatest step today
        ("machine", "f4"),  # cached level of the home's own machines
        ("levels", "f2", MACHINE_DAYS),
        # The same of steps in company; only of channels whose steps need it.
        ("recent", "f2", PAIR_SLOTS),  # sizes of the steps in the slots just closed
        ("block_pair", "f4"),
        ("day_pair", "f4"),
        ("pair", "f4"),
        ("pairs", "f2", MACHINE_DAYS),
    ]
)
ALARMED, WATCHED = 1, 2
_QUIET = ("block_edge", "day_edge", "levels", "block_pair", "day_pair", "pairs")

Homes = NDArray[np.void]
Feeds = NDArray[np.void]


def new_homes(
    kind: list[str], *, offset_s: int = 32_400, blind_after_s: NDArray | int = 6 * 3600
) -> Homes:
    """Return columns for homes of which nothing is known yet."""
    homes = np.zeros(len(kind), HOME)
    homes["kind"] = [KIND[name] for name in kind]
    for column in ("slot", "watermark", "absent_from", "absent_until", "last_sign"):
        homes[column] = NEVER
    homes["offset_s"], homes["blind_after_s"] = offset_s, blind_after_s
    homes["long_s"] = min(POP_GAP_S + SLACK_S, CAP_S)
    homes["most"] = POP_WORTH + SLACK_WORTH
    return homes


def new_feeds(home: list[int], channel: list[int], interval_s: list[int]) -> Feeds:
    """Return columns for feeds, sorted by home as `hear` needs them."""
    feeds = np.zeros(len(home), FEED)
    feeds["home"], feeds["channel"], feeds["interval_s"] = home, channel, interval_s
    feeds["last_slot"] = feeds["last_alive"] = NEVER
    for column in ("open", "last_value", *_QUIET):
        feeds[column] = np.nan
    feeds["machine"] = feeds["pair"] = 2 * floors(feeds["channel"], feeds["interval_s"])
    return feeds


def kind_of(channels: list[str], interval_s: list[int]) -> str:
    """Return the kind of a home from what reports there."""
    dense = {"motion", "door", "contact", "presence", "steps", "screen", "lux", "data_kb"}
    if dense & set(channels):
        return "dense"
    if "energy_wh" in channels:
        slow = min(s for c, s in zip(channels, interval_s, strict=True) if c == "energy_wh")
        return "half" if slow <= 1800 else "hour"
    return "single" if channels.count("power_w") <= 1 else "multi"


def pack(rows: Homes | Feeds) -> bytes:
    """Return a version byte and the rows as they lie in memory."""
    return bytes([VERSION]) + rows.tobytes()


def layout(version: int, kind: np.dtype) -> np.dtype:
    """Return how HOME or FEED lay in memory in a version; an unknown one raises."""
    if version not in (1, VERSION):
        raise ValueError(f"state version {version}, this kernel knows {VERSION}")
    return _FIRST[kind] if version == 1 else kind


def unpack(stored: bytes, kind: np.dtype) -> NDArray[np.void]:
    """Return the rows as this kernel has them; an unknown version raises."""
    rows = np.frombuffer(stored[1:], layout(stored[0], kind))
    if stored[0] == VERSION:
        return rows.copy()
    grown = np.zeros(len(rows), kind)
    for name in rows.dtype.names or ():
        grown[name] = rows[name]
    if kind == FEED:  # steps in company are as large as steps alone until the home has shown more
        grown["pairs"], grown["pair"] = rows["levels"], rows["machine"]
        grown["block_pair"] = grown["day_pair"] = np.nan
    return grown


# Version 1 had no steps in company and wider numbers.
_SINCE_TWO = ("recent", "block_pair", "day_pair", "pair", "pairs")
_WIDER = {"signs": ("i4", 24), "seen": ("i4", 24), "last_slot": ("i8",), "last_alive": ("i8",)}
_FIRST = {
    kind: np.dtype(
        [
            (name, *_WIDER[name]) if name in _WIDER else (name, kind[name])
            for name in kind.names or ()
            if name not in _SINCE_TWO
        ]
    )
    for kind in (HOME, FEED)
}
