"""The quick way from stored clocks to columns reads what the careful way reads."""

import sys
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.readings.queries.learned import CHECKIN, MADE_SURE, FeedRow, columns, longest, stored
from anbu.kernel import state
from anbu.kernel.signs import BY_NAME

LEARNED = sys.modules[columns.__module__]  # its name is also that of a query
CERTAIN = FeedRow(id=MADE_SURE, channel=CHECKIN, interval_s=86_400)
POWER, LUX, DOOR = (BY_NAME[name].code for name in ("power_w", "lux", "door"))


def a_clock(rows: list[FeedRow], seed: int) -> bytes:
    """Return a clock as it is kept, of these feeds, with something learned in it."""
    its = [*rows, CERTAIN]
    home = state.new_homes(["single"])
    home["slot"], home["long_s"] = 900_000 + seed, 3_600 * (seed % 30 + 1)
    home["signs"] = np.arange(24) + seed % 100
    feeds = state.new_feeds([0] * len(its), [r.channel for r in its], [r.interval_s for r in its])
    feeds["last_value"] = np.arange(len(its)) + seed
    return stored(home, [row.id for row in its], feeds)


feed_rows = st.lists(
    st.builds(
        FeedRow,
        id=st.integers(1, 2**31 - 1),
        channel=st.sampled_from([POWER, LUX, DOOR]),
        interval_s=st.sampled_from([60, 600, 3600]),
    ),
    max_size=4,
    unique_by=lambda row: row.id,
)


@given(st.lists(st.tuples(feed_rows, st.integers(0, 10_000)), min_size=1, max_size=6), st.data())
def test_the_quick_way_is_the_careful_way(homes, data):
    rows = [its for its, _ in homes]
    kept = []
    for its, seed in homes:
        how = data.draw(st.sampled_from(["kept", "new", "other feeds", "broken", "other channel"]))
        was = {
            "other feeds": [FeedRow(id=7, channel=LUX, interval_s=60), *its[:1]],
            "other channel": [FeedRow(id=r.id, channel=DOOR, interval_s=5) for r in its],
        }.get(how, its)
        clock = b"" if how == "new" else a_clock(was, seed)
        kept.append(clock[:-3] if how == "broken" else clock)
    ids, blind = [uuid4() for _ in homes], [7200.0 + nth for nth in range(len(homes))]
    quick = columns(ids, kept, rows, blind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LEARNED, "_as_kept", lambda kept, ids: None)
        careful = columns(ids, kept, rows, blind)
    assert quick[0].tobytes() == careful[0].tobytes()
    assert quick[1].tobytes() == careful[1].tobytes()
    assert quick[2] == careful[2]
    assert quick[2].count(MADE_SURE) == len(homes)
    assert quick[1]["home"].tolist() == sorted(quick[1]["home"].tolist())


def test_what_was_learned_is_there_and_a_strange_feed_knows_nothing():
    rows = [FeedRow(id=3, channel=POWER, interval_s=600)]
    clock = a_clock(rows, 11)
    assert longest(clock) == timedelta(hours=12)
    home, feeds, _ = columns([uuid4()], [clock], [rows], [7200.0])
    assert (int(home["long_s"][0]), feeds["last_value"].tolist()[0]) == (12 * 3600, 11)
    other = [FeedRow(id=3, channel=LUX, interval_s=600)]
    home, feeds, _ = columns([uuid4()], [clock], [other], [7200.0])
    assert int(home["long_s"][0]) == 12 * 3600
    assert np.isnan(feeds["last_value"][0])
    assert not np.isnan(feeds["last_value"][1])
