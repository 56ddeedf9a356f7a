"""A slow decline is a large, steady and rare change of a home's own weeks; nothing else is."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anbu.kernel import decline, weeks
from anbu.kernel.decline import FLATTEN, SHIFT, SHRINK

# One character is an hour: `#` a sign in both its halves, `+` in one, `.` none, `_` not seen.
USUAL = "......+##+#.#+.#+..####+"
FEWER = "......+.+..#.+..+..#.#.."
LATE = "#+......+##+#.#+.#+..###"
ALL_OVER = "+.#.+.#..+.#+.#.+.#.+.#."
BLIND = "_" * 24
OUT = "." * 24


def drawn(days: list[str], *, chance: float = 0.0, seed: int = 1) -> weeks.Weeks:
    """Return the weeks of these days; `chance` of each half hour to be as in no picture."""
    hours = np.array([list(day) for day in days])
    halves = [np.isin(hours, ("#", "+")), hours == "#"]
    signs = np.stack(halves, axis=2).reshape(-1, weeks.SLOTS)
    rng = np.random.default_rng(seed)
    signs ^= rng.random(signs.shape) < chance
    seen = np.repeat(hours != "_", 2, axis=1).reshape(-1, weeks.SLOTS)
    return weeks.summarise(signs, seen)


def told(rows: weeks.Weeks, **more: object) -> set[int]:
    judged = decline.judge(rows[None], **more)  # type: ignore[arg-type]
    return set(np.flatnonzero(judged.is_due[0]).tolist())


@cache
def life(recent: str, *, before: str = USUAL, seed: int = 1) -> weeks.Weeks:
    return drawn([before] * 84 + [recent] * 28, chance=0.02, seed=seed)


@pytest.mark.parametrize("seed", range(12))
def test_a_home_that_goes_on_as_it_was_is_left_alone(seed: int):
    assert told(life(USUAL, seed=seed)) == set()


def test_fewer_signs_are_seen_as_shrinking():
    assert SHRINK in told(life(FEWER))


def test_a_day_two_hours_later_is_seen_as_shifted_and_not_as_shrinking():
    assert told(life(LATE)) == {SHIFT}
    change = decline.judge(life(LATE)[None]).change[0, SHIFT]
    assert 1.2 < change < 2.6
    assert decline.judge(life(USUAL, before=LATE)[None]).change[0, SHIFT] == pytest.approx(
        -change, abs=0.3
    )


def test_signs_all_around_the_clock_are_seen_as_flattened():
    assert FLATTEN in told(life(ALL_OVER))


def test_more_signs_and_a_clearer_day_are_no_decline():
    assert told(life(USUAL, before=FEWER)) & {SHRINK, FLATTEN} == set()


def test_one_odd_week_is_no_decline():
    assert told(drawn([USUAL] * 84 + [FEWER] * 7 + [USUAL] * 21, chance=0.02)) == set()
    assert told(drawn([USUAL] * 105 + [FEWER] * 7, chance=0.02)) == set()


def test_one_odd_week_beside_weeks_a_trifle_calmer_is_no_decline():
    trifle, odd = USUAL.replace("##+", "+#+"), "......+.....+.....+....."
    assert told(drawn([USUAL] * 84 + [trifle] * 21 + [odd] * 7)) == set()


def test_eleven_usable_weeks_are_enough():
    days = [BLIND] * 28 + [USUAL] * 56 + [FEWER] * 21 + [BLIND] * 7
    assert SHRINK in told(drawn(days, chance=0.02))


def test_blind_time_is_neither_less_life_nor_more():
    half = USUAL[:12] + "_" * 12
    days = [USUAL] * 84 + [half if day % 2 else USUAL for day in range(28)]
    assert told(drawn(days, chance=0.02)) == set()
    shrunk = [FEWER if day % 3 else FEWER[:12] + "_" * 12 for day in range(28)]
    assert SHRINK in told(drawn([USUAL] * 84 + shrunk, chance=0.02))


def test_an_hour_that_is_hidden_from_now_on_is_not_less_life():
    hidden = USUAL[:7] + "___" + USUAL[10:]
    assert told(drawn([USUAL] * 84 + [hidden] * 28, chance=0.02)) == set()


def test_a_home_that_always_went_up_and_down_is_left_alone():
    weeks_before = ([USUAL] * 7 + [FEWER] * 7) * 6
    assert told(drawn(weeks_before + [FEWER] * 28, chance=0.02)) == set()


def test_too_few_weeks_that_could_be_seen_say_nothing():
    for days in (
        [USUAL] * 84 + [BLIND] * 14 + [FEWER] * 14,
        [BLIND] * 35 + [USUAL] * 49 + [FEWER] * 28,
    ):
        judged = decline.judge(drawn(days)[None])
        assert not judged.is_due.any()
        assert (judged.rarity == 1).all()


def test_a_registered_absence_or_days_without_any_sign_are_left_out():
    gone = [FEWER] * 4 + [OUT] * 3
    assert told(drawn([USUAL] * 84 + gone * 4)) == set()
    assert told(drawn([USUAL] * 84 + ([FEWER] * 4 + [BLIND] * 3) * 4, chance=0.02)) >= {SHRINK}


def test_what_the_whole_city_does_is_nobodys_decline():
    city = np.stack([life(FEWER, seed=seed) for seed in range(60)])
    common = decline.season(decline.measures(city))
    assert decline.judge(city).is_due.any(1).mean() > 0.9
    assert not decline.judge(city, common=common).is_due.any()
    few = decline.measures(city[: decline.LEAST_CITY - 1])
    assert decline.season(few) is None


def test_one_homes_decline_in_a_calm_city_stays():
    city = np.stack([life(FEWER), *(life(USUAL, seed=seed) for seed in range(60))])
    common = decline.season(decline.measures(city))
    due = decline.judge(city, common=common).is_due
    assert due[0, SHRINK]
    assert not due[1:].any()


@given(st.integers(0, 2**32 - 1), st.sampled_from([FEWER, LATE, ALL_OVER, USUAL]))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_earlier_weeks_and_of_the_homes_does_not_matter(seed: int, recent: str):
    rows = life(recent)
    rng = np.random.default_rng(seed)
    mixed = np.concatenate([rng.permutation(rows[:12]), rng.permutation(rows[12:])])
    city = np.stack([life(USUAL), mixed, life(LATE)])
    one, many = decline.judge(rows[None]), decline.judge(city)
    assert many.change[1] == pytest.approx(one.change[0])
    assert (many.is_due[1] == one.is_due[0]).all()


@given(st.floats(0.0, 0.2), st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_hours_lost_by_chance_do_not_change_how_much_life_there_was(lost: float, seed: int):
    hours = np.array([list(day) for day in [USUAL] * 84 + [FEWER] * 28])
    hours[np.random.default_rng(seed).random(hours.shape) < lost] = "_"
    whole = decline.judge(life(FEWER)[None]).change[0, SHRINK]
    seen = decline.judge(drawn(["".join(day) for day in hours])[None]).change[0, SHRINK]
    assert seen == pytest.approx(whole, abs=0.12)


# ---- the week itself --------------------------------------------------------------------------


def test_a_week_takes_less_than_64_bytes_and_comes_back_as_it_was():
    row = drawn([USUAL] * 7)
    assert len(weeks.pack(row)) <= 64
    assert weeks.unpack(weeks.pack(row)) == row
    with pytest.raises(ValueError):
        weeks.unpack(b"\xff" + weeks.pack(row)[1:])


def test_a_week_says_what_was_seen():
    row = drawn([USUAL] * 6 + [BLIND])[0]
    assert row["days"] == 6
    assert row["seen"].tolist() == [12] * 24
    assert row["signs"][7] == 12
    assert row["signs"][6] == 6
    assert row["first"] == (6 - 4) * 2  # half hours after 04:00
    assert row["last"] == (23 - 4) * 2
    assert row["still"] == 13  # 23:30 to 06:00


def test_a_long_stillness_by_day_between_signs_is_perhaps_a_day_out():
    market = "......###.......####.#.."
    assert drawn([market] * 2 + [USUAL] * 5)[0]["out"] == 2


def test_a_broken_up_day_has_more_intradaily_variability_than_a_whole_one():
    smooth, broken = "........########........", ".#.#.#.#.#.#.#.#.#.#.#.#"
    assert drawn([smooth] * 7)[0]["iv"] < drawn([USUAL] * 7)[0]["iv"] < drawn([broken] * 7)[0]["iv"]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_weeks_are_the_same_however_the_half_hours_come(seed: int):
    rng = np.random.default_rng(seed)
    n, first = 3 * weeks.SLOTS + 40, int(weeks.first_slot(2900))
    home = np.repeat([0, 1], n)
    slot = np.tile(np.arange(first, first + n), 2)
    bins, seen = rng.integers(0, 7, 2 * n), rng.random(2 * n) < 0.8
    whole = weeks.new_running(2)
    expected = weeks.note(whole, home, slot, bins, seen)
    cut, got = weeks.new_running(2), []
    edges = np.sort(rng.integers(0, n, 5))
    for start, stop in zip([0, *edges], [*edges, n], strict=True):
        part = (slot - first >= start) & (slot - first < stop)
        mixed = rng.permutation(np.flatnonzero(part))
        got.append(weeks.note(cut, home[mixed], slot[mixed], bins[mixed], seen[mixed]))
    homes, numbers, rows = (np.concatenate(column) for column in zip(*got, strict=True))
    order, usual = np.lexsort((homes, numbers)), np.lexsort(expected[:2])
    assert (whole == cut).all()
    assert numbers[order].tolist() == [2900, 2900, 2901, 2901, 2902, 2902]
    assert (rows[order] == expected[2][usual]).all()


def test_a_half_hour_of_a_week_that_is_over_changes_nothing():
    running, first = weeks.new_running(1), int(weeks.first_slot(2900))
    one = np.array([0]), np.array([first]), np.array([6]), np.array([True])
    weeks.note(running, one[0], one[1] + weeks.SLOTS, *one[2:])
    before = running.copy()
    assert len(weeks.note(running, *one)[0]) == 0
    assert (running == before).all()
