"""Which room leaves which rows, and which job finds them: the whole city's cause and effect.

A room below never calls a room above. It leaves a row; the `clock` role runs these steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """One sweep: `step(now=…)` does the most overdue work and says if it found any."""

    name: str
    leaves: str  # the rows, and the room that leaves them
    step: Callable[..., Any]
    every_s: float = settings.SWEEP_EVERY_S
    wakes_on: tuple[str, ...] = ()


REACTIONS: tuple[Reaction, ...] = ()
