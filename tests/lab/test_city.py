from collections import Counter
from dataclasses import replace

import numpy as np

from anbu.kernel.signs import BY_NAME
from anbu.kernel.silence import Feeds, Homes, Readings, State, hear, judge
from anbu.lab import city, habits
from anbu.lab.city import City, Home
from anbu.lab.habits import Rows
from anbu.lab.speech import meter_lines

START = city.STARTS_AT.timestamp()
HOUR, DAY = 3600.0, 86_400.0


def judged(drawn: City, homes: tuple[Home, ...], rows: Rows, at: float):  # noqa: ANN201
    """Return state and due of these homes by the real kernel, hearing what they said."""
    feed_of, feed = np.unique(rows.machine * 64 + rows.channel, return_inverse=True)
    machine_home = np.array([n for n, home in enumerate(homes) for _ in home.machines])
    interval = np.array([m.interval_s for m in rows.machines], float)[feed_of // 64]
    never, n = np.nan, len(homes)
    clocks = Homes(
        np.array([home.patience_hours * HOUR for home in homes]),
        np.full(n, 2 * HOUR),
        np.full(n, never),
        np.full(n, never),
        np.zeros(n, np.int64),
        np.zeros(n),
        np.full(n, never),
        np.zeros(n),
    )
    nothing = np.full(len(feed_of), never)
    feeds = Feeds(machine_home[feed_of // 64], feed_of % 64, interval, *4 * [nothing])
    heard, _, is_sign = hear(clocks, feeds, Readings(feed, rows.at, rows.value))
    return (*judge(heard, at)[:2], is_sign)


def test_the_same_seed_gives_the_same_city_byte_for_byte() -> None:
    assert repr(city.plan(120, 5)) == repr(city.plan(120, 5))
    assert repr(city.plan(120, 5)) != repr(city.plan(120, 6))


def test_a_city_looks_like_the_published_figures() -> None:
    drawn = city.plan(3000, 1)
    homes = drawn.homes
    services = Counter(home.machines[0].source for home in homes)
    assert 0.50 < services["smart_plug"] / 3000 < 0.63  # with the plugs that speak MQTT
    assert 0.27 < services["ami_meter"] / 3000 < 0.37
    assert 0.74 < sum(home.night for home in homes) / 3000 < 0.84
    assert 0.015 < sum(home.tier == "high" for home in homes) / 3000 < 0.045
    assert all(24 <= home.patience_hours <= 50 for home in homes)
    assert all(home.phone.startswith("010-0000-") for home in homes)
    assert len({machine.code for home in homes for machine in home.machines}) == sum(
        len(home.machines) for home in homes
    )


def test_a_player_may_begin_anywhere_and_hears_the_same() -> None:
    drawn = city.plan(60, 3)
    whole = habits.speak(drawn, drawn.homes, START - 6 * HOUR, START)
    parts = [
        habits.speak(drawn, drawn.homes, START - 6 * HOUR + cut, START - 6 * HOUR + cut + 2 * HOUR)
        for cut in (0.0, 2 * HOUR, 4 * HOUR)
    ]
    together = {row for part in parts for row in _tuples(part)}
    assert set(_tuples(whole)) == together
    assert len(whole) == sum(len(part) for part in parts) > 1000


def _tuples(rows: Rows) -> list[tuple[int, int, float, float]]:
    columns = (rows.machine, rows.channel, rows.at, rows.value)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_living_homes_are_seldom_silent_and_fallen_homes_always_are() -> None:
    drawn = city.plan(400, 8)
    living = tuple(home for home in drawn.homes[20:] if not home.spells)
    rows = habits.speak(drawn, living, START - 10 * DAY, START - 5 * HOUR)
    state, _, is_sign = judged(drawn, living, rows, START - 5 * HOUR)
    assert (state & State.SILENT).sum() <= 0.01 * len(living)
    per_day = is_sign.sum() / len(living) / 10
    assert 3 < per_day < 40  # reached it: they do live

    fallen = tuple(replace(home, falls_at=START - 6 * DAY) for home in living)
    rows = habits.speak(drawn, fallen, START - 10 * DAY, START - 5 * HOUR)
    state, due, _ = judged(drawn, fallen, rows, START - 5 * HOUR)
    assert (state == State.SILENT).all()
    assert (due <= START - 6 * DAY + 51 * HOUR).all()


def test_a_fallen_home_cannot_be_told_from_its_machines_by_daylight() -> None:
    drawn = city.plan(400, 2)
    fallen = tuple(replace(h, falls_at=START - 9 * DAY) for h in drawn.homes[20:])
    rows = habits.speak(drawn, fallen, START - 5 * DAY, START - 5 * HOUR)
    _, _, is_sign = judged(drawn, fallen, rows, START - 5 * HOUR)
    assert not is_sign[rows.channel == BY_NAME["lux"].code].any()


def test_the_first_recorded_home_falls_silent_while_somebody_watches() -> None:
    for seed in range(5):
        drawn = city.plan(20, seed)
        home = drawn.homes[:1]
        assert home[0].recordings
        rows = habits.speak(drawn, home, START - 5 * DAY, START)
        state, due, _ = judged(drawn, home, rows, START)
        assert state[0] == State.CALM
        assert 0 < due[0] - START <= 180 * 60  # three minutes of watching at the default 60x
        later = habits.speak(drawn, home, START - 5 * DAY, START + 3 * HOUR)
        assert judged(drawn, home, later, START + 3 * HOUR)[0][0] == State.SILENT


def test_a_vendor_whose_feed_stops_makes_its_homes_blind_not_silent() -> None:
    drawn = city.plan(800, 4)
    behind = tuple(
        home
        for home in drawn.homes
        if {machine.supplier for machine in home.machines} == {drawn.failing}
    )
    rows = habits.speak(drawn, behind, START - 5 * DAY, START)
    state, _, _ = judged(drawn, behind, rows, START)
    assert len(behind) > 20
    assert (state & State.BLIND).astype(bool).mean() == 1


def test_thinned_history_tells_the_same_signs() -> None:
    drawn = city.plan(200, 9)
    rows = habits.speak(drawn, drawn.homes, START - 4 * DAY, START)
    thin = habits.thin(rows)
    assert len(thin) < 0.6 * len(rows)
    full_state, full_due, full_sign = judged(drawn, drawn.homes, rows, START)
    state, due, is_sign = judged(drawn, drawn.homes, thin, START)
    assert abs(is_sign.sum() - full_sign.sum()) <= 0.01 * full_sign.sum()
    assert (state == full_state).mean() > 0.99


def test_a_city_without_a_meter_sends_no_file():
    nothing = np.array([], np.int64)
    rows = Rows((), nothing, nothing, nothing.astype(float), nothing.astype(float))
    assert list(meter_lines(rows, until_at=0.0)) == []
