"""Read what pip-audit found: a known hole fails, and so does a package it could not look up."""

import json
import sys
from pathlib import Path


def main(file: str) -> int:
    """Tell of each package with a hole or without an answer; return how the run ends."""
    text = Path(file).read_text()
    if not text.strip():
        print("anbu: nothing could be looked up: no list of known holes is reachable")
        return 1
    told = json.loads(text)["dependencies"]
    skipped = [each["name"] for each in told if "skip_reason" in each]
    holes = [(each["name"], hole["id"]) for each in told for hole in each.get("vulns", ())]
    for name, hole in holes:
        print(f"anbu: {name}: {hole}")
    if skipped:
        print(
            f"anbu: {len(skipped)} of {len(told)} packages could not be looked up, as {skipped[0]}"
        )
    if not told or skipped or holes:
        return 1
    print(f"anbu: {len(told)} packages looked up, no known hole")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
