"""A deadline written before is the instant at which stepping finds the same."""

import numpy as np
import pytest

from anbu.kernel import detector
from anbu.kernel.evidence import LATE_S
from anbu.kernel.policy import Policy
from anbu.kernel.running import ALARM, WATCH
from tests.kernel import drawn

DAY_S = 86_400


def _found(hours: int, policy: Policy) -> tuple[dict[str, int], dict[str, int | None], int]:
    """Return the deadlines after some hours of ordinary life, what stepping finds, and midnight."""
    lived = (20 * drawn.DAY)[: 24 * 14 + hours]
    columns = drawn.home()
    homes, feeds, _ = drawn.heard(columns, drawn.readings(*drawn.motion(lived)), policy)
    told = {name: int(at[0]) for name, at in detector.deadlines(homes, policy).items()}
    end = drawn.START + 3600 * len(lived)
    still = end + 3600 * np.arange(1, 97)
    readings = drawn.readings(still, np.zeros(len(still)))
    homes["watermark"] -= LATE_S
    _, _, rows = detector.hear(homes, feeds, readings, policy)
    stepped: dict[str, int | None] = {}
    for name, level in (("watch_at", WATCH), ("alarm_at", ALARM)):
        at = rows["at"][(rows["level"] == level)]
        stepped[name] = int(at[0]) if len(at) else None
    return told, stepped, end + DAY_S - (end + 32_400) % DAY_S


@pytest.mark.parametrize("hours", range(0, 48, 5))
@pytest.mark.parametrize(
    "policy", [Policy(), Policy(theta=0.6), Policy(fixed_s=9 * 3600), Policy(theta=0.3, watch=0.5)]
)
def test_what_was_written_before_becomes_true_at_that_instant(hours, policy):
    told, stepped, midnight = _found(hours, policy)
    for name, at in stepped.items():
        if at is not None and at <= midnight:
            assert told[name] == at
        elif at is not None:  # a midnight teaches something new, and moves it a little
            assert abs(told[name] - at) <= 2 * 3600


def test_who_asks_at_theta_is_never_asked_after_the_alarm():
    told, _, _ = _found(5, Policy())
    assert told["watch_at"] < told["alarm_at"]


def test_without_the_learned_detector_only_patience_has_a_deadline():
    told, stepped, _ = _found(5, Policy(fixed_s=10 * 3600, learned=False))
    assert told["watch_at"] == -1
    assert told["alarm_at"] == stepped["alarm_at"]
