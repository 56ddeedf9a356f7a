"""Named crash points: a laboratory kills a process at the worst possible line.

A city never gives leave, and then a point costs one look at a constant.
"""

import os
import signal
from pathlib import Path

_ALLOWED = os.environ.get("ANBU_CRASH_ALLOWED") == "1"
_ALWAYS = os.environ.get("ANBU_CRASH_AT", "")  # every process dies whenever it comes by
_FOLDER = os.environ.get("ANBU_CRASH_FOLDER", "")  # a file of the name: the first one dies, once

# Where it hurts most, and who comes by there: docs/faults.md.
POINTS = {
    "readings_before_commit": "ingest",
    "readings_after_commit": "ingest",
    "after_commit_before_ack": "ingest",
    "silence_judged": "clock",
    "silence_before_commit": "clock",
    "silence_after_commit": "clock",
    "cry_claimed": "clock",
    "cry_after_commit": "clock",
    "message_before_sending": "notify",
    "message_sent": "notify",
    "seal_before_commit": "clock",
    "seal_after_commit": "clock",
}


def crash_point(name: str) -> None:
    """Kill this process here, as a power cut would, if a laboratory has armed this point."""
    if _ALLOWED:
        _crash_if_armed(name)


def _crash_if_armed(name: str) -> None:
    if name not in POINTS:
        raise ValueError(f"no crash point is called {name}")
    if name == _ALWAYS or _FOLDER and _takes(Path(_FOLDER) / name):
        os.kill(os.getpid(), signal.SIGKILL)


def _takes(file: Path) -> bool:
    """Take the order away, so that one process dies of it."""
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    return True
