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


class Allowance:
    """So many a minute: a stranger must not fill the disk with what is turned away."""

    def __init__(self, *, a_minute: int) -> None:
        self._a_minute = a_minute
        self._minute, self._spent = 0, 0
        self._lock = threading.Lock()

    def spend(self, *, now: float) -> bool:
        """Spend one of this minute's, if any is left; `now` in seconds."""
        with self._lock:
            if int(now // 60) != self._minute:
                self._minute, self._spent = int(now // 60), 0
            self._spent += 1
            return self._spent <= self._a_minute


class Seats:
    """So many batches at once, so many of one sender, and some more for cries for help."""

    def __init__(self, *, most: int, of_one: int, for_cries: int) -> None:
        self._most, self._of_one, self._for_cries = most, of_one, for_cries
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def places(self) -> int:
        """Return how many batches can be taken in at once, cries and all."""
        return self._most + self._for_cries

    @property
    def taken(self) -> int:
        """Return how many batches are being taken in."""
        with self._lock:
            return self._taken.total()

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
