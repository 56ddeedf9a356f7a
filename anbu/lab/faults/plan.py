"""Scenarios are files; a seed makes of one a plan: which faults, in which order, side by side."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random

from anbu.lab.faults.kinds import KINDS, Kind

SHIPPED = Path(__file__).parent / "scenarios"


class BadScenario(ValueError):
    """The file is no scenario; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is tried, and in which city."""

    name: str
    faults: Mapping[str, int]  # how often each kind
    at_once: int = 3  # so many kinds side by side, each on something else
    living: int = 40  # homes that go on living, heard over HTTP
    plugs: int = 12  # and over MQTT
    silent: int = 4  # homes that fall silent in each round
    waking: int = 2  # homes of each round that would, but for a sign just before
    cries: int = 1  # cries for help in each round
    verify_every: int = 6  # rounds between two looks at the invariants
    settles_s: int = 45  # after the last fault, what was promised must be there
    patience: int = 1  # so many times longer anything may take: the machine has other work beside
    disk_mb: int = 0  # the database's own small disk, for `disk_full`


@dataclass(frozen=True)
class Fault:
    """One fault of a plan."""

    number: int
    kind: Kind


def read(named: str) -> Scenario:
    """Return the scenario of this name, or of this file."""
    file = SHIPPED / f"{named}.toml"
    if not file.is_file():
        file = Path(named)
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except OSError:
        ours = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.toml")))
        raise BadScenario(f"{named}: no such scenario; there are {ours}, or give a file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadScenario(f"{file}: {error}") from None
    return parse(told, name=file.stem)


def parse(told: Mapping[str, object], *, name: str) -> Scenario:
    """Return a scenario, refusing what nobody could mean."""
    faults = told.get("faults")
    if not isinstance(faults, dict) or not faults:
        raise BadScenario(f"{name}: a table [faults] says how often each kind is tried")
    if strange := sorted(set(faults) - set(KINDS)):
        raise BadScenario(f"{name}: there is no fault {', '.join(strange)}")
    numbers = {field.name for field in fields(Scenario)} - {"name", "faults"}
    if strange := sorted(set(told) - numbers - {"faults"}):
        raise BadScenario(f"{name}: there is no setting {', '.join(strange)}")
    rest = {key: value for key, value in told.items() if key != "faults"}
    for key, value in {**rest, **faults}.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadScenario(f"{name}: {key} must be a whole number, 0 or more")
    if 0 in (rest.get(key, 1) for key in ("at_once", "verify_every", "patience")):
        raise BadScenario(f"{name}: at_once, verify_every and patience are 1 or more")
    return Scenario(name=name, faults=faults, **rest)  # type: ignore[arg-type]


def plan(scenario: Scenario, *, seed: int) -> list[list[Fault]]:
    """Return the rounds; the same seed gives the same, whatever the machine."""
    dice = Random(seed)
    kinds = [KINDS[name] for name, count in scenario.faults.items() for _ in range(count)]
    dice.shuffle(kinds)
    rounds: list[list[Kind]] = []
    for kind in kinds:
        fitting = (one for one in rounds if _fits(kind, one, scenario.at_once))
        found = next(fitting, None)
        if found is None:
            rounds.append([kind])
        else:
            found.append(kind)
    dice.shuffle(rounds)
    numbers = iter(range(1, len(kinds) + 1))
    return [[Fault(next(numbers), kind) for kind in one] for one in rounds]


def _fits(kind: Kind, others: list[Kind], at_once: int) -> bool:
    if len(others) >= at_once or kind.alone or any(other.alone for other in others):
        return False
    return kind.on not in {other.on for other in others}
