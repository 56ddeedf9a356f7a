import math
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from anbu.care.people.actions import give_consent, withdraw_consent
from anbu.care.readings import actions, jobs, queries
from anbu.sources import Reason, Refusal
from anbu.sources.smart_plug.parse import parse

from .conftest import BY, NOW, message, number, rows

MINUTE = timedelta(minutes=1)


def test_a_reading_is_stored_and_moves_the_clock(city, days):
    said = message("1", NOW, power_w=3), message("2", NOW + MINUTE, power_w=90, lux=40)
    assert city.hear(*said, later=1) == ["accepted", "accepted"]
    assert rows("SELECT channel, at, received_at, value FROM reading ORDER BY at, channel") == [
        (1, NOW, NOW + timedelta(hours=1), 3.0),
        (1, NOW + MINUTE, NOW + timedelta(hours=1), 90.0),
        (3, NOW + MINUTE, NOW + timedelta(hours=1), 40.0),
    ]
    assert rows("SELECT at FROM sign") == [(NOW + MINUTE,)]
    assert rows("SELECT last_seen, last_sign, last_channel FROM readings_watch") == [
        ((NOW + MINUTE).timestamp(), (NOW + MINUTE).timestamp(), 1)
    ]
    assert queries.rows_without_a_day() == {"reading": 0, "sign": 0}


def test_no_data_is_stored_as_no_data_and_is_not_nought(city):
    assert city.hear(message("1", NOW, power_w=math.nan)) == ["accepted"]
    assert math.isnan(number("SELECT value FROM reading"))
    assert number("SELECT count(*) FROM readings_watch WHERE last_seen IS NOT NULL") == 0


def test_the_same_message_twice_is_a_duplicate_and_stored_once(city):
    one = message("1", NOW, power_w=3)
    assert city.hear(one, one) == ["accepted", "duplicate"]
    assert city.hear(one) == ["duplicate"]
    assert number("SELECT count(*) FROM reading") == 1


def test_the_same_name_with_other_content_is_a_conflict_and_kept_apart(city):
    city.hear(message("1", NOW, power_w=3))
    other = message("1", NOW, power_w=4)
    assert city.hear(other, message("2", NOW, power_w=4)) == ["conflict:conflict", "accepted"]
    assert city.hear(message("3", NOW, power_w=1), message("3", NOW, power_w=2)) == [
        "accepted",
        "conflict:conflict",
    ]
    assert rows("SELECT message, reason FROM readings_quarantine ORDER BY id") == [
        ("1", "conflict"),
        ("3", "conflict"),
    ]
    assert rows("SELECT value FROM reading ORDER BY value") == [(1.0,), (3.0,), (4.0,)]


WRONG = {
    "unknown_device": message("w", NOW, device="nobody", power_w=1),
    "too_old": message("w", datetime(1970, 1, 1, tzinfo=UTC), power_w=1),
    "in_the_future": message("w", NOW + timedelta(days=7), power_w=1),
    "malformed": Refusal(id="w", reason=Reason.MALFORMED, detail="broken", body=b"{"),
    "absurd_value": parse(
        b'{"messages":[{"id":"w","device":"plug-1","at":"2026-11-21T13:00:00Z","watts":1e9}]}'
    )[0],
    "not_a_number": parse(
        b'{"messages":[{"id":"w","device":"plug-1","at":"2026-11-21T13:00:00Z","watts":"1"}]}'
    )[0],
}


@pytest.mark.parametrize("reason", WRONG)
def test_what_is_wrong_gets_a_reason_is_set_aside_and_stops_nothing(city, reason):
    before = actions.intake.MESSAGES.labels("rejected", reason)._value.get()
    assert city.hear(WRONG[reason], message("ok", NOW, power_w=1)) == [
        f"rejected:{reason}",
        "accepted",
    ]
    assert rows("SELECT provider, reason, body FROM readings_quarantine") == [
        ("plugs", reason, WRONG[reason].body)
    ]
    assert queries.why_quarantined(since=NOW) == {reason: 1}
    assert actions.intake.MESSAGES.labels("rejected", reason)._value.get() == before + 1


def test_a_kept_body_is_cut(city):
    city.hear(Refusal(id="w", reason=Reason.TOO_LARGE, detail="x" * 999, body=b"x" * 9999))
    assert number("SELECT length(body) FROM readings_quarantine") == 4096


def test_nobody_speaks_for_another_providers_device(city):
    said = message("1", NOW, power_w=1)
    assert city.hear(said, provider="others") == ["rejected:not_your_device"]
    assert city.hear(said, provider=None) == ["accepted"]


