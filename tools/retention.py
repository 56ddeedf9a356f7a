"""Writes docs/retention.md from the table of retention: the page can never say otherwise."""

from pathlib import Path

from anbu.config.retention_table import TABLE

FILE = Path(__file__).resolve().parent.parent / "docs" / "retention.md"
HEAD = """\
<!-- Written by `make retention` from anbu/config/retention_table.py: change that table. -->
# How long what is kept (보관 기간)
`anbu retention run` takes away what is over its time, once a day by the operator's timer; \
`--dry-run` only counts. Each run leaves a trace for each kind of data (`run_retention`). \
Counts by dong and month are written in the same transaction in which the rows go; \
they name nobody. A figure below five must be hidden wherever it is published.

The days are our defaults: no source prescribes them except the two years of the traces.

| 자료 | name | 근거 | 보관 | 남는 것 |
|---|---|---|---|---|
"""


def text() -> str:
    """Return the page."""
    rows = []
    for keep in TABLE:
        days = f"{keep.days}일" if keep.days else "지우지 않음"
        days += " (시계가 늘 지움)" if keep.by_clock else ""
        days += f" (적어도 {keep.least}일)" if keep.least else ""
        rows.append(f"| {keep.label} | `{keep.name}` | {keep.basis} | {days} | {keep.left} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
