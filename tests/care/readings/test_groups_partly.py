"""A fault in part of a vendor's devices is one group and no alarm, whoever judges the homes."""

import pytest

from anbu.care.readings import actions
from anbu.care.readings.models import GroupIncident, Watch
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading

from .conftest import BY
from .test_groups_live import CASES, HOUR, MINUTE, START, Street

FAULT = 9 * 24 - 13  # hours from START: nine in the morning, when all homes are known for a week
CALM = FAULT - 13
Cause = GroupIncident.Cause


class Vendor(Street):
    """Homes of one vendor, of which some will be at fault from `FAULT` on."""

    def __init__(self, city, channel: str, homes: int, faulty: int) -> None:
        super().__init__(city, names=[f"v-{n}" for n in range(homes)], channel=channel)
        self.faulty = set(list(self.homes)[:faulty])
        self.channel = BY_NAME[channel].code

    def tell_of(self, value, until: float) -> None:
        """Write the story: `value(rng, hour, is_faulty)` of each home and half hour."""
        for name in self.homes:
            for nth in range(int(until * 2)):
                at, hour = START + (nth + 1) * 30 * MINUTE, (nth + 1) / 2
                is_faulty = name in self.faulty and hour > FAULT
                reading = Reading(self.channel, at.timestamp(), value(self.rng, hour, is_faulty))
                said = Message(id=f"{nth}", device=name, readings=(reading,), sos=None, body=b"")
                late = float(self.rng.uniform(0, 20)) * MINUTE
                self.story.append((at + late, name, said))
        self.story.sort(key=lambda one: (one[0], one[1], one[2].id))


def is_day(hour: float) -> bool:
    return 7 <= (hour + 22) % 24 < 22  # START is 22:00 in Seoul


def motion(rng, hour: float, is_faulty: bool) -> float:
    """A sensor at fault says that it is well and that nothing moves."""
    return float(rng.random() < (0.7 if is_day(hour) else 0.04) and not is_faulty)


def meter(rng, hour: float, is_faulty: bool) -> float:
    """A meter at fault says one value again and again."""
    if is_faulty:
        return 57.3
    kettle = rng.choice([0, 250, 600]) if is_day(hour) else 0
    return float(round(rng.uniform(20, 40) + kettle, 1))


@pytest.fixture
def short_sight(settings):
    settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS = 6 * 3600, 3


@CASES
def test_healthy_noughts_of_a_third_of_a_vendors_devices(city, days, short_sight, policy):
    actions.load_detectors(text=policy, by=BY, now=START)
    vendor = Vendor(city, "motion", homes=44, faulty=14)
    vendor.tell_of(motion, FAULT + 27)
    judged = vendor.live(3, [2 * HOUR], calm=CALM)
    (incident,) = GroupIncident.objects.filter(is_told=True)
    assert (incident.cause, incident.group.kind) == (Cause.HUSHED, "provider")
    # as it stood when it was recognised: most of them, and by chance a few who slept in
    hit = {vendor.names[row.household_id] for row in incident.hit.all()}
    assert len(hit & vendor.faulty) >= 11
    assert len(hit - vendor.faulty) <= 5
    assert incident.at <= START + (FAULT + 10) * HOUR
    assert [vendor.names[one.household] for _, one in judged] == []
    assert incident.held.filter(ended_at=None).count() == len(vendor.faulty)


@CASES
def test_one_value_again_and_again_from_a_vendors_meters(city, days, short_sight, policy):
    actions.load_detectors(text=policy, by=BY, now=START)
    vendor = Vendor(city, "energy_wh", homes=8, faulty=6)
    vendor.tell_of(meter, FAULT + 30)
    judged = vendor.live(5, [2 * HOUR], calm=CALM)
    (incident,) = GroupIncident.objects.filter(is_told=True)
    assert (incident.cause, incident.group.kind) == (Cause.STOPPED, "provider")
    assert {vendor.names[row.household_id] for row in incident.hit.all()} == vendor.faulty
    assert [vendor.names[one.household] for _, one in judged] == []
    blind = Watch.objects.filter(blind_since__isnull=False)
    assert {vendor.names[watch.household_id] for watch in blind} == vendor.faulty