def test_a_revoked_device_is_heard_no_more(city):
    actions.revoke_device(code="plug-1", by=BY, now=NOW)
    assert city.hear(message("1", NOW, power_w=1)) == ["rejected:revoked_device"]
    assert queries.devices_revoked_since(since=NOW) == ["plug-1"]
    assert queries.device_logins(codes=["plug-1", "x"])["plug-1"].is_revoked


def test_a_withdrawn_consent_stops_the_intake_at_once(city):
    assert city.hear(message("1", NOW, power_w=1)) == ["accepted"]
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    assert city.hear(message("2", NOW, power_w=1)) == ["rejected:no_consent"]
    assert number("SELECT count(*) FROM reading") == 1
    # what nobody agreed to is not kept in the quarantine either
    assert rows("SELECT message, length(body) FROM readings_quarantine") == [("2", 0)]


def test_a_consent_given_anew_lets_the_next_message_in(city):
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    assert city.hear(message("1", NOW, power_w=1)) == ["rejected:no_consent"]
    give_consent(household=home, kind="monitoring", obtained_how="방문", by=BY, now=NOW)
    assert city.hear(message("2", NOW, power_w=1)) == ["accepted"]


def test_what_a_device_remembers_of_a_time_without_consent_is_never_taken_in(city):
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    again = NOW + 30 * MINUTE
    give_consent(household=home, kind="monitoring", obtained_how="방문", by=BY, now=again)
    assert city.hear(message("1", NOW + 29 * MINUTE, power_w=1), later=1) == ["rejected:no_consent"]
    assert city.hear(message("2", again, power_w=1), later=1) == ["accepted"]
    assert rows("SELECT detail FROM readings_quarantine") == [
        ("this was said while the home did not agree",)
    ]


def test_only_the_kinds_of_data_that_were_agreed_to_are_kept_and_judged(city):
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    told = {"kind": "monitoring", "service": "smart_plug", "data": "light"}
    give_consent(household=home, **told, obtained_how="방문", by=BY, now=NOW)
    both = message("1", NOW, power_w=900, lux=40)
    assert city.hear(both) == ["accepted"]
    assert city.hear(both) == ["duplicate"]
    assert rows("SELECT DISTINCT channel FROM reading") == [(3,)]
    assert city.hear(message("2", NOW + MINUTE, power_w=9), later=1) == ["rejected:no_consent"]


def test_a_consent_for_another_service_lets_nothing_in(city):
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    told = {"kind": "monitoring", "service": "ai_speaker"}
    give_consent(household=home, **told, obtained_how="방문", by=BY, now=NOW)
    assert city.hear(message("1", NOW, power_w=1)) == ["rejected:no_consent"]


def test_a_consent_that_runs_out_stops_the_intake_by_itself(city):
    home = city.homes["plug-1"]
    withdraw_consent(household=home, kind="monitoring", by=BY, now=NOW)
    until = NOW + timedelta(minutes=30)
    told = {"household": home, "kind": "monitoring", "until": until}
    give_consent(**told, obtained_how="방문", by=BY, now=NOW)
    assert city.hear(message("1", NOW, power_w=1)) == ["accepted"]
    assert city.hear(message("2", NOW, power_w=1), later=1) == ["rejected:no_consent"]


def test_a_channel_that_was_not_enrolled_is_not_kept(city):
    assert city.hear(message("1", NOW, power_w=1, motion=3)) == ["accepted"]
    assert number("SELECT count(*) FROM reading") == 1


def test_a_late_reading_moves_nothing_back(city):
    city.hear(message("1", NOW, lux=3), message("2", NOW + MINUTE, lux=90), later=1)
    before = rows("SELECT last_seen, last_sign, check_at FROM readings_watch")
    assert city.hear(
        message("3", NOW - timedelta(days=30), lux=900), message("4", NOW - MINUTE, lux=7), later=1
    ) == ["accepted", "accepted"]
    assert rows("SELECT last_seen, last_sign, check_at FROM readings_watch") == before
    assert number("SELECT count(*) FROM reading") == 4


def test_a_stamp_a_little_ahead_counts_as_now(city):
    city.hear(message("1", NOW + timedelta(seconds=100), power_w=1))
    assert number("SELECT last_seen FROM readings_watch") == NOW.timestamp()


def test_without_a_day_the_default_partition_catches_and_shows_it(city, days):
    far = timedelta(days=20)
    later = NOW + far
    actions.take_in(messages=[message("1", later, power_w=1)], provider=None, now=later)
    assert queries.rows_without_a_day() == {"reading": 1, "sign": 0}
    assert jobs.make_partitions(now=later)
    assert queries.rows_without_a_day() == {"reading": 0, "sign": 0}
    assert number("SELECT count(*) FROM reading") == 1
    assert not jobs.make_partitions(now=later)


