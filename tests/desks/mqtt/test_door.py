"""Who may come in, and what they may say there."""

from datetime import UTC, datetime, timedelta

from anbu.care.readings.actions import revoke_device

from .conftest import City, wait_for

NOW = datetime.now(UTC)


def test_a_device_comes_in_with_its_own_password_and_no_other(serving: City) -> None:
    password = serving.device("door-own")
    assert serving.plug("door-own", password=password).connect()
    assert not serving.plug("door-own", password="a guess").connect()
    assert not serving.plug("door-nobody", password=password).connect()


def test_a_device_may_not_use_the_client_id_of_another(serving: City) -> None:
    first = serving.plug("door-first")
    assert first.connect()
    second = serving.plug("door-second", client_id="door-first")
    assert not second.connect()
    assert first.is_connected  # a second client of its id would have thrown it out
    first.leave()


def test_a_code_with_a_wildcard_is_nobody(serving: City) -> None:
    assert not serving.plug(">", password="x").connect()
    assert not serving.plug("door-*", password="x").connect()


def test_what_is_said_in_the_name_of_another_is_dropped(serving: City) -> None:
    other, mine = serving.plug("door-other"), serving.plug("door-mine")
    assert mine.connect()
    mine.say("forged", at=NOW - timedelta(minutes=2), topic=f"signs/{other.code}")
    mine.say("honest", at=NOW - timedelta(minutes=1))
    wait_for(lambda: serving.taken_in("door-mine") == ["honest"])
    wait_for(serving.all_acknowledged)
    assert serving.taken_in("door-other") == []
    mine.leave()


def test_a_body_that_names_another_device_is_set_aside(serving: City) -> None:
    serving.device("door-victim")
    mine = serving.plug("door-liar")
    assert mine.connect()
    at = (NOW - timedelta(minutes=1)).isoformat()
    mine.send(f'{{"id": "lie", "device": "door-victim", "at": "{at}", "watts": 1}}')
    wait_for(lambda: serving.quarantined("door-liar") == ["not_your_device"])
    assert serving.taken_in("door-victim") == []
    mine.leave()


def test_a_broken_message_is_set_aside_and_the_next_one_is_heard(serving: City) -> None:
    plug = serving.plug("door-broken")
    assert plug.connect()
    plug.send("{")
    plug.send("")
    plug.send('{"id": "text", "at": "2026-11-21T22:40:00+09:00", "watts": "많이"}')
    plug.say("well", at=NOW - timedelta(minutes=1))
    wait_for(lambda: serving.taken_in("door-broken") == ["well"])
    assert serving.quarantined("door-broken") == ["malformed", "malformed", "not_a_number"]
    wait_for(serving.all_acknowledged)
    plug.leave()


def test_a_revoked_device_is_thrown_out_and_stays_out(serving: City) -> None:
    password = serving.device("door-lost")
    plug = serving.plug("door-lost", password=password)
    stays = serving.plug("door-stays")
    assert plug.connect()
    assert stays.connect()
    revoke_device(code="door-lost", by="system:test", now=datetime.now(UTC))
    wait_for(lambda: not plug.is_connected, within=5)
    plug.leave()
    assert not serving.plug("door-lost", password=password).connect()
    assert stays.is_connected
    stays.leave()


def test_a_revocation_nobody_heard_is_found_by_the_sweep(city: City) -> None:
    first = city.ingest.start()
    plug = city.plug("door-unheard")
    assert plug.connect()
    first.kill()
    first.wait()
    revoke_device(code="door-unheard", by="system:test", now=datetime.now(UTC))
    assert plug.is_connected
    city.ingest.start()
    wait_for(lambda: not plug.is_connected, within=5)
    plug.leave()
    city.ingest.stop()
