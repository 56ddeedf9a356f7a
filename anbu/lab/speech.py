"""Turns columns of readings into the very bytes that plugs, speakers and utilities send."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from anbu.kernel.signs import BY_NAME
from anbu.lab.city import Machine
from anbu.lab.habits import DAY_S, SEOUL_AHEAD_S, Rows

KOREA = timezone(timedelta(hours=9))
POWER, LUX, ENERGY, PRESENCE = (
    BY_NAME[name].code for name in ("power_w", "lux", "energy_wh", "presence")
)
CALLS, TEXTS, TRAFFIC, STEPS, SCREEN, DOOR, CHECKIN = (
    BY_NAME[name].code for name in ("calls", "sms", "data_kb", "steps", "screen", "door", "checkin")
)

HEADING = "계기번호,검침일,주기(분),전송차수,01,02,…".encode()


@dataclass(frozen=True)
class Spoken:
    """One message as one device sends it."""

    machine: Machine
    at: float
    body: bytes


def messages(rows: Rows) -> list[Spoken]:
    """Return what plugs and speakers say, in the order of time."""
    said: dict[tuple[float, int], dict[int, float]] = {}
    for machine, channel, at, value in zip(
        rows.machine.tolist(),
        rows.channel.tolist(),
        rows.at.tolist(),
        rows.value.tolist(),
        strict=True,
    ):
        if channel != ENERGY:
            said.setdefault((at, machine), {})[channel] = value
    return [
        Spoken(rows.machines[machine], at, _body(rows.machines[machine], at, values))
        for (at, machine), values in sorted(said.items())
    ]


def _body(machine: Machine, at: float, values: dict[int, float]) -> bytes:
    stamp = datetime.fromtimestamp(at, KOREA).isoformat(timespec="seconds")
    head = f'{{"id":"{at:.0f}","device":"{machine.code}","at":"{stamp}"'
    if machine.source in _SAYS:
        return (head + _SAYS[machine.source](values) + "}").encode()
    if PRESENCE in values:
        return f'{head},"type":"presence","count":{values[PRESENCE]:.0f}}}'.encode()
    lux = f',"lux":{values[LUX]:.0f}' if LUX in values else ""
    return f'{head},"watts":{values[POWER]:.1f}{lux}}}'.encode()


def _line(values: dict[int, float]) -> str:
    calls, texts, traffic = (values[code] for code in (CALLS, TEXTS, TRAFFIC))
    return f',"span":"hour","calls":{calls:.0f},"texts":{texts:.0f},"data_kb":{traffic:.0f}'


def _app(values: dict[int, float]) -> str:
    return f',"steps":{values[STEPS]:.0f},"screen_on":{values[SCREEN]:.0f}'


def _door(values: dict[int, float]) -> str:
    return f',"event":"{"opened" if values[DOOR] else "alive"}"'


def _call(values: dict[int, float]) -> str:
    return f',"result":"{"answered" if values[CHECKIN] else "no_answer"}"'


_SAYS = {"telecom": _line, "app": _app, "door": _door, "ai_call_vendor": _call}


def batch(source: str, spoken: list[Spoken]) -> bytes:
    """Return the body of one HTTP batch."""
    inside = b",".join(one.body for one in spoken)
    return b'{"source":"' + source.encode() + b'","messages":[' + inside + b"]}"


def file_batch(lines: list[bytes]) -> bytes:
    """Return a utility's file with its heading."""
    return HEADING + b"\n" + b"\n".join(lines) + b"\n"


def meter_lines(rows: Rows, *, until_at: float) -> Iterator[bytes]:
    """Return one line per meter and day as a utility sends them, blanks for what is yet to come.

    `rows` must hold whole days so far: a line says everything known of its day.
    """
    chosen = rows.channel == ENERGY
    if not chosen.any():
        return  # a small city may have no meter
    machine, at, value = rows.machine[chosen], rows.at[chosen], rows.value[chosen]
    day = np.floor((at + SEOUL_AHEAD_S - 1) / DAY_S).astype(np.int64)
    order = np.lexsort((at, machine, day))
    machine, at, value, day = machine[order], at[order], value[order], day[order]
    cuts = np.flatnonzero(
        np.r_[True, np.diff(machine) != 0, True] | np.r_[True, np.diff(day) != 0, True]
    )
    for first, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        meter = rows.machines[int(machine[first])]
        yield _meter_line(
            meter, int(day[first]), at[first:end].tolist(), value[first:end].tolist(), until_at
        )


def _meter_line(
    meter: Machine, day: int, at: list[float], value: list[float], until_at: float
) -> bytes:
    midnight = day * DAY_S - SEOUL_AHEAD_S
    slots = int(DAY_S // meter.interval_s)
    cells = [""] * slots
    for moment, watt_hours in zip(at, value, strict=True):
        cells[round((moment - midnight) / meter.interval_s) - 1] = f"{watt_hours / 1000:.4g}"
    # 0 in the nightly file of a whole day, else how many intervals the day has had
    sending = min(int((until_at - midnight) // meter.interval_s), slots)
    date = datetime.fromtimestamp(midnight + SEOUL_AHEAD_S, UTC)
    return (
        f"{meter.code},{date:%Y%m%d},{meter.interval_s // 60},{sending},{','.join(cells)}".encode()
    )
