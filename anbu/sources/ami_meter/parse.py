"""Smart electricity meters (AMI): a load-profile file, one line per meter and day."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Reason, Refusal
from anbu.sources.envelope import Refused, legible, reading
from anbu.sources.lines import read_lines as each_line

ENERGY = BY_NAME["energy_wh"].code
KOREA = timezone(timedelta(hours=9))  # the meters know no other time and no summer time
CYCLES = (15, 30, 60)  # minutes
HEADS = ("계기번호", "meter", "meter_id")
LETTERS = set("0123456789abcdefghijklmnopqrstuvwxyz-")


def parse(body: bytes) -> list[Message | Refusal]:
    """Return one message per good line of a load-profile file, one refusal per broken line."""
    return list(read_lines(body.splitlines()))


def read_lines(lines: Iterable[bytes]) -> Iterator[Message | Refusal]:
    """Read a file line by line, so that a file of a whole city needs no memory."""
    return each_line(lines, _read)


def _read(cells: list[str], raw: bytes) -> Message | None:
    if cells[0].lower() in HEADS:
        return None
    if len(cells) < 5:
        raise Refused(Reason.MALFORMED, f"{len(cells)} cells; meter, day, cycle, sending, values")
    meter, day, cycle, sending, *values = cells
    meter = meter.lower()
    if not 0 < len(meter) <= 40 or not set(meter) <= LETTERS:
        raise Refused(Reason.MALFORMED, "a meter's number has digits, letters and -")
    minutes, start = _cycle(cycle), _day(day)
    if not sending.isdecimal() or len(sending) > 3:
        raise Refused(Reason.MALFORMED, f"sending {legible(sending)[:20]!r} is no number")
    expected = 24 * 60 // minutes
    if len(values) != expected:
        raise Refused(Reason.MALFORMED, f"{len(values)} values; {minutes} min need {expected}")
    readings = tuple(
        _value(value, start + 60.0 * minutes * nth) for nth, value in enumerate(values, start=1)
    )
    name = f"{day}/{minutes}/{int(sending)}"
    return Message(id=name, device=meter, readings=readings, body=raw)


def _cycle(text: str) -> int:
    if text not in {str(minutes) for minutes in CYCLES}:
        raise Refused(Reason.MALFORMED, f"cycle {legible(text)[:20]!r}; 15, 30 or 60 minutes")
    return int(text)


def _day(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=KOREA).timestamp()
    except (ValueError, OverflowError):
        raise Refused(Reason.MALFORMED, f"day {legible(text)[:20]!r}; YYYYMMDD") from None


def _value(text: str, at: float) -> Reading:
    """Return kilowatt-hours as watt-hours; blank is "no data"."""
    if not text:
        return Reading(ENERGY, at, math.nan)
    try:
        kwh = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        kwh = math.nan
    if math.isnan(kwh):
        raise Refused(Reason.NOT_A_NUMBER, f"value {legible(text)[:20]!r}")
    return reading(ENERGY, at, kwh * 1000)
