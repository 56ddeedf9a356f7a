"""The one clock. A city runs on the machine's time; a rehearsal hands in another, faster one."""

import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


class RealClock:
    speed = 1.0

    def now(self) -> datetime:
        """Return this moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True)
class Pace:
    """From the real instant `real` on, it is `shown` and time runs `speed` times as fast."""

    real: float  # seconds since 1970 by the machine
    shown: float  # seconds since 1970 as shown
    speed: float


class RehearsalClock:
    """A clock that all processes of a rehearsal read from one small file; it can change pace."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = -1
        self._pace = Pace(0, 0, 1)

    @property
    def speed(self) -> float:
        return self._read().speed

    def now(self) -> datetime:
        """Return the rehearsal's moment in UTC."""
        pace = self._read()
        return datetime.fromtimestamp(pace.shown + (time.time() - pace.real) * pace.speed, UTC)

    def set_pace(self, *, speed: float, shown: datetime | None = None) -> None:
        """Go on from `shown` (or from now) at `speed`; every process follows at once."""
        moment = shown or self.now()
        text = json.dumps({"real": time.time(), "shown": moment.timestamp(), "speed": speed})
        draft = self._file.with_suffix(".new")
        draft.write_text(text)
        os.replace(draft, self._file)

    def _read(self) -> Pace:
        stamp = os.stat(self._file).st_mtime_ns
        if stamp != self._stamp:
            self._pace = Pace(**json.loads(self._file.read_text()))
            self._stamp = stamp
        return self._pace
