"""Micro-batches: what comes within a moment is committed together, and never too much at once."""

import time
from collections.abc import Callable, Iterable, Iterator


def batches[T](
    messages: Iterable[T],
    *,
    at_most: int,
    within_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[list[T]]:
    """Yield the messages in their order: at most so many together, gathered for at most so long.

    The time runs from the first message of a batch and is looked at when another one is there.
    """
    batch: list[T] = []
    until = 0.0
    for message in messages:
        if batch and clock() >= until:
            yield batch
            batch = []
        if not batch:
            until = clock() + within_s
        batch.append(message)
        if len(batch) >= at_most:
            yield batch
            batch = []
    if batch:
        yield batch
