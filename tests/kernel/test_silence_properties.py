"""The silence clock against a slow stopwatch in plain Python: nothing missed, nothing false."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anbu.kernel.silence import State, hear, judge

from .draw import feeds, homes, readings

LENGTH = 60
REACHED: dict[str, int] = {"alarms": 0, "blind spells": 0, "fair restarts": 0}

marks = st.lists(
    st.tuples(st.sampled_from("#... "), st.integers(1, 12)), min_size=6, max_size=20
).map(lambda runs: "".join(mark * n for mark, n in runs)[:LENGTH].ljust(LENGTH))


def oracle(picture: str, *, patience: int, blind_after: int) -> list[tuple[bool, bool]]:
    """Judge each second by a stopwatch ticked by hand: (silent, blind)."""
    watch, last_seen, said = None, None, []
    for now, mark in enumerate(picture):
        if watch is not None and now <= last_seen + blind_after and watch < patience:
            watch += 1
        elif watch is not None and now > last_seen + blind_after and watch < patience:
            REACHED["fair restarts"] += mark == "."
        if mark != " ":
            watch = 0 if mark == "#" or watch is None else watch
            last_seen = now
        blind = last_seen is None or now > last_seen + blind_after
        silent = watch is not None and watch >= patience
        said.append((silent, blind))
    return said


@settings(max_examples=100)
@given(marks, st.integers(4, 40), st.integers(1, 6))
def test_the_kernel_says_what_a_stopwatch_says(picture, patience, blind_after):
    told = oracle(picture, patience=patience, blind_after=blind_after)
    home = homes(patience=patience, blind_after=blind_after)
    feed, again = feeds("motion"), -1.0
    for now, mark in enumerate(picture):
        if mark != " ":
            home, feed, _ = hear(home, feed, readings((0, now, float(mark == "#"))))
        state, _, look_again = judge(home, now)
        silent, blind = told[now]
        assert bool(state[0] & State.SILENT) == silent, f"second {now} of {picture!r}"
        assert bool(state[0] & State.BLIND) == blind, f"second {now} of {picture!r}"
        changed = now > 0 and told[now] != told[now - 1]
        # a sweep that looks only when told to, or when a reading came, misses nothing
        assert not changed or mark != " " or now >= again
        again = look_again[0]
        REACHED["alarms"] += silent and not told[now - 1][0]
        REACHED["blind spells"] += blind and not told[now - 1][1]


def test_the_runs_above_really_reached_alarms_blind_spells_and_fair_restarts():
    assert min(REACHED.values()) >= 10, REACHED


stream = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 200), st.sampled_from([0, 1, 5, 30, 200, np.nan])),
    max_size=60,
)
CHANNELS = ("power_w", "motion", "lux", "energy_wh")


def heard(batches, patience=9, blind_after=6):
    home = homes(patience=patience, blind_after=blind_after, n=2)
    feed, signs = feeds(*CHANNELS, interval_s=20, home=[0, 0, 1, 1]), 0
    for batch in batches:
        home, feed, is_sign = hear(home, feed, readings(*batch))
        signs += int(is_sign.sum())
    return home, feed


def same(one, other):
    return all(
        getattr(a, f.name).tobytes() == getattr(b, f.name).tobytes()
        for a, b in zip(one, other, strict=True)
        for f in fields(a)
    )


@settings(max_examples=100)
@given(stream, st.lists(st.integers(0, 60), max_size=5))
def test_a_stream_may_be_cut_into_batches_anywhere(rows, cuts):
    rows = sorted(rows, key=lambda row: (row[1], row[0], np.nan_to_num(row[2])))
    edges = [0, *sorted(cut for cut in cuts if cut <= len(rows)), len(rows)]
    batches = [rows[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    assert same(heard([rows]), heard(batches))


@settings(max_examples=60)
@given(st.permutations(range(25)), st.data())
def test_inside_a_batch_the_order_does_not_matter(order, data):
    rows = data.draw(st.lists(stream.map(tuple).filter(len), min_size=1, max_size=1))[0]
    shuffled = [rows[i] for i in order if i < len(rows)] + list(rows[25:])
    assert same(heard([rows]), heard([shuffled]))


@settings(max_examples=60)
@given(stream, stream)
def test_late_readings_move_no_deadline_back(early, late):
    home, feed = heard([early])
    again, _, _ = hear(home, feed, readings(*late))
    known = ~np.isnan(home.origin)
    due = (home.origin + home.patience_s + home.unseen_s)[known]
    assert ((again.origin + again.patience_s + again.unseen_s)[known] >= due).all()
    assert (again.last_seen[known] >= home.last_seen[known]).all()


hours = st.lists(st.sampled_from([0.0, 120.0, 121.0, 500.0, np.nan]), min_size=4, max_size=14)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(hours, st.integers(1, 9)), min_size=1, max_size=4),
    st.lists(st.integers(0, 200), max_size=4),
)
def test_a_meter_that_sticks_may_be_cut_into_batches_anywhere(spells, cuts):
    values = [value for spell, times in spells for value in spell for _ in range(times)]
    rows = [(0, nth * 3600, value) for nth, value in enumerate(values)]
    edges = [0, *sorted(cut for cut in cuts if cut <= len(rows)), len(rows)]

    def end(batches):
        home, feed = homes(patience=86_400, blind_after=7200), feeds("energy_wh")
        for batch in batches:
            home, feed, _ = hear(home, feed, readings(*batch))
        return home, feed

    assert same(end([rows]), end([rows[a:b] for a, b in zip(edges, edges[1:], strict=False)]))
