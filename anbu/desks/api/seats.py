"""Who waits too long is told at once to come again: nothing is accepted that cannot be kept."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Full(Exception):
    """Raised when no seat is free; `status` says whether the sender or all senders are too many."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Seats:
    """So many batches at once, so many of one sender, and some more for cries for help."""

    def __init__(self, *, most: int, of_one: int, for_cries: int) -> None:
        self._most, self._of_one, self._for_cries = most, of_one, for_cries
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def seat(self, sender: str, *, cries: bool = False) -> Iterator[None]:
        """Hold a seat while a batch is taken in."""
        extra = self._for_cries if cries else 0
        with self._lock:
            if self._taken[sender] >= self._of_one + extra:
                raise Full(429, f"{self._taken[sender]} batches of yours are being taken in")
            if self._taken.total() >= self._most + extra:
                raise Full(503, "too many batches are being taken in")
            self._taken[sender] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[sender] -= 1
