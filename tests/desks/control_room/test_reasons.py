"""Reasons in English are made from the same facts as the Korean record."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from anbu.care.places.rules import SEOUL
from anbu.desks.control_room import reasons

DUE = datetime(2026, 11, 21, 22, 30, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def facts(*, since_h: float, gap_h: float, **told):
    last = int((DUE - timedelta(hours=since_h)).timestamp())
    learned = {
        "by": "record",
        "at": int(DUE.timestamp()),
        "gap_s": int(gap_h * 3600),
        "long_s": 14 * 3600,
        "usual": 0.2,
        "last_sign": last,
        "last_channel": 3,
        "unseeing": [],
    }
    return {"rule": "still", "due_at": DUE.isoformat(), "learned": learned | told}


@pytest.mark.parametrize(
    ("since_h", "gap_h", "said"),
    [
        (14, 14.4, "Silent for 14 h 24 min since Light at 08:30"),
        (0.5, 14.5, "Only a weak Light sign at 22:00, silent for 14 h"),
        (20, 14, "Silent for the 14 h watched of 20 h since Light at 02:30"),
    ],
)
def test_a_reason_says_the_silence_that_was_counted(since_h, gap_h, said):
    assert reasons.reason(facts(since_h=since_h, gap_h=gap_h), DUE).startswith(said)


def test_a_reason_says_which_limit_was_passed():
    assert reasons.reason(facts(since_h=14, gap_h=14), DUE).endswith("usually 8 h at most")
    by_hours = facts(since_h=30, gap_h=30, by="patience")
    assert reasons.reason(by_hours, DUE).endswith("longer than the hours set")
    never = facts(since_h=30, gap_h=30, last_sign=None)
    assert reasons.reason(never, DUE) == "No activity since watching began"
