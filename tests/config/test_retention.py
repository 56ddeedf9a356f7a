"""What is over its time goes, what is not stays, and the counts outlive both."""

import json
from datetime import date, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Message, Step
from anbu.care.assess import actions as assess
from anbu.care.assess.models import Assessment, Decision
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Consent
from anbu.care.places.models import Tally
from anbu.care.readings import jobs
from anbu.cli import retention as command
from anbu.config import retention
from anbu.config.retention_table import NAMES_NOBODY, TABLE
from tests.care.alarms.world import BY, MONDAY, World, make_world
from tests.desks.control_room.conftest import StandingClock

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
    assert taken(late, dry=True) == {}  # their hours are not counted yet
    while jobs.roll_up_hours(now=late):
        pass
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


def test_every_table_has_its_row_and_no_table_has_two() -> None:
    """Somebody who adds a table says how long its rows stay, or that it names nobody."""
    named = [table for keep in TABLE for table in keep.tables]
    assert len(named) == len(set(named))
    assert not set(named) & NAMES_NOBODY
    ours = {
        model._meta.db_table
        for model in apps.get_models()
        if model.__module__.startswith("anbu.") and model._meta.db_table
    }
    assert ours == set(named) | NAMES_NOBODY


def test_old_answers_go_but_what_the_present_tier_leans_on_stays(world: World) -> None:
    assess.load_shipped(by=BY, now=NOW)
    home = world.home(still_at=NOW)

    def answer_and_decide(at: datetime) -> None:
        told = assess.Answered(instrument="ministry10", version="1", total=5)
        made = assess.assess(
            household=home, told=told, how="face", note="", by=world.planner, now=at
        )
        assess.decide_tier(
            household=home,
            tier="high",
            reason="끼니를 거르고 찾는 이가 없음",
            review_on=(at + timedelta(days=90)).date(),
            assessment=made,
            by=world.planner,
            now=at,
        )

    answer_and_decide(NOW)
    late = NOW + FIVE_YEARS + timedelta(days=1)
    assert "assessments" not in taken(late)  # nothing newer was decided
    answer_and_decide(NOW + timedelta(hours=1))
    assert taken(late)["assessments"] == 2  # the older answers and their decision
    assert [one.at for one in Assessment.objects.all()] == [NOW + timedelta(hours=1)]
    assert Decision.objects.get().assessment is not None
    row = Tally.objects.get(data_set="assessments")
    assert (row.what, row.n, row.month) == ("ministry10", 1, date(2026, 11, 1))


def test_the_command_says_what_would_go_and_takes_nothing_in_a_dry_run(
    world: World, settings: object
) -> None:
    settings.CLOCK = StandingClock(NOW)  # type: ignore[attr-defined]
    closed(world, NOW)
    had = readings()
    assert had
    dry = CliRunner().invoke(command.run, ["--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    told = json.loads(dry.output)
    assert told["dry_run"] is True
    assert told["taken"]["readings"]["rows"] == 0
    assert set(told["taken"]) == {k.name for k in TABLE if k.days and not k.by_clock}
    done = CliRunner().invoke(command.run)
    assert done.exit_code == 0, done.output
    assert "gone" in done.output
    assert readings() == had
