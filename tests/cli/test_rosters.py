"""A roster is loaded by a command: all of it, or nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from anbu.care.foundation.models import Trace
from anbu.care.rosters.models import Turn
from anbu.cli.data import load
from tests.care.alarms.world import HERE, World, make_world
from tests.care.rosters.test_rosters import NOW
from tests.desks.control_room.conftest import StandingClock

HEADER = "날짜,시작,끝,아이디,구분,순서\n"


@pytest.fixture
def world(db: None, settings) -> World:
    settings.CLOCK = StandingClock(NOW)
    return make_world()


def loaded(file: Path, text: str, *more: str) -> tuple[int, str]:
    file.write_text(HEADER + text, "utf-8")
    result = CliRunner().invoke(load, ["roster", str(file), *more])
    return result.exit_code, result.output


def test_a_roster_is_loaded_for_the_centre_or_a_dong(world: World, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    code, said = loaded(file, "2026-11-24,18:00,09:00,moon,,\n2026-11-25,18:00,09:00,lee,,\n")
    assert code == 1
    assert "roster.csv:3: 이 자리에서 일하는 분의 아이디가 아닙니다." in said
    assert not Turn.objects.exists()
    assert loaded(file, "2026-11-24,18:00,09:00,moon,호출대기,1\n")[0] == 0
    assert loaded(file, "2026-11-24,09:00,18:00,lee,,\n", "--dong", HERE)[0] == 0
    assert {turn.post for turn in Turn.objects.all()} == {world.operator.post, world.planner.post}
    assert loaded(file, "", "--dong", "1")[0] == 1
    assert loaded(file, "")[0] == 1
    assert Trace.objects.filter(verb="bring_in_roster").count() == 2
