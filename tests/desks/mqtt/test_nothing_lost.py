"""PUBACK is a promise: whatever dies, each message is taken in, and once. Checked id by id."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from .conftest import City, Plug, database_url, wait_for

# The mark, not only a fixture that asks for the database: by it alone pytest-django makes one.
pytestmark = pytest.mark.django_db(transaction=True)


def say_many(plug: Plug, count: int) -> dict[str, datetime]:
    """Publish so many messages, a minute apart; return each id with its moment."""
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=count + 1)
    said = {f"{plug.code}-{i:03}": start + timedelta(minutes=i) for i in range(count)}
    for message, at in said.items():
        plug.say(message, at=at)
    return said


def check_each_once(city: City, plug: Plug, said: dict[str, datetime]) -> None:
    """Nothing lost, nothing doubled: by message id, and by stored reading."""
    wait_for(lambda: len(city.taken_in(plug.code)) >= len(said), within=60)
    wait_for(city.all_acknowledged, within=60)
    assert city.taken_in(plug.code) == sorted(said)
    assert city.moments(plug.code) == sorted(said.values())


def test_what_was_acknowledged_while_nobody_listened_is_taken_in_later(city: City) -> None:
    plug = city.plug("kept-waiting")
    assert plug.connect()
    city.ingest.stop()
    said = say_many(plug, 20)
    assert city.taken_in(plug.code) == []
    assert city.consumer().num_pending == 20
    city.ingest.start()
    check_each_once(city, plug, said)


def test_an_ingest_killed_between_commit_and_acknowledgement_loses_and_doubles_nothing(
    city: City,
) -> None:
    plug = city.plug("kept-killed")
    assert plug.connect()
    city.ingest.stop()
    said = say_many(plug, 30)
    already, delivered = city.ingest.duplicates(), city.consumer().delivered

    doomed = city.ingest.start(ANBU_CRASH_ALLOWED="1")
    assert doomed.wait(60) == -9
    committed = city.taken_in(plug.code)
    assert committed, "it must have died after a commit"
    assert city.consumer().num_ack_pending >= len(committed), "and before any acknowledgement"

    city.ingest.start()
    check_each_once(city, plug, said)
    again = city.consumer().delivered
    deliveries = again.consumer_seq - delivered.consumer_seq
    assert deliveries >= len(said) + len(committed), "the broker must have delivered again"
    assert city.ingest.duplicates() - already >= len(committed), "and we must have noticed"


def test_a_crash_point_is_dead_without_permission(city: City) -> None:
    harmless = city.ingest.the_one()  # all of them are told where to crash
    plug = city.plug("kept-harmless")
    assert plug.connect()
    check_each_once(city, plug, say_many(plug, 3))
    assert harmless.poll() is None


def test_a_killed_broker_keeps_what_it_acknowledged(city: City) -> None:
    plug = city.plug("kept-broker")
    assert plug.connect()
    city.ingest.stop()
    said = say_many(plug, 30)
    plug.leave()
    city.broker.crash()
    city.broker.start()
    city.ingest.start()
    check_each_once(city, plug, said)


def test_a_broker_that_comes_back_finds_the_same_ingest_at_work(city: City) -> None:
    password = city.device("kept-again")
    plug = city.plug("kept-again", password=password)
    assert plug.connect()
    check_each_once(city, plug, say_many(plug, 3))
    plug.leave()
    lines = city.ingest.told("broker_back") + 3  # ingest, login, system
    city.broker.crash()
    city.broker.start()
    wait_for(lambda: city.ingest.told("broker_back") == lines)
    plug = city.plug("kept-again", password=password)
    assert plug.connect()
    at = datetime.now(UTC).replace(microsecond=0)
    plug.say("after", at=at)
    wait_for(lambda: "after" in city.taken_in(plug.code))


def test_two_at_once_take_in_each_message_once(city: City) -> None:
    city.ingest.start()  # beside the one that runs
    plugs = [city.plug(f"kept-two-{i}") for i in range(3)]
    assert all([plug.connect() for plug in plugs])
    said = [say_many(plug, 30) for plug in plugs]
    for plug, each in zip(plugs, said, strict=True):
        check_each_once(city, plug, each)


def test_a_database_that_is_away_for_a_while_costs_nothing_but_time(city: City) -> None:
    plug = city.plug("kept-database")
    assert plug.connect()
    connection.close()
    connection.close_pool()
    name = str(connection.settings_dict["NAME"])
    before = city.ingest.told("database_away")
    with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        said = say_many(plug, 20)
        wait_for(lambda: city.ingest.told("database_away") > before)
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("true")))
    check_each_once(city, plug, said)
