"""The keys that sign the traces: a file outside the database, which only its owner reads."""

import os
import secrets
import threading
from pathlib import Path
from typing import Any


class KeyFile:
    """Reads the keys, again when the file has changed: a rotation needs no restart."""

    def __init__(self, file: Path, read_keys: Any) -> None:
        self.file = file
        self._read_keys = read_keys
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._keys: Any = None

    def read(self) -> Any:
        """Return the keys; the first look on a new installation makes the first one."""
        try:
            stat = self.file.stat()
        except FileNotFoundError:
            self._begin()
            stat = self.file.stat()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp != self._stamp:
            with self._lock:
                self._keys = self._read_keys(self.file.read_text())
                self._stamp = stamp
        return self._keys

    def rotate(self) -> int:
        """Add a key, with which everything is signed from now on; the old ones still verify."""
        number = self.read().newest + 1
        self._write(self.file.read_text() + _line(number), over=True)
        return int(number)

    def _begin(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(_line(1), over=False)

    def _write(self, text: str, *, over: bool) -> None:
        draft = self.file.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if over:
            draft.replace(self.file)
            return
        try:
            os.link(draft, self.file)  # of two who begin at once, one does
        except FileExistsError:
            pass
        finally:
            draft.unlink()


def _line(number: int) -> str:
    return f"{number} {secrets.token_hex(32)}\n"
