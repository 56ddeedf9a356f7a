"""What the devices of living, absent and fallen people say: columns for any span of time.

Nothing is remembered from one moment to the next, so a player may begin anywhere and get the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anbu.kernel.signs import BY_NAME
from anbu.lab import recordings
from anbu.lab.city import City, Habit, Home, Machine
from anbu.lab.noise import uniform

DAY_S, HOUR_S, BLOCK_S = 86_400.0, 3_600.0, 1_800.0
SEOUL_AHEAD_S = 9 * HOUR_S  # no daylight saving in Korea

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Readings as columns, ordered by machine, then time. `machine` indexes `machines`."""

    machines: tuple[Machine, ...]
    machine: Ints
    channel: Ints
    at: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class _People:
    """The habits of many homes as columns, one entry for every moment that is asked about."""

    home: Ints
    day: Ints
    hour: Floats
    block: Ints
    at: Floats
    awake: Bools
    inside: Bools
    alive: Bools  # neither away nor fallen: this home acts


def speak(city: City, homes: Sequence[Home], from_at: float, until_at: float) -> Rows:
    """Return all that the devices of these homes report in (from_at, until_at]."""
    machines = tuple((home, m) for home in homes for m in home.machines)
    parts = [_simulated(city, machines, from_at, until_at)]
    for index, (home, machine) in enumerate(machines):
        if machine.recording:
            parts.append(_recorded(city, index, home, machine, from_at, until_at))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[2], columns[0]))
    of, channel, at, value = (column[order] for column in columns)
    return Rows(tuple(m for _, m in machines), of, channel, at, value)


type Parts = tuple[Ints, Ints, Floats, Floats]
NOTHING: Parts = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))


def _simulated(
    city: City, machines: Sequence[tuple[Home, Machine]], from_at: float, until_at: float
) -> Parts:
    parts = [NOTHING]
    for source, speaks in SPEAKS.items():
        chosen = [
            (i, home, m)
            for i, (home, m) in enumerate(machines)
            if m.source == source and not m.recording
        ]
        if chosen:
            parts.append(speaks(city, chosen, from_at, until_at))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return columns[0], columns[1], columns[2], columns[3]


type Chosen = Sequence[tuple[int, Home, Machine]]


