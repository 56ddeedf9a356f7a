"""The response ladder: what is done for a silent home, in which order, and by when."""

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from .alarm import DO_LABELS, Level, Result


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One step of the response ladder: what to do, how long it may take, how grave it is by now."""

    do: str  # of DO_LABELS
    wait_s: int  # seconds until the next rung becomes the one to do
    level: Level
    report_s: int = 0  # once done, seconds until we ask what came of it; 0: as wait_s
    up: str = ""  # "centre": who is asked, beside the next rung, when nobody took this one


MINUTE = 60
REPORT_S = 30 * MINUTE  # how long until we ask what came of a visit or of 119

_CALL = Rung(do="call", wait_s=15 * MINUTE, level=Level.CAUTION)
_CONTACT = Rung(do="contact", wait_s=15 * MINUTE, level=Level.CRITICAL)
_DISPATCH = Rung(do="dispatch", wait_s=30 * MINUTE, level=Level.CRITICAL, report_s=REPORT_S)
_JOINT = Rung(do="joint", wait_s=30 * MINUTE, level=Level.CRITICAL, report_s=REPORT_S)

# Minutes and counts are not published anywhere (domain.md section 2): a policy file replaces them.
LADDERS: dict[str, tuple[Rung, ...]] = {
    "silence_low": (
        Rung(do="message", wait_s=30 * MINUTE, level=Level.WATCH),
        _CALL,
        _CALL,
        _CONTACT,
        _DISPATCH,
        _JOINT,
    ),
    "silence_mid": (_CALL, _CALL, _CONTACT, _DISPATCH, _JOINT),
    "silence_high": (_CALL, _CALL, _CONTACT, _DISPATCH, _JOINT),
    # A machine asks; who does not answer within the hour is called as in any other silence.
    "watch": (
        Rung(do="message", wait_s=60 * MINUTE, level=Level.WATCH),
        _CALL,
        _CALL,
        _CONTACT,
        _DISPATCH,
        _JOINT,
    ),
    # An absence is over: a machine asks whether the person is back.
    "return": (
        Rung(do="message", wait_s=60 * MINUTE, level=Level.WATCH),
        _CALL,
        _CALL,
        _CONTACT,
        _DISPATCH,
        _JOINT,
    ),
    "sos": (
        Rung(do="call", wait_s=60, level=Level.CRITICAL),
        Rung(do="joint", wait_s=180, level=Level.CRITICAL, report_s=REPORT_S),
    ),
    # A worker behind a door (돌봄단원): the worker, the partner, then 112. When nobody here acts
    # the centre is asked, by day too.
    "worker": (
        Rung(do="call", wait_s=60, level=Level.CRITICAL, up="centre"),
        Rung(do="contact", wait_s=60, level=Level.CRITICAL),
        Rung(do="joint", wait_s=180, level=Level.CRITICAL, report_s=REPORT_S),
    ),
    # They called without a sound: nobody rings them, the partner is asked first.
    "worker_silent": (
        Rung(do="contact", wait_s=60, level=Level.CRITICAL, up="centre"),
        Rung(do="joint", wait_s=180, level=Level.CRITICAL, report_s=REPORT_S),
    ),
    # Somebody telephoned: a person already knows of it, so no machine asks. By what was said:
    # rules.calls.LADDER_OF.
    "call_soft": (
        Rung(do="call", wait_s=60 * MINUTE, level=Level.WATCH),
        _CALL,
        _DISPATCH,
        _JOINT,
    ),
    "call": (_CALL, _CONTACT, _DISPATCH, _JOINT),
    "call_now": (
        Rung(do="call", wait_s=3 * MINUTE, level=Level.CRITICAL),
        Rung(do="joint", wait_s=180, level=Level.CRITICAL, report_s=REPORT_S),
    ),
}
DOES = tuple(DO_LABELS)
LADDER_NAMES = tuple(LADDERS)
LONGEST_WAIT_S = 24 * 3600
UP = "centre"  # who is asked when nobody has acted, beside the next step


class BadPolicy(ValueError):
    """A policy file that cannot be followed, with one sentence that says why."""


def ladder_name(kind: str, tier: str) -> str:
    """Return which ladder an alarm of this kind climbs in a home of this tier."""
    return f"silence_{tier}" if kind == "silence" else kind


def parse_policy(text: str) -> dict[str, tuple[Rung, ...]]:
    """Read ladders from TOML; those it does not name stay as they are."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise BadPolicy(f"TOML을 읽을 수 없습니다: {broken}") from None
    strange = set(told) - set(LADDER_NAMES)
    if strange:
        raise BadPolicy(f"모르는 단계표: {', '.join(sorted(strange))}")
    return LADDERS | {name: _ladder(name, rows) for name, rows in told.items()}


