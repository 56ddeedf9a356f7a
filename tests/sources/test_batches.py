"""Together what comes together: never too many, never for too long, each once, in order."""

from collections.abc import Iterator

import pytest

from anbu.sources.batches import batches


class Wall:
    """A clock that the messages move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def slowly(self, messages: range, *, each_s: float) -> Iterator[int]:
        for message in messages:
            self.seconds += each_s
            yield message


def sizes(count: int, *, at_most: int, within_s: float, each_s: float) -> list[int]:
    wall = Wall()
    coming = wall.slowly(range(count), each_s=each_s)
    found = list(batches(coming, at_most=at_most, within_s=within_s, clock=wall))
    assert [message for batch in found for message in batch] == list(range(count))
    return [len(batch) for batch in found]


@pytest.mark.parametrize(
    ("count", "at_most", "expected"),
    [(0, 5, []), (4, 5, [4]), (5, 5, [5]), (6, 5, [5, 1]), (11, 5, [5, 5, 1]), (3, 1, [1, 1, 1])],
)
def test_so_many_at_most_go_together(count: int, at_most: int, expected: list[int]) -> None:
    assert sizes(count, at_most=at_most, within_s=1, each_s=0) == expected


def test_what_comes_slowly_is_not_kept_waiting() -> None:
    assert sizes(10, at_most=500, within_s=0.05, each_s=0.02) == [3, 3, 3, 1]
    assert sizes(10, at_most=500, within_s=1, each_s=0.02) == [10]
    assert sizes(3, at_most=500, within_s=0.05, each_s=5) == [1, 1, 1]
