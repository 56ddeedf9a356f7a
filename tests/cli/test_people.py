"""Letting providers, devices and staff in by command."""

import pytest
from click.testing import CliRunner

from anbu.care.readings.models import Device, Watch
from anbu.cli import people
from tests.care.alarms.world import MONDAY, make_world


def say(command, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, words)
    return done.exit_code, done.output.strip()


@pytest.mark.django_db
def test_a_provider_and_its_late_meter_are_let_in():
    home = make_world().home(still_at=MONDAY)
    code, secret = say(people.provider, "add", "utility", "--name", "전력", "--source", "ami_meter")
    assert (code, secret[:6]) == (0, "whsec_")
    assert say(people.provider, "add", "utility", "--name", "전력", "--source", "ami_meter")[0] == 1
    code, renewed = say(people.provider, "rotate", "utility")
    assert code == 0
    assert renewed != secret

    words = ["add", "meter-1", "--household", str(home), "--provider", "utility"]
    words += ["--interval", "3600", "--lag", "115200", "--channel", "energy_wh"]
    code, password = say(people.device, *words)
    assert code == 0
    assert len(password) > 20
    assert Device.objects.get(code="meter-1").lag.total_seconds() == 115200
    assert Watch.objects.get(household=home).blind_after_s == 6 * 6 * 3600  # its plug is quicker


@pytest.mark.django_db
def test_an_unknown_channel_is_refused_in_words():
    home = make_world().home(still_at=MONDAY)
    words = ["add", "x-1", "--household", str(home), "--provider", "plugs", "--channel", "smell"]
    code, said = say(people.device, *words)
    assert code == 1
    assert "smell" in said
    assert not Device.objects.filter(code="x-1").exists()


@pytest.mark.django_db
def test_rotating_an_unknown_provider_is_one_line():
    code, said = say(people.provider, "rotate", "nobody")
    assert code == 1
    assert said == "Error: nobody: no such provider"


@pytest.mark.django_db
def test_of_where_a_colleague_lives_only_the_road_is_kept():
    make_world()
    words = ["lives", "lee", "--dong", "1162058500", "--address", "관악구 은천로00길 12, 302호"]
    assert say(people.user, *words) == (0, "lee: 은천로00길")
    code, said = say(people.user, "lives", "lee", "--dong", "1162058500", "--address", "어딘가")
    assert code == 1
    assert "도로명주소" in said
