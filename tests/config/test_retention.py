"""What is over its time goes, what is not stays, and the counts outlive both."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Message, Step
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Consent
from anbu.care.places.models import Tally
from anbu.config import retention
from tests.care.alarms.world import MONDAY, World, make_world

NOW = MONDAY + timedelta(hours=22)
FIVE_YEARS = timedelta(days=5 * 365)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def closed(world: World, at: datetime) -> Alarm:
    alarm = world.silent(at=at)
    by = world.operator
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=by, now=at + timedelta(minutes=1))
    return actions.close(alarm_id=alarm.id, outcome="out", by=by, now=at + timedelta(minutes=2))


def readings() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reading")
        return int(cursor.fetchone()[0])


def taken(now: datetime, *, dry: bool = False) -> dict[str, int]:
    return {each.name: each.rows for each in retention.run(now=now, dry=dry) if each.rows}


def test_nothing_young_goes(world: World):
    closed(world, NOW)
    had = readings()
    assert taken(NOW + timedelta(days=80)) == {}
    assert readings() == had > 0


def test_readings_go_after_ninety_days_and_are_counted_by_dong_and_month(world: World):
    closed(world, NOW)
    had, late = readings(), NOW + timedelta(days=92)
    assert taken(late, dry=True)["readings"] == had
    assert readings() == had  # a dry run takes nothing
    assert not Trace.objects.filter(verb="run_retention").exists()
    assert taken(late)["readings"] == had
    assert readings() == 0
    told = Tally.objects.filter(data_set="readings")
    assert sum(row.n for row in told) == had
    assert {row.month.isoformat() for row in told} == {"2026-11-01"}
    assert Trace.objects.filter(verb="run_retention", detail__rows=had).exists()
    assert taken(late) == {}  # twice is once
    assert sum(row.n for row in Tally.objects.filter(data_set="readings")) == had


def test_a_closed_alarm_goes_after_five_years_with_all_that_hangs_on_it(world: World):
    alarm = closed(world, NOW)
    still_open = world.silent(at=NOW + timedelta(hours=1))
    assert "alarms" not in taken(NOW + FIVE_YEARS)
    assert taken(NOW + FIVE_YEARS + timedelta(hours=1))["alarms"] == 1
    assert list(Alarm.objects.all()) == [still_open]
    assert not Step.objects.filter(alarm=alarm.id).exists()
    assert not Message.objects.filter(alarm=alarm.id).exists()
    row = Tally.objects.get(data_set="alarms")
    assert (row.what, row.n, row.dong.code) == ("silence/out", 1, "1162058500")


def test_a_consent_that_stands_is_never_taken_away(world: World):
    alarm = closed(world, NOW)
    Consent.objects.filter(household=alarm.household_id, recipient="centre").update(
        withdrawn_at=NOW
    )
    assert taken(NOW + 2 * FIVE_YEARS)["consents"] == 1
    assert [row.kind for row in Consent.objects.all()] == ["monitoring"]


def test_traces_stay_two_years_at_least_whatever_the_run_does(world: World):
    had = Trace.objects.count()
    retention.run(now=NOW + 2 * FIVE_YEARS)
    assert Trace.objects.count() > had
    (audit,) = [keep for keep in retention.TABLE if keep.name == "audit"]
    assert audit.days is None
    assert audit.least >= 730
