"""A city's own words are loaded by a command, and what went out by them is counted."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Message
from anbu.cli.data import load
from anbu.lab.rude import Desk
from tests.care.alarms.test_ways import NIGHT, gateways
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import StandingClock


@pytest.fixture
def world(db: None, settings) -> World:
    settings.CLOCK = StandingClock(NIGHT)
    return make_world()


def loaded(file: Path, text: str) -> tuple[int, str]:
    file.write_text(text, "utf-8")
    result = CliRunner().invoke(load, ["templates", str(file)])
    return result.exit_code, result.output


def test_words_are_loaded_refused_and_counted_when_they_went_out(world, tmp_path: Path) -> None:
    file = tmp_path / "words.toml"
    good = '[silence]\ntext = "[안부] {이름} 님, 괜찮으신가요?"\nways = ["gateway2"]\n'
    assert loaded(file, good) == (0, "silence/1: SMS, 65 bytes\n")
    assert loaded(file, good) == (0, "nothing new\n")
    code, said = loaded(file, '[silence]\ntext = "{주소}"\n')
    assert code == 1
    assert "모르는 자리 {주소}" in said
    world.silent(at=NIGHT, tier="low")
    message = Message.objects.get()
    with gateways(gateway=Desk(), gateway2=Desk()) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
    told = Client().get("/metrics").content.decode()
    assert 'anbu_letters_day{state="sent",way="gateway2"} 1.0' in told
    assert 'anbu_messages_day{status="sent"} 1.0' in told
    assert "anbu_outbox_waiting 0.0" in told
