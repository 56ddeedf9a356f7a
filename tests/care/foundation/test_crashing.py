"""A crash point kills one process when a laboratory asks for it, and never without leave."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import anbu
from anbu.care.foundation.actions.crashing import POINTS

CODE = """
import importlib.util, os
spec = importlib.util.spec_from_file_location("crashing", os.environ["WHERE"])
crashing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(crashing)
crashing.crash_point("cry_claimed")
crashing.crash_point("cry_after_commit")
"""
WHERE = Path(anbu.__file__).parent / "care" / "foundation" / "actions" / "crashing.py"


def _end(**environment: str) -> int:
    command = [sys.executable, "-I", "-S", "-c", CODE]
    return subprocess.run(command, env={"WHERE": str(WHERE)} | environment).returncode


def test_an_armed_point_kills_one_process_and_is_spent(tmp_path: Path) -> None:
    (tmp_path / "cry_claimed").touch()
    asked = {"ANBU_CRASH_ALLOWED": "1", "ANBU_CRASH_FOLDER": str(tmp_path)}
    assert _end(**asked) == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []
    assert _end(**asked) == 0


def test_without_leave_nothing_dies(tmp_path: Path) -> None:
    (tmp_path / "cry_claimed").touch()
    assert _end(ANBU_CRASH_FOLDER=str(tmp_path), ANBU_CRASH_AT="cry_claimed") == 0
    assert list(tmp_path.iterdir()) == [tmp_path / "cry_claimed"]


def test_every_point_of_the_list_stands_in_the_code_once() -> None:
    said = [
        name
        for file in Path(anbu.__file__).parent.rglob("*.py")
        for name in re.findall(r'crash_point\("(\w+)"\)', file.read_text())
    ]
    assert sorted(said) == sorted(POINTS)
