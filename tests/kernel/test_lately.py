"""What is kept of a home for its groups: what was counted can always be taken out again."""

import numpy as np

from anbu.kernel import lately


def rows(first: int, last: int, came: bool = False) -> np.ndarray:
    """Return one home's rows of half hours `first` to `last`."""
    made = np.zeros(last - first + 1, lately.LATELY)
    made["slot"], made["came"] = np.arange(first, last + 1), came
    return made


def test_what_is_counted_anew_takes_the_place_of_what_was_counted():
    nothing = rows(1, 0)
    kept, stale = lately.replaced(rows(1, 10), rows(8, 12, came=True), still_open=nothing)
    assert kept["slot"].tolist() == list(range(1, 13))
    assert kept["came"].tolist() == [False] * 7 + [True] * 5
    assert stale["slot"].tolist() == [8, 9, 10]


def test_old_half_hours_are_forgotten():
    kept, _ = lately.replaced(rows(1, 300), rows(301, 302), still_open=rows(1, 0))
    assert kept["slot"].tolist() == list(range(303 - lately.KEPT, 303))


def test_what_a_meters_file_may_still_change_is_never_counted_twice():
    """For 32 hours half hours stay open, longer than rows are kept otherwise."""
    counted = np.zeros(400, int)
    kept = rows(1, 0)
    for now in range(100, 300):
        new = rows(now - 66, now)
        kept, stale = lately.replaced(kept, new, still_open=new)
        np.add.at(counted, new["slot"], 1)
        np.subtract.at(counted, stale["slot"], 1)
    assert set(counted[34:300].tolist()) == {1}


def test_a_home_packed_is_the_same_home():
    kept = rows(5, 9, came=True)
    kept = np.concatenate([kept, kept[1:]])
    kept["home"] = [0] * 5 + [2] * 4  # of home 1 nothing is known
    packed = lately.pack(kept, 3)
    assert [len(one) for one in packed] == [1 + 50, 1, 1 + 40]
    assert lately.unpack(packed).tolist() == kept.tolist()
    assert lately.unpack(packed[2:])["home"].tolist() == [0] * 4
    assert len(lately.unpack([b"", b"\x09what"])) == 0
