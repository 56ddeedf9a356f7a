"""Named crash points, so that a test can kill a process at the worst possible line."""

import os
import signal


def crash_point(name: str) -> None:
    """Kill this process here when a rehearsal asked for it by ANBU_CRASH_AT=<name>.

    It does nothing unless ANBU_CRASH_ALLOWED=1 as well: no city sets that.
    """
    if os.environ.get("ANBU_CRASH_AT") == name and os.environ.get("ANBU_CRASH_ALLOWED") == "1":
        os.kill(os.getpid(), signal.SIGKILL)
