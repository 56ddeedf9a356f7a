"""Response ladders for a clock that runs fast: the same steps, with more time for each."""

from collections.abc import Mapping, Sequence

from anbu.care.alarms.rules import LADDERS, LONGEST_WAIT_S, Rung


def slower(times: float, ladders: Mapping[str, Sequence[Rung]] = LADDERS) -> str:
    """Return a policy file (TOML) in which each step may take so many times as long."""
    return "\n".join(
        f"[[{name}]]\n"
        f'do = "{rung.do}"\n'
        f"wait_s = {_longer(rung.wait_s, times)}\n"
        f"level = {int(rung.level)}\n"
        f"report_s = {_longer(rung.report_s, times)}\n"
        f'up = "{rung.up}"\n'
        for name, ladder in ladders.items()
        for rung in ladder
    )


def _longer(seconds: int, times: float) -> int:
    return min(round(seconds * times), LONGEST_WAIT_S)
