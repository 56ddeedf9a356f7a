"""A file that leaves by command keeps the rules of the desk."""

import pytest
from click.testing import CliRunner

from anbu.care.exports import actions
from anbu.care.exports.models import Export
from anbu.care.foundation.models import Trace
from anbu.care.foundation.queries import now
from anbu.cli import exports
from tests.care.alarms.world import MONDAY, make_world
from tests.care.exports.test_exports import take_on


def say(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(exports.export, words)
    return done.exit_code, done.output.strip()


@pytest.mark.django_db
def test_a_file_is_asked_for_allowed_and_fetched_by_command(tmp_path):
    world = make_world()
    world.home(still_at=MONDAY)
    take_on("boho", "privacy_officer")
    asked = ("ask", "homes", "--reason", "반찬 나눔에 쓸 명단", "--by", "lee")
    code, id = say(*asked)
    assert code == 0
    assert say("allow", id, "--by", "lee")[0] == 1
    assert say("allow", id, "--by", "nobody")[0] == 1
    assert say("allow", id, "--by", "boho")[0] == 0
    assert actions.make(export=Export.objects.get().pk, now=now())
    assert "ready" in say("list", "--by", "lee")[1]
    code, told = say("fetch", id, "--by", "lee", "--to", str(tmp_path))
    file, password = told.splitlines()
    assert (tmp_path / file).stat().st_mode & 0o777 == 0o600
    assert len(password) == 23
    assert say("fetch", id, "--by", "lee", "--to", str(tmp_path))[1].count("\n") == 0
    assert say("fetch", id, "--by", "boho", "--to", str(tmp_path))[0] == 1
    trace = Trace.objects.get(verb="ask_export")
    assert trace.source.startswith("terminal:")
