"""A consent taken back is heard by an ingest that runs already, and by a twin beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from anbu.care.people.actions import give_consent, withdraw_consent

from .conftest import City, column, wait_for

# The mark, not only a fixture that asks for the database: by it alone pytest-django makes one.
pytestmark = pytest.mark.django_db(transaction=True)
BY = "system:test"
MOST_S = 60  # the law of this house: so long after the word nothing more is taken in


def test_a_withdrawal_stops_a_running_ingest_within_a_minute_and_a_new_yes_lets_it_hear(
    city: City,
) -> None:
    plug = city.plug("consent-line")
    assert plug.connect()
    at = datetime.now(UTC) - timedelta(minutes=30)
    plug.say("before", at=at)
    wait_for(lambda: city.taken_in(plug.code) == ["before"])
    process = city.ingest.the_one()

    said = datetime.now(UTC)
    withdraw_consent(household=city.household, kind="monitoring", by=BY, now=said)
    plug.say("after", at=at + timedelta(minutes=1))
    wait_for(lambda: city.quarantined(plug.code) == ["no_consent"])
    (refused,) = column("SELECT received_at FROM readings_quarantine WHERE message = 'after'")
    assert timedelta() <= refused - said < timedelta(seconds=MOST_S)
    assert [bytes(body) for body in column("SELECT body FROM readings_quarantine")] == [b""]
    assert city.moments(plug.code) == [at]
    assert plug.is_connected  # the broker is not told why: the device may not be at fault

    now = datetime.now(UTC)
    give_consent(household=city.household, kind="monitoring", obtained_how="방문", by=BY, now=now)
    plug.say("remembered", at=at + timedelta(minutes=2))
    plug.say("again", at=datetime.now(UTC))
    wait_for(lambda: city.taken_in(plug.code) == ["again", "before"])
    assert city.quarantined(plug.code) == ["no_consent"] * 2  # the time between stays unheard
    wait_for(city.all_acknowledged)
    assert city.ingest.the_one() is process  # nobody had to start it anew
    assert process.poll() is None
