"""Two policies on one history: what each would have caught, at what burden."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from anbu.cli import program
from anbu.kernel import policy
from anbu.lab.evaluate import compare, hearing, ladder, lifesigns, measure
from anbu.lab.evaluate.histories import CAP_H, Feed, History
from tests.kernel.drawn import DAY, QUIET_DAY, START, meter, motion
from tests.lab.test_replay import HOMES, LEARNED, lines_of


def lived(days: int, seed: int) -> str:
    """Draw a life in which some hours and now and then a whole day stay still."""
    rng = np.random.default_rng(seed)
    drawn = [QUIET_DAY if rng.random() < 0.04 else DAY for _ in range(days)]
    return "".join("." if c == "#" and rng.random() > 0.8 else c for day in drawn for c in day)


def histories() -> list[History]:
    """Return three homes with motion and two with a meter."""
    found = []
    for seed in range(3):
        value = motion(lived(60, seed))[1]
        found.append(
            History(f"M{seed}", f"M{seed}", "dense", 32_400, (Feed(4, 3600, START, value),))
        )
    for seed in range(2):
        value = meter(lived(75, seed), seed=seed)[1]
        found.append(
            History(f"E{seed}", f"E{seed}", "half", 32_400, (Feed(2, 1800, START, value),))
        )
    return found


@pytest.fixture(scope="module")
def heard() -> hearing.Run:
    return hearing.run(histories(), copies=10)


def test_more_patience_is_fewer_alarms_and_later(heard):
    for score in (measure.learned, measure.fixed):
        for home in measure.curves(heard, score):
            assert (np.diff(home.rate) <= 0).all()
            assert (np.diff(home.delay_h, axis=1) >= 0).all()


def test_nothing_within_the_learning_period_is_scored(heard):
    months = {home.name: home.months for home in measure.curves(heard, measure.learned)}
    assert months["M0"] == pytest.approx((60 - 7) / 30.4375, abs=0.1)
    assert months["E0"] == pytest.approx((75 - 28) / 30.4375, abs=0.1)
    for copy in heard.copies:
        assert copy.at >= heard.firsts[copy.history]


def test_half_the_collapses_come_just_after_a_life_sign(heard):
    home = measure.curves(heard, measure.learned)[0]
    assert home.after_sign.sum() * 2 == len(home.after_sign)


def test_a_policy_measured_alone_is_its_point_on_the_curve(heard):
    level = measure.LEVELS[120]
    whole = measure.curves(heard, measure.learned)
    alone = measure.curves(heard, measure.alarm_of(policy.learned(float(level))), np.ones(1))
    for a, b in zip(whole, alone, strict=True):
        assert a.delay_h[:, 120] == pytest.approx(b.delay_h[:, 0])
        assert a.rate[120] == pytest.approx(b.rate[0])


def test_a_backstop_is_never_later_than_the_citys_rule(heard):
    rule = compare.delays(heard, policy.fixed(30))
    backed = compare.delays(heard, policy.learned(5.0, fixed_hours=30))
    assert (backed <= rule).all()
    assert (compare.delays(heard, policy.learned(5.0)) > rule).any()


def test_the_same_seed_gives_the_same_figures(heard):
    again = hearing.run(histories(), copies=10)
    policies = {"현재": policy.fixed(24), "제안": policy.learned(1.0)}
    assert compare.compare(heard, policies) == compare.compare(again, policies)


def test_a_soft_contact_costs_an_hour_at_most(heard):
    ask = measure.curves(heard, lambda trace: trace.score / 0.7, np.ones(1))
    alarm = measure.curves(heard, measure.learned, np.ones(1))
    alone = ladder.weighed(alarm, [float(c.delay_h.mean()) for c in alarm])
    assert ladder.of_policy(ask, alarm).mean <= alone


def test_the_command_writes_a_page_that_fetches_nothing_and_its_figures(tmp_path):
    lines = []
    for home in histories():
        feed = home.feeds[0]
        at = feed.start + feed.interval_s * (1 + np.arange(len(feed.value)))
        channel = {4: "motion", 2: "energy_wh"}[feed.channel]
        lines += lines_of(home.name, channel, at, feed.value)
    (tmp_path / "r.csv").write_text("household,channel,at,value\n" + "".join(lines))
    rows = [
        f"{h.name},{'motion,3600' if h.kind == 'dense' else 'energy_wh,1800'},,,,\n"
        for h in histories()
    ]
    (tmp_path / "h.csv").write_text(HOMES + "".join(rows))
    (tmp_path / "now.toml").write_text('detector = "fixed"\nhours = 24\n')
    (tmp_path / "new.toml").write_text(LEARNED)
    names = {"readings": "r.csv", "homes": "h.csv", "now": "now.toml", "new": "new.toml"}
    names |= {"out": "page.html", "json": "figures.json"}
    options = [f"--{key}={tmp_path / name}" for key, name in names.items()]
    done = CliRunner().invoke(program, ["evaluate", *options, "--collapses", "6"])
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["homes"] == 5
    assert set(figures["kinds"]) == {"all", "half", "dense"}
    caught = figures["kinds"]["all"]["caught"]
    assert caught["earlier"] + caught["same"] + caught["later"] <= 1 + 1e-9
    page = (tmp_path / "page.html").read_text()
    assert page.count("<svg") == 3
    assert not re.search(r'(src|href)="(https?:)?//', page.replace("xlink:href", "x"))


def test_a_history_too_short_is_told(tmp_path):
    short = [History("A", "A", "half", 0, (Feed(2, 1800, START, meter(DAY * 20)[1]),))]
    with pytest.raises(compare.TooShort):
        compare.compare(
            hearing.run(short, copies=4), {"a": policy.fixed(24), "b": policy.learned()}
        )


def test_a_day_of_minutes_is_binned_from_the_first_whole_hour():
    at = START + 600 + 60 * np.arange(24 * 60)
    step, start, value = lifesigns._binned((at, np.arange(len(at), dtype=float)), 600)
    assert (step, start % 3600) == (600, 0)
    assert value[1] - value[0] == 10


def test_a_delay_of_72_hours_is_a_miss(heard):
    never = measure.curves(heard, lambda trace: np.zeros(len(trace.home)), np.ones(1))
    assert all((home.delay_h == CAP_H).all() for home in never)
