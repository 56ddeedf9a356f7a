"""Who may come in, and what they may say there."""

from datetime import UTC, datetime, timedelta

import pytest

from anbu.care.readings.actions import add_device, add_provider, revoke_device

from .conftest import City, wait_for

# The mark, not only a fixture that asks for the database: by it alone pytest-django makes one.
pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


def test_a_device_comes_in_with_its_own_password_and_no_other(city: City) -> None:
    password = city.device("door-own")
    assert city.plug("door-own", password=password).connect()
    assert not city.plug("door-own", password="a guess").connect()
    assert not city.plug("door-nobody", password=password).connect()


def test_a_device_may_not_use_the_client_id_of_another(city: City) -> None:
    first = city.plug("door-first")
    assert first.connect()
    second = city.plug("door-second", client_id="door-first")
    assert not second.connect()
    assert first.is_connected  # a second client of its id would have thrown it out


def test_a_code_with_a_wildcard_is_nobody(city: City) -> None:
    assert not city.plug(">", password="x").connect()
    assert not city.plug("door-*", password="x").connect()


def test_what_is_said_in_the_name_of_another_is_dropped(city: City) -> None:
    other, mine = city.plug("door-other"), city.plug("door-mine")
    assert mine.connect()
    mine.say("forged", at=NOW - timedelta(minutes=2), topic=f"signs/{other.code}")
    mine.say("honest", at=NOW - timedelta(minutes=1))
    wait_for(lambda: city.taken_in("door-mine") == ["honest"])
    wait_for(city.all_acknowledged)
    assert city.taken_in("door-other") == []


def test_a_body_that_names_another_device_is_set_aside(city: City) -> None:
    city.device("door-victim")
    mine = city.plug("door-liar")
    assert mine.connect()
    at = (NOW - timedelta(minutes=1)).isoformat()
    mine.send(f'{{"id": "lie", "device": "door-victim", "at": "{at}", "watts": 1}}')
    wait_for(lambda: city.quarantined("door-liar") == ["not_your_device"])
    assert city.taken_in("door-victim") == []


def test_a_broken_message_is_set_aside_and_the_next_one_is_heard(city: City) -> None:
    plug = city.plug("door-broken")
    assert plug.connect()
    plug.send("{")
    plug.send("")
    plug.send('{"id": "text", "at": "2026-11-21T22:40:00+09:00", "watts": "많이"}')
    plug.say("well", at=NOW - timedelta(minutes=1))
    wait_for(lambda: city.taken_in("door-broken") == ["well"])
    assert city.quarantined("door-broken") == ["malformed", "malformed", "not_a_number"]
    wait_for(city.all_acknowledged)


def test_a_revoked_device_is_thrown_out_and_stays_out(city: City) -> None:
    password = city.device("door-lost")
    plug = city.plug("door-lost", password=password)
    stays = city.plug("door-stays")
    assert plug.connect()
    assert stays.connect()
    revoke_device(code="door-lost", by="system:test", now=datetime.now(UTC))
    wait_for(lambda: not plug.is_connected, within=20)
    assert not city.plug("door-lost", password=password).connect()
    assert stays.is_connected


def test_a_revocation_nobody_heard_is_found_by_the_sweep(city: City) -> None:
    first = city.ingest.the_one()
    plug = city.plug("door-unheard")
    assert plug.connect()
    first.kill()
    first.wait()
    revoke_device(code="door-unheard", by="system:test", now=datetime.now(UTC))
    assert plug.is_connected
    city.ingest.start()
    wait_for(lambda: not plug.is_connected, within=20)


def test_a_door_contact_speaks_its_own_language(city: City) -> None:
    now = datetime.now(UTC)
    add_provider(code="doors", name="문", source="door", by="system:test", now=now)
    password = add_device(
        code="contact-1", household=city.household, provider="doors",
        interval=timedelta(hours=1), channels=["door"], by="system:test", now=now,
    )  # fmt: skip
    door, plug = city.plug("contact-1", password=password), city.plug("door-beside")
    assert door.connect()
    assert plug.connect()
    at = (now - timedelta(minutes=1)).isoformat()
    door.send(f'{{"id": "o", "at": "{at}", "event": "opened"}}')
    door.send(f'{{"id": "w", "at": "{at}", "watts": 5}}')
    plug.say("p", at=now - timedelta(minutes=1))
    wait_for(lambda: city.taken_in("contact-1") == ["o"] and city.taken_in("door-beside") == ["p"])
    wait_for(lambda: city.quarantined("contact-1") == ["malformed"])