def test_deliveries_are_forgotten_when_they_would_be_too_old(city):
    city.hear(message("1", NOW, power_w=1))
    assert not jobs.forget_deliveries(now=NOW + timedelta(days=35))
    assert jobs.forget_deliveries(now=NOW + timedelta(days=37))


def test_a_cry_is_left_for_the_alarms_whatever_its_clock_says(city):
    city.add_home("speaker-1", "presence")
    year = datetime(1970, 1, 1, tzinfo=UTC)
    said = [
        message("1", NOW, device="speaker-1", sos="살려줘", presence=1),
        message("2", year, device="speaker-1", sos="도와줘", presence=1),
    ]
    assert city.hear(*said, said[0]) == ["accepted", "accepted", "duplicate"]
    cries = actions.claim_cries(now=NOW)
    assert [(c.words, c.said_at, c.device) for c in cries] == [
        ("살려줘", NOW, "speaker-1"),
        ("도와줘", NOW, "speaker-1"),
    ]
    assert actions.claim_cries(now=NOW) == []
    assert number("SELECT min(at) FROM reading") == NOW


def test_a_dropped_meter_file_is_taken_in_line_by_line(city, tmp_path):
    actions.add_provider(code="power", name="전력", source="ami_meter", by=BY, now=NOW)
    home = city.add_home("plug-9", "power_w")
    actions.add_device(
        code="0123456789",
        household=home,
        provider="power",
        interval=timedelta(hours=1),
        channels=["energy_wh"],
        by=BY,
        now=NOW,
    )
    good = "0123456789,20261120,60,1" + ",0.1" * 20 + ",0.9,0.1,0.1,0.1"
    file = tmp_path / "drop.csv"
    file.write_text(f"{good}\n0123456789,broken\n{good}\n9,20261120,60,1{',0' * 24}\n")
    done = []
    counts = jobs.import_file(path=file, provider="power", now=NOW, progress=done.append)
    assert counts == {"accepted": 1, "duplicate": 1, "conflict": 0, "rejected": 2}
    assert done[-1] == file.stat().st_size
    assert number("SELECT count(*) FROM reading") == 24
    assert rows("SELECT reason, detail FROM readings_quarantine ORDER BY id") == [
        ("malformed", "line 2: 2 cells; meter, day, cycle, sending, values"),
        ("unknown_device", "no device of this name is enrolled"),
    ]
    assert rows("SELECT at FROM sign") == [(datetime(2026, 11, 20, 12, tzinfo=UTC),)]


@pytest.mark.django_db(transaction=True)
def test_overlapping_batches_at_once_store_each_message_once(build):
    city = build()
    for nth in range(2, 9):
        city.add_home(f"plug-{nth}", "power_w")
    batches = [
        [
            message(f"m-{nth}", NOW - nth * MINUTE, device=f"plug-{nth % 8 + 1}", power_w=nth % 50)
            for nth in range(first, first + 60)
        ][::step]
        for first in range(0, 200, 20)
        for step in (1, -1)
    ]
    verdicts: list[str] = []
    failures: list[BaseException] = []

    def work(mine: list[list]) -> None:
        try:
            for batch in mine:
                verdicts.extend(city.hear(*batch))
        except BaseException as failure:  # a thread must not swallow it
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(batches[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert verdicts.count("accepted") == 240
    assert verdicts.count("duplicate") == 20 * 60 - 240
    assert number("SELECT count(*) FROM reading") == 240
    assert rows(
        "SELECT d.code, f.last_at FROM readings_feed f JOIN readings_device d"
        " ON d.id = device_id WHERE channel = 1 ORDER BY d.code"
    ) == [(f"plug-{n % 8 + 1}", (NOW - n * MINUTE).timestamp()) for n in range(8)]


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_and_moves_nothing_back(build):
    city = build()

    def second() -> None:
        city.hear(message("old", NOW - MINUTE, power_w=1))
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        city.hear(message("new", NOW, power_w=2))
        thread.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not number(waiting):
            thread.join(0.01)
            assert thread.is_alive()
            rows("SELECT pg_stat_clear_snapshot()")  # a transaction sees it only once
    thread.join()
    assert rows("SELECT last_at, last_value FROM readings_feed WHERE channel = 1") == [
        (NOW.timestamp(), 2.0)
    ]
    assert number("SELECT last_seen FROM readings_watch") == NOW.timestamp()
