"""A small night of the Lunar New Year: nobody forgotten, nothing unowned, who fell is found."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anbu.care.alarms.models import Alarm, GroupSignal, Handover
from anbu.care.alarms.rules import HandState
from anbu.care.places.rules import SEOUL
from anbu.lab import night, rehearsal
from anbu.lab.answers import _awake

pytestmark = pytest.mark.django_db(transaction=True)
HOMES, SEED = 60, 1
HOUR = timedelta(hours=1)
NINE = night.ENDS.astimezone(SEOUL).replace(hour=9)


class Standing:
    """A clock that stands at the beginning: the night hands every moment in."""

    speed = 0.0

    def now(self) -> Any:
        return night.BEGINS


@pytest.fixture
def told(settings: Any, tmp_path: Path) -> dict[str, Any]:
    """Play the night; return its figures."""
    settings.HOME, settings.CLOCK = tmp_path, Standing()
    return night.night("", homes=HOMES, seed=SEED, say=lambda *_: None)


def test_a_night_of_the_new_year(told: dict[str, Any]) -> None:
    """One night, for it takes a minute to play: each promise of it is held against the tables."""
    assert told["broken"] == []
    assert (told["ownerless_minutes"], told["owner_gaps"]) == (0, 0)
    assert told["untouched"] == 0
    assert told["n"] >= 3
    assert told["value"] > 50  # three operators for so few homes
    _who_fell_is_found()
    _a_common_cause_is_one_row()
    _the_morning_has_read_it(told)
    _texts_are_answered()


def _who_fell_is_found() -> None:
    fell = rehearsal.recalled_homes()[0]
    rescued = Alarm.objects.get(household=fell, outcome="rescued")
    assert rescued.closed_at is not None
    assert rescued.closed_at - rescued.raised_at < timedelta(hours=4)
    critical = Alarm.objects.filter(level=3, raised_at__gte=night.BEGINS, raised_at__lt=NINE - HOUR)
    assert critical.count() >= 1
    assert not critical.filter(closed_at=None).exists()


def _a_common_cause_is_one_row() -> None:
    """The AI vendor is lost for six hours and a feeder for two: a row each, closed by a person."""
    causes = list(GroupSignal.objects.select_related("incident__group"))
    lost = [one for one in causes if one.incident.group.kind == "provider"]
    assert [one.incident.group.name for one in lost] == [night.AI_VENDOR]
    began, until = (night.BEGINS + hours * HOUR for hours in night.AI_LOST_H)
    assert began < lost[0].raised_at < until
    cut = [one for one in causes if one.incident.group.kind == "feeder"]
    city = night.draw(HOMES, SEED, night.BEGINS)
    assert night.dark_feeder(city) in {one.incident.group.name for one in cut}
    assert all(one.closed_by is not None for one in causes)
    heard = [h for h in city.homes if any(m.supplier == night.AI_VENDOR for m in h.machines)]
    rung = Alarm.objects.filter(raised_at__gte=lost[0].raised_at, raised_at__lt=until)
    assert rung.count() < len(heard) / 2  # they do not ring one by one


def _the_morning_has_read_it(told: dict[str, Any]) -> None:
    assert told["handovers_unacknowledged"] == 0
    for item in Handover.objects.filter(board__switch_at=NINE):
        assert item.settled_at is not None
        if item.state == HandState.WITHDRAWN:  # it was answered before anybody had to read it
            assert item.alarm is not None
            assert item.alarm.closed_at is not None
            continue
        assert item.settled_at >= NINE
        late = item.settled_at - NINE > timedelta(minutes=30)
        assert (item.told > 0) == late  # acknowledged, or gone up meanwhile


def _texts_are_answered() -> None:
    """Most who get a text read it, after waking, and a person of the centre confirms it."""
    tonight = Alarm.objects.filter(kind="silence", raised_at__gte=night.BEGINS)
    confirmed = list(tonight.filter(outcome="safe_message"))
    assert confirmed
    for alarm in confirmed:
        text = alarm.messages.filter(status="answered").earliest("settled_at")
        assert alarm.closed_by is not None
        assert text.settled_at is not None
        assert alarm.closed_at is not None
        assert text.settled_at <= alarm.closed_at


def test_a_text_that_comes_at_night_is_read_after_waking() -> None:
    habit = SimpleNamespace(wakes_h=6.5, sleeps_h=22.5)
    day = night.ENDS.astimezone(SEOUL).replace(hour=0, minute=0)
    at = {hour: _awake(habit, day + hour * HOUR) for hour in (3, 7, 21, 23)}  # type: ignore[arg-type]
    assert at[3] == day + 6.5 * HOUR
    assert (at[7], at[21]) == (day + 7 * HOUR, day + 21 * HOUR)
    assert at[23] == day + 30.5 * HOUR
    owl = SimpleNamespace(wakes_h=9.0, sleeps_h=1.5)
    assert _awake(owl, day + HOUR) == day + HOUR  # type: ignore[arg-type]
    assert _awake(owl, day + 2 * HOUR) == day + 9 * HOUR  # type: ignore[arg-type]
