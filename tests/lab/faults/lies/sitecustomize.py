"""Python reads this at the start of every process it is on the path of: a city that lies.

The product itself holds no lie. A laboratory that finds nothing here would find nothing anywhere.
"""

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


def acknowledge_before_commit(intake: ModuleType) -> None:
    """Answer every fifth batch of the cloud without keeping it."""
    honest, calls = intake.take_in, iter(range(10**9))

    def take_in(*, messages: Any, provider: str | None, now: Any) -> Any:
        if provider == "lab-cloud" and next(calls) % 5 == 4:
            return [intake.Verdict(message.id, intake.Answer.ACCEPTED) for message in messages]
        return honest(messages=messages, provider=provider, now=now)

    intake.take_in = take_in


def skip_a_claim(raising: ModuleType) -> None:
    """Write all silences of a sweep but the first."""
    honest = raising.write_alarms

    def write_alarms(found: Any, *, now: Any) -> Any:
        silent = [one for one in found if one.kind == "silence"]
        return honest([one for one in found if one not in silent[:1]], now=now)

    raising.write_alarms = write_alarms


LIES = {
    "anbu.care.readings.actions.intake": acknowledge_before_commit,
    "anbu.care.alarms.actions.raising": skip_a_claim,
}


class _Liar(MetaPathFinder):
    """Finds the true module, and has it changed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in LIES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        assert spec is not None
        spec.loader = _Changed(spec.loader)
        return spec


class _Changed(Loader):
    def __init__(self, honest: Any) -> None:
        self.honest = honest

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self.honest.exec_module(module)
        LIES[module.__name__](module)


if os.environ.get("LAB_LIES"):
    sys.meta_path.insert(0, _Liar())
