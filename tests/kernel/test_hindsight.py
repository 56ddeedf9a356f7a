"""A history heard at once, of homes that were away more than once."""

import numpy as np

from anbu.kernel import hindsight, policy
from anbu.kernel.clock import Readings
from anbu.kernel.running import ALARM
from anbu.kernel.state import new_feeds, new_homes

from .drawn import CODES, DAY, QUIET_DAY, START, hours_of, motion

PICTURE = 3 * DAY + 2 * QUIET_DAY + 3 * DAY + 2 * QUIET_DAY + 3 * DAY
SEOUL_S = 32_400
RULE = policy.fixed(20.0)


def away(from_day: float, until_day: float) -> tuple[int, int]:
    return tuple(int(START + SEOUL_S + day * 86_400) for day in (from_day, until_day))  # type: ignore[return-value]


def rang(absences, picture: str = PICTURE) -> list[float]:
    at, value = motion(picture)
    homes, feeds = new_homes(["dense"]), new_feeds([0], [CODES["motion"]], [3600])
    told = Readings(np.zeros(len(at), int), at, value)
    rows, _ = hindsight.heard(homes, feeds, told, RULE, absences=[absences])
    return hours_of(rows, ALARM)


def test_each_absence_of_a_history_is_left_out():
    first, second = away(2.9, 5), away(7.9, 10)
    assert len(rang([])) == 2
    assert [hour > 7 * 24 for hour in rang([first])] == [True]
    assert [hour < 7 * 24 for hour in rang([second])] == [True]
    assert rang([first, second]) == []


def test_an_absence_in_which_nothing_came_ends_too():
    gone = PICTURE.replace(QUIET_DAY, "_" * 24, 1)  # the plug was pulled out for the journey
    assert rang([away(2.9, 5), away(7.9, 10)], gone) == []


def test_two_absences_on_one_day_are_two():
    hours = 3 * DAY + "." * 26 + "#" + "." * 45 + DAY
    assert rang([away(3, 4.02), away(4.2, 6.01)], hours) == []
    assert len(rang([away(3, 4.02)], hours)) == 1


def test_a_home_beside_it_is_judged_as_ever():
    at, value = motion(PICTURE)
    homes = new_homes(["dense", "dense"])
    feeds = new_feeds([0, 1], [CODES["motion"]] * 2, [3600] * 2)
    both = [
        np.r_[np.zeros(len(at), int), np.ones(len(at), int)],
        np.r_[at, at],
        np.r_[value, value],
    ]
    absences = [[away(2.9, 5), away(7.9, 10)], []]
    rows, _ = hindsight.heard(homes, feeds, Readings(*both), RULE, absences=absences)
    assert set(rows["home"][rows["level"] == ALARM].tolist()) == {1}
    assert len(hours_of(rows, ALARM)) == len(rang([]))


def test_days_heard_one_by_one_are_the_days_heard_at_once():
    at, value = motion(PICTURE)
    absences = [[away(2.9, 5), away(7.9, 10)]]
    found = []
    for cuts in ([], range(1, 13)):
        homes, feeds = new_homes(["dense"]), new_feeds([0], [CODES["motion"]], [3600])
        rows = []
        for part in np.split(np.arange(len(at)), [24 * day for day in cuts]):
            told = Readings(np.zeros(len(part), int), at[part], value[part])
            homes, feeds, some = hindsight.hear(homes, feeds, told, RULE, absences=absences)
            rows.append(some)
        found.append((np.concatenate(rows).tobytes(), homes.tobytes(), feeds.tobytes()))
    assert found[0] == found[1]
