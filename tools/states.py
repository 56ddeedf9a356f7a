"""Write docs/states.md from the tables that the code runs on: the diagram is never typed twice."""

from pathlib import Path

from anbu.care.alarms import rules
from anbu.care.rounds import rules as rounds

FILE = Path(__file__).resolve().parent.parent / "docs" / "states.md"


def text() -> str:
    """Return the page, made from the state table and the outcome groups."""
    lines = [
        "# States",
        "",
        "Written by `make states` from `anbu/care/alarms/rules/alarm.py`; change that, not this.",
        "",
        "## The life of an alarm (위기신호)",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {rules.State.RAISED.value}",
    ]
    for state, following in rules.NEXT.items():
        after = [each for each in rules.State if each in following]
        lines += [f"    {state.value} --> {each.value}" for each in after]
        if not following:
            lines.append(f"    {state.value} --> [*]")
    lines += ["```", "", "| state | open | may become |", "|---|---|---|"]
    for state in rules.State:
        following = ", ".join(f"`{s.value}`" for s in rules.State if s in rules.NEXT[state])
        is_open = "yes" if state in rules.OPEN else "no"
        lines.append(f"| `{state.value}` | {is_open} | {following or 'nothing'} |")
    lines += ["", "## How an alarm may end", "", "| group | outcomes |", "|---|---|"]
    for group, outcomes in rules.OUTCOME_GROUPS.items():
        lines.append(f"| {group} | {', '.join(f'`{o.value}`' for o in outcomes)} |")
    lines += ["", "## How one cause for many homes may end", ""]
    lines += ["| outcome | chosen by |", "|---|---|"]
    for outcome in rules.GroupOutcome:
        chosen = "a person" if outcome in rules.GROUP_OUTCOMES else "nobody: it was over by itself"
        lines.append(f"| `{outcome.value}` | {chosen} |")
    lines += ["", "## A call about a home that is not in the register (걸려 온 전화)", ""]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> taken"]
    for call, then in rules.CALL_NEXT.items():
        lines += [f"    {call.value} --> {each.value}" for each in rules.CallState if each in then]
        lines += [] if then else [f"    {call.value} --> [*]"]
    lines += ["```"]
    lines += [
        "",
        "## The life of a message (문자)",
        "",
        "What follows what: [effects.md](effects.md).",
    ]
    lines += ["", "```mermaid", "stateDiagram-v2", "    [*] --> waiting", "    [*] --> queued"]
    for status, after in rules.MESSAGE_NEXT.items():
        lines += [f"    {status} --> {each}" for each in rules.MESSAGE_NEXT if each in after]
        lines += [] if after else [f"    {status} --> [*]"]
    lines += ["    sent --> answered", "    delivered --> answered", "```"]
    lines += [
        "",
        "## The life of a field job (현장 출동)",
        "",
        "Told by its moments; a link dies with",
    ]
    lines += ["it: decision 0040.", "", "```mermaid", "stateDiagram-v2", "    [*] --> sent"]
    for job, then in rules.JOB_NEXT.items():
        lines += [f"    {job.value} --> {each.value}" for each in rules.JobState if each in then]
        lines += [] if then else [f"    {job.value} --> [*]"]
    lines += ["```", "", "## A worker behind a door (방문)", ""]
    lines += ["The clock and the worker move it until it is red; from there a person does:"]
    lines += ["decision 0051.", "", "```mermaid", "stateDiagram-v2", "    [*] --> inside"]
    for stage, onward in rounds.NEXT.items():
        lines += [f"    {stage.value} --> {each.value}" for each in rounds.Stage if each in onward]
        lines += [] if onward else [f"    {stage.value} --> [*]"]
    return "\n".join([*lines, "```"]) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text())
    print(f"wrote {FILE}")