def _ladder(name: str, rows: object) -> tuple[Rung, ...]:
    if not isinstance(rows, list) or not rows:
        raise BadPolicy(f"{name}: 단계가 하나는 있어야 합니다.")
    ladder = tuple(_rung(name, row) for row in rows)
    levels = [rung.level for rung in ladder]
    if levels != sorted(levels):
        raise BadPolicy(f"{name}: 단계가 오르면 위험 수준은 내려갈 수 없습니다.")
    return ladder


def _rung(name: str, row: object) -> Rung:
    try:
        assert isinstance(row, dict)
        rung = Rung(
            do=row["do"],
            wait_s=int(row["wait_s"]),
            level=Level(row["level"]),
            report_s=int(row.get("report_s", 0)),
            up=str(row.get("up", "")),
        )
    except (AssertionError, KeyError, TypeError, ValueError):
        raise BadPolicy(f"{name}: 단계마다 do, wait_s, level(1~3)이 있어야 합니다.") from None
    if rung.do not in DOES:
        raise BadPolicy(f"{name}: 모르는 할 일: {rung.do}")
    if rung.up not in ("", UP):
        raise BadPolicy(f"{name}: up에는 {UP}만 적을 수 있습니다.")
    if not (1 <= rung.wait_s <= LONGEST_WAIT_S and 0 <= rung.report_s <= LONGEST_WAIT_S):
        raise BadPolicy(f"{name}: 기다리는 시간은 1초에서 24시간까지입니다.")
    return rung


def freeze(ladder: Sequence[Rung]) -> list[dict[str, Any]]:
    """Return the ladder as it is kept with an alarm."""
    return [dict(_frozen(rung)) for rung in ladder]


@cache
def _frozen(rung: Rung) -> dict[str, Any]:
    told = asdict(rung) | {"level": int(rung.level)}
    if not rung.up:
        del told["up"]  # as ladders were frozen before there was such a word
    return told


def thaw(rows: Sequence[dict[str, Any]]) -> tuple[Rung, ...]:
    """Return the ladder that was frozen with an alarm."""
    return tuple(Rung(**(row | {"level": Level(row["level"])})) for row in rows)


# ---- what a call changes ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class After:
    """What follows a call: which rung is next, and what we wait for."""

    rung: int
    acted: bool  # the rung's deed is done, its clock starts anew
    waits_for: str  # "" | answer


def after_result(*, ladder: Sequence[Rung], rung: int, to_home: bool, result: Result) -> After:
    """Say where on the ladder one call leaves the alarm. A call never leads back down."""
    if result is Result.HELP:
        joint = [i for i, step in enumerate(ladder) if step.do == "joint" and i >= rung]
        return After(rung=joint[0] if joint else len(ladder) - 1, acted=False, waits_for="")
    if result is Result.SAFE:
        return After(rung=rung, acted=True, waits_for="")
    if result is Result.WILL_LOOK:
        return After(rung=rung, acted=True, waits_for="answer")
    ours = ("message", "call") if to_home else ("contact",)
    if ladder[rung].do not in ours:  # a call beside the ladder: written down, nothing moves
        return After(rung=rung, acted=False, waits_for="answer")
    following = min(rung + 1, len(ladder) - 1)
    if to_home:
        # After a call the machine's message is stale; a wrong number is not dialled twice.
        skip = ("message", "call") if result is Result.BAD_NUMBER else ("message",)
        while ladder[following].do in skip and following < len(ladder) - 1:
            following += 1
    return After(rung=following, acted=False, waits_for="answer")


def after_entry(*, ladder: Sequence[Rung], rung: int) -> After:
    """Say where on the ladder a signed decision to open the door leaves the alarm.

    What comes behind `enter` is the next thing to do; where nothing does, we ask what came of it.
    A ladder without such a step stands where it stood.
    """
    doors = [i for i, step in enumerate(ladder) if step.do == "enter" and i >= rung]
    if not doors:
        return After(rung=rung, acted=False, waits_for="")
    if doors[0] + 1 < len(ladder):
        return After(rung=doors[0] + 1, acted=False, waits_for="")
    return After(rung=doors[0], acted=True, waits_for="visit")


@cache
def climbable(ladder: tuple[Rung, ...], *, has_phone: bool, has_contacts: bool) -> tuple[Rung, ...]:
    """Leave out the rungs nobody could take: no phone to ring, no relative to ask."""
    needs = {"message": has_phone, "call": has_phone, "contact": has_contacts}
    return tuple(rung for rung in ladder if needs.get(rung.do, True)) or tuple(ladder[-1:])
