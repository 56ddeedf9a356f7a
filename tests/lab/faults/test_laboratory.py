"""A real city is broken for some minutes and loses nothing; one that lies is found out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.laboratory

LIARS = Path(__file__).parent / "lies"
PATIENCE = 3  # other tests run beside: what is lost or missed counts, not how long it took
RUN = [sys.executable, "-m", "anbu.cli", "lab", "run"]
LIE = """
living = 20
plugs = 0
silent = 4
waking = 0
settles_s = 4
[faults]
stop_web = 1
"""


def _run(scenario: str, **environment: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*RUN, scenario, "--json", f"--patience={PATIENCE}"],
        env={name: value for name, value in os.environ.items() if not name.startswith("ANBU_")}
        | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.stdout, done.stderr[-3000:]
    print(done.stderr[-6000:])
    return done.returncode, json.loads(done.stdout)


def test_a_city_that_is_broken_sixty_times_loses_nothing_and_misses_nobody() -> None:
    code, told = _run("short")
    assert told["missed"] == told["doubled"] == told["false"] == 0, told
    assert told["found"] == told["acked"] > 500, told
    assert told["raised"] == told["deadlines_due"] > 50, told
    assert told["faults_survived"] == told["faults_tried"] >= 50, told
    assert told["crashes"] >= 20, "it must have come to real crashes"
    assert (told["broken"], told["ok"], code) == ({}, True, 0), told
    waits = [row["told_max_s"] for row in told["kinds"].values() if "told_max_s" in row]
    assert waits, "people must have been told of a standstill"
    assert max(waits) <= 60


def test_a_city_that_lies_is_found_out(tmp_path: Path) -> None:
    file = tmp_path / "lie.toml"
    file.write_text(LIE)
    path = os.pathsep.join(filter(None, (str(LIARS), os.environ.get("PYTHONPATH"))))
    code, told = _run(str(file), PYTHONPATH=path, LAB_LIES="1")
    assert (code, told["ok"]) == (1, False)
    assert 0 < told["found"] < told["acked"], "acknowledged before the commit"
    assert 0 < told["raised"] < told["deadlines_due"], "a claim was skipped"
    assert told["missed"] == told["deadlines_due"] - told["raised"]
    assert told["faults_survived"] == told["faults_tried"] == 1