def _moments(
    city: City, chosen: Chosen, from_at: float, until_at: float, *, staggered: bool
) -> tuple[Ints, Floats]:
    """Return who reports when: a position in `chosen` and the end of the interval."""
    interval = chosen[0][2].interval_s
    index = np.array([home.index for _, home, _ in chosen])
    phase = np.floor(uniform(city.seed, "phase", index) * interval) if staggered else 0.0 * index
    first = np.floor((from_at - phase) / interval) + 1
    last = np.floor((until_at - phase) / interval)
    counts = np.maximum(last - first + 1, 0).astype(np.int64)
    who = np.repeat(np.arange(len(chosen)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    at = (first[who] + step) * interval + phase[who]
    seen = _seen(city, chosen, who, at)
    return who[seen], at[seen]


def _seen(city: City, chosen: Chosen, who: Ints, at: Floats) -> Bools:
    """Say which reports arrive: no unplugged device, no feed that is down."""
    seen = np.ones(len(at), bool)
    for position, (_, home, machine) in enumerate(chosen):
        hours = [(s.from_h, s.until_h) for s in home.spells if s.is_blind]
        down = [(from_h, until_h) for from_h, until_h in hours]
        if machine.supplier == city.failing:
            down.append((city.fails_from_h, city.fails_until_h))
        for from_h, until_h in down:
            start = city.starts_at.timestamp()
            mine = who == position
            seen &= ~(mine & (at >= start + from_h * HOUR_S) & (at < start + until_h * HOUR_S))
    return seen


def _people(city: City, chosen: Chosen, who: Ints, at: Floats) -> _People:
    wall = at + SEOUL_AHEAD_S - 1.0  # the interval that ends at midnight belongs to the day before
    home = np.array([h.index for _, h, _ in chosen])[who]
    wakes = np.array([h.habit.wakes_h for _, h, _ in chosen])[who]
    sleeps = np.array([h.habit.sleeps_h for _, h, _ in chosen])[who]
    outs = np.array([h.habit.goes_out for _, h, _ in chosen])[who]
    # A life day runs from 3 to 3, so that going to bed after midnight ends the same evening.
    day = np.floor((wall - 3 * HOUR_S) / DAY_S).astype(np.int64)
    hour = (wall - day * DAY_S) / HOUR_S
    draw = _drawer(city, home, day)
    awake = (hour >= wakes + (draw("wake") - 0.5) * 1.5) & (hour < sleeps + draw("bed") - 0.5)
    leaves = wakes + 2.5 + draw("leave") * 6
    back = leaves + 1 + draw("stay") ** 2 * 6
    inside = ~((draw("out") < outs) & (hour >= leaves) & (hour < back))
    block = np.floor(wall / BLOCK_S).astype(np.int64)
    alive = _alive(city, chosen, who, at)
    return _People(home, day, hour, block, at, awake, inside, alive)


def _drawer(city: City, home: Ints, day: Ints) -> Callable[[str], Floats]:
    return lambda stream: uniform(city.seed, stream, home, day)


def _alive(city: City, chosen: Chosen, who: Ints, at: Floats) -> Bools:
    alive = np.ones(len(at), bool)
    start = city.starts_at.timestamp()
    for position, (_, home, _) in enumerate(chosen):
        gone = [(s.from_h, s.until_h) for s in home.spells if not s.is_blind]
        if home.falls_at is not None:
            gone.append(((home.falls_at - start) / HOUR_S, np.inf))
        for from_h, until_h in gone:
            mine = who == position
            alive &= ~(mine & (at >= start + from_h * HOUR_S) & (at < start + until_h * HOUR_S))
    return alive


def _acts(city: City, people: _People, stream: str, share: Floats) -> Bools:
    """Say in which half hours somebody awake and at home does this."""
    chance = uniform(city.seed, stream, people.home, people.block)
    return people.alive & people.awake & people.inside & (chance < share)


def _plugs(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    who, at = _moments(city, chosen, from_at, until_at, staggered=True)
    people = _people(city, chosen, who, at)
    habit = [h.habit for _, h, _ in chosen]
    of = _column_of(habit, who)
    slot = np.floor(at / 600).astype(np.int64)
    jitter = uniform(city.seed, "jitter", people.home, slot)
    watches = _acts(city, people, "watch", of("watches"))
    cooks = _acts(city, people, "cook", of("cooks") / 2)
    cooking_now = uniform(city.seed, "cookslot", people.home, slot) < 0.5
    watts = 2.0 + 3.0 * jitter + watches * of("television_w") * (0.98 + 0.04 * jitter)
    watts = watts + (cooks & cooking_now) * (110 + 180 * jitter)
    light = 0.5 * (1 - np.cos(np.clip((people.hour - 7) / 10.5, 0, 1) * 2 * np.pi))
    at_home = people.alive & people.awake & people.inside
    dark = light < 0.35
    lux = light * of("daylight_lux") + (at_home & dark) * of("lamp_lux") + 2 * jitter
    position = np.array([i for i, _, _ in chosen])[who]
    power, bright = BY_NAME["power_w"].code, BY_NAME["lux"].code
    return (
        np.concatenate([position, position]),
        np.repeat([power, bright], len(at)),
        np.concatenate([at, at]),
        np.concatenate([np.round(watts, 1), np.round(lux)]),
    )


def _column_of(habit: Sequence[Habit], who: Ints) -> Callable[[str], Floats]:
    return lambda name: np.array([getattr(one, name) for one in habit])[who]


def _meters(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    who, at = _moments(city, chosen, from_at, until_at, staggered=False)
    people = _people(city, chosen, who, at)
    of = _column_of([h.habit for _, h, _ in chosen], who)
    jitter = uniform(city.seed, "meter", people.home, np.floor(at / HOUR_S).astype(np.int64))
    watches = _acts(city, people, "watch", of("watches"))
    cooks = _acts(city, people, "cook", np.maximum(of("cooks"), 0.22))
    used = of("base_wh") * (0.85 + 0.3 * jitter) + watches * of("television_w")
    used = used + cooks * (260 + 900 * jitter)
    position = np.array([i for i, _, _ in chosen])[who]
    code = BY_NAME["energy_wh"].code
    return position, np.full(len(at), code), at, np.round(used)


def _speakers(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    who, at = _moments(city, chosen, from_at, until_at, staggered=True)
    people = _people(city, chosen, who, at)
    of = _column_of([h.habit for _, h, _ in chosen], who)
    talks = _acts(city, people, "talk", of("talks"))
    position = np.array([i for i, _, _ in chosen])[who]
    code = BY_NAME["presence"].code
    return position, np.full(len(at), code), at, talks.astype(np.float64)


def _lines(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    """Count what a telephone line does: a call now and then, wherever its owner is."""
    who, at = _moments(city, chosen, from_at, until_at, staggered=False)
    people = _people(city, chosen, who, at)
    calls = _uses(city, people, "call", 0.12)
    texts = _uses(city, people, "text", 0.15)
    jitter = uniform(city.seed, "kilobyte", people.home, people.block)
    traffic = np.round(200 + 300 * jitter + (calls | texts) * 9_000 * jitter)
    names = ("calls", "sms", "data_kb")
    return _told(chosen, who, at, dict(zip(names, (calls, texts, traffic), strict=True)))


def _apps(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    who, at = _moments(city, chosen, from_at, until_at, staggered=False)
    people = _people(city, chosen, who, at)
    walks = _uses(city, people, "walk", 0.45)
    jitter = uniform(city.seed, "step", people.home, people.block)
    steps = np.round(walks * (20 + 900 * jitter * (2 - people.inside)))
    looks = np.round(_uses(city, people, "screen", 0.5) * (1 + 6 * jitter))
    return _told(chosen, who, at, {"steps": steps, "screen": looks})


def _doors(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    who, at = _moments(city, chosen, from_at, until_at, staggered=True)
    people = _people(city, chosen, who, at)
    return _told(chosen, who, at, {"door": _uses(city, people, "door", 0.25)})


def _callers(city: City, chosen: Chosen, from_at: float, until_at: float) -> Parts:
    """Ring everybody up once a week; most answer who are awake."""
    who, at = _moments(city, chosen, from_at, until_at, staggered=True)
    people = _people(city, chosen, who, at)
    return _told(chosen, who, at, {"checkin": _uses(city, people, "answer", 0.85)})


def _uses(city: City, people: _People, stream: str, share: float) -> Bools:
    chance = uniform(city.seed, stream, people.home, people.block)
    return people.alive & people.awake & (chance < share)


def _told(chosen: Chosen, who: Ints, at: Floats, values: dict[str, Any]) -> Parts:
    position = np.array([i for i, _, _ in chosen], np.int64)[who]
    codes = [BY_NAME[name].code for name in values]
    return (
        np.tile(position, len(codes)),
        np.repeat(np.array(codes, np.int64), len(at)),
        np.tile(at, len(codes)),
        np.concatenate([np.asarray(value, float) for value in values.values()]),
    )


SPEAKS = {
    "smart_plug": _plugs,
    "ami_meter": _meters,
    "ai_speaker": _speakers,
    "telecom": _lines,
    "app": _apps,
    "door": _doors,
    "ai_call_vendor": _callers,
}


def _recorded(
    city: City, index: int, home: Home, machine: Machine, from_at: float, until_at: float
) -> Parts:
    """Return what was recorded in a real home, moved to this time; a fallen home only draws on."""
    tape = recordings.load(machine.recording)
    interval = tape.interval_s
    at = np.arange(np.floor(from_at / interval) + 1, np.floor(until_at / interval) + 1) * interval
    value = tape.replay(at + SEOUL_AHEAD_S)
    if home.falls_at is not None:
        quiet = np.nanquantile(tape.value, 0.2)  # standby and the fridge, without a hand in it
        value = np.where(at > home.falls_at, np.minimum(value, quiet), value)
    at, value = at[~np.isnan(value)], value[~np.isnan(value)]
    code = BY_NAME[tape.channel].code
    return np.full(len(at), index), np.full(len(at), code), at, value


def thin(rows: Rows, *, heartbeat_s: float = HOUR_S) -> Rows:
    """Leave out messages that show nothing new, as a device does that reports changes and a pulse.

    Kept: each step that could be a sign together with the message before it, and one an hour.
    """
    if not len(rows):
        return rows
    order = np.lexsort((rows.at, rows.machine * 64 + rows.channel))
    feed, at = (rows.machine * 64 + rows.channel)[order], rows.at[order]
    first = np.r_[True, feed[1:] != feed[:-1]]
    step = np.abs(np.r_[0.0, np.diff(rows.value[order])])
    news = first | (step >= np.where(rows.channel[order] == BY_NAME["lux"].code, 15, 8))
    pulse = np.floor(at / heartbeat_s)
    keep = np.zeros(len(rows), bool)
    keep[order] = news | np.r_[news[1:], True] | np.r_[True, pulse[1:] != pulse[:-1]]
    # one message carries all channels of its moment, so they stay or go together
    _, message = np.unique(np.stack([rows.machine, rows.at]), axis=1, return_inverse=True)
    kept = np.bincount(message, weights=keep)[message] > 0
    return Rows(
        rows.machines, rows.machine[kept], rows.channel[kept], rows.at[kept], rows.value[kept]
    )
