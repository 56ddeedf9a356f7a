"""The rehearsal's own plugs at the real broker: what they were told is stored is committed."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from anbu.care.readings.actions import add_device
from anbu.lab import city as drawing
from anbu.lab import habits, speech
from anbu.lab.player import NotHeard, Plugs

from .conftest import City, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_plugs_of_a_rehearsal_are_heard_once_also_when_they_repeat_themselves(
    city: City,
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    drawn = drawing.plan(40, 3, now.astimezone(drawing.SEOUL))
    homes = [h for h in drawn.homes if all(m.supplier == drawing.DIRECT for m in h.machines)][:3]
    passwords = {m.code: _enrol(city, m, now) for home in homes for m in home.machines}
    until = now.timestamp()
    rows = habits.speak(drawn, homes, until - 3600, until)
    said = {(one.machine.code, f"{one.at:.0f}") for one in speech.messages(rows)}
    assert len({code for code, _ in said}) == len(passwords) >= 3

    async def talk(passwords: dict[str, str]) -> Plugs:
        voice = Plugs(
            drawing.DIRECT,
            drawn,
            homes,
            until - 3600,
            host="127.0.0.1",
            port=city.ports.mqtt,
            passwords=passwords,
        )
        try:
            await voice.speak_up(until)
        finally:
            await voice.close()
        return voice

    with pytest.raises(NotHeard, match="bad credentials|not authorized"):
        asyncio.run(talk(dict.fromkeys(passwords, "a guess")))
    assert [city.taken_in(code) for code in passwords] == [[]] * len(passwords)
    for _ in range(2):  # a player that forgot what it had said
        voice = asyncio.run(talk(passwords))
        assert (voice.acknowledged, voice.said_until) == (len(said), until)
    wait_for(city.all_acknowledged)
    heard = [(code, message) for code in passwords for message in city.taken_in(code)]
    assert sorted(heard) == sorted(said)
    assert all(
        len(city.moments(c)) == len(set(city.moments(c))) * _channels(homes, c) for c in passwords
    )


def _enrol(city: City, machine: drawing.Machine, now: datetime) -> str:
    return add_device(
        code=machine.code,
        household=city.household,
        provider="plugs",
        interval=timedelta(seconds=machine.interval_s),
        channels=list(machine.channels),
        by="system:test",
        now=now,
    )


def _channels(homes: list[drawing.Home], code: str) -> int:
    """Return how many readings one message of this plug holds."""
    return next(len(m.channels) for home in homes for m in home.machines if m.code == code)
