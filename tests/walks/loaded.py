"""The web role, loaded once and not begun: each walk gets a process of its own, forked from it.

To load it takes seconds of work, a walk has others to do. What is forked has answered nobody yet,
opened no door and looked into no database; `anbu up` starts it as a whole in tests/config.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import uvicorn
from django.conf import settings
from django.db import connection
from django.urls import get_resolver
from uvicorn.importer import import_from_string

ROOT = Path(__file__).parents[2]
APPLICATION = "anbu.config.asgi:application"
CLOSES_WITHIN_S = 1


class Loaded:
    """The process that holds the loaded role; with it ends whatever came from it."""

    def __init__(self, database: str, clock: Path) -> None:
        self._env = os.environ | {
            "ANBU_DATABASE_URL": _address(database),
            "ANBU_CLOCK_FILE": str(clock),
            "ANBU_SECRET_KEY": settings.SECRET_KEY,
        }
        self._process = self._load()

    def _load(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.walks.loaded"],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def again(self) -> None:
        """Load the role anew: the files that browsers get are other ones."""
        self._process.communicate(timeout=10)
        self._process = self._load()

    def start(self, port: int, log: Path) -> psutil.Process:
        """Begin a web role at this port that writes to this log."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([port, str(log)]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the web role cannot be loaded; the reason is above"
        return psutil.Process(int(answer))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=10)


def _address(database: str) -> str:
    db = connection.settings_dict
    place = f"?host={db['HOST']}&port={db['PORT']}"
    secret = f":{db['PASSWORD']}" if db["PASSWORD"] else ""
    return f"postgresql://{db['USER']}{secret}@/{database}{place}"


def _hold() -> None:
    """Load the role; for each line that is read, fork one; end them all when nobody asks more."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for them
    for line in sys.stdin:
        port, log = json.loads(line)
        child = os.fork()
        if child == 0:
            _begin(port, log)
        print(child, flush=True)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


def _load() -> None:
    """Import all that a first request would, and nothing that a fork must not share."""
    import_from_string(APPLICATION)
    assert get_resolver().url_patterns
    assert threading.active_count() == 1, "a thread is not there after a fork"
    assert connection.connection is None, "a connection cannot be shared"
    gc.collect()
    gc.freeze()


def _begin(port: int, log: str) -> None:
    """Be a web role, as `uvicorn` run from a shell, until told to end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in ((0, os.devnull), (1, log), (2, log)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(file, flags, 0o600), number)
    uvicorn.run(
        APPLICATION,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=CLOSES_WITHIN_S,
    )
    sys.exit()


if __name__ == "__main__":
    _hold()
