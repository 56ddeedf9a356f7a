"""A small night of the Lunar New Year: nobody forgotten, nothing unowned, who fell is found."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anbu.care.alarms.models import Alarm, GroupSignal
from anbu.lab import night, rehearsal

pytestmark = pytest.mark.django_db(transaction=True)
HOMES = 240


class Standing:
    """A clock that stands at the beginning: the night hands every moment in."""

    speed = 0.0

    def now(self) -> Any:
        return night.BEGINS


def test_a_night_of_the_new_year(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.CLOCK = tmp_path, Standing()
    told = night.night("", homes=HOMES, seed=5, say=lambda *_: None)
    assert told["broken"] == []
    assert (told["ownerless_minutes"], told["owner_gaps"]) == (0, 0)
    assert told["untouched"] == 0
    assert told["handovers_unacknowledged"] == 0
    assert told["n"] >= 5
    assert told["value"] > 50  # three operators for so few homes

    fell = rehearsal.recalled_homes()[0]
    rescued = Alarm.objects.get(household=fell, outcome="rescued")
    assert rescued.closed_at is not None
    assert rescued.closed_at - rescued.raised_at < timedelta(hours=4)

    causes = [s.incident.group for s in GroupSignal.objects.select_related("incident__group")]
    assert "provider" in {group.kind for group in causes}  # the AI vendor: one row, not many
