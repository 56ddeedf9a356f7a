"""The picture of a slow decline: the usual day under the recent one, and sixteen weeks as heat.

Pure drawing from weeks to SVG text. Colours are classes of concerns.css.
"""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from anbu.care.concerns.queries import HomeWeek

type Day = list[float | None]

SHADES = 8
DAY_W, DAY_H, TOP = 288, 76, 4
COLUMN = DAY_W / 24
ROW = 5.5
LEFT = 62  # of the heat: the words before the rows


def draw_days(weeks: Sequence["HomeWeek"], *, title: str) -> str:
    """Draw the usual day as columns and the recent one as a line, 288 x 94."""
    usual = _mean([week for week in weeks if not week.is_recent])
    recent = _mean([week for week in weeks if week.is_recent])
    most = max([share for share in (*usual, *recent) if share], default=0) or 1.0

    def y(share: float) -> float:
        return TOP + DAY_H * (1 - share / most)

    columns = "".join(
        f"M{hour * COLUMN + 1:.1f} {TOP + DAY_H}V{y(share):.1f}h{COLUMN - 2:.1f}V{TOP + DAY_H}z"
        for hour, share in enumerate(usual)
        if share
    )
    line, is_drawn = [], False
    for hour, share in enumerate(recent):
        if share is None:
            is_drawn = False
            continue
        line.append(f"{'L' if is_drawn else 'M'}{hour * COLUMN:.1f} {y(share):.1f}h{COLUMN:.1f}")
        is_drawn = True
    body = (
        f'<path class="cu" d="{columns}"/><path class="cn" d="{"".join(line)}"/>'
        f'<path class="cx" d="M0 {TOP + DAY_H}h{DAY_W}"/>{_hours(0, TOP + DAY_H + 13)}'
    )
    return _svg(DAY_W, TOP + DAY_H + 16, body, title)


def draw_weeks(weeks: Sequence["HomeWeek"], *, title: str) -> str:
    """Draw a row a week, the oldest on top, an hour of the day a cell; unseen hours hatched."""
    most = max((share for week in weeks for share in week.share if share), default=0) or 1.0
    shades: dict[int, list[str]] = defaultdict(list)
    unseen = []
    split = sum(not week.is_recent for week in weeks)
    for nth, week in enumerate(weeks):
        top = TOP + nth * ROW + (3 if week.is_recent else 0)
        for hour, share in enumerate(week.share):
            cell = f"M{LEFT + hour * COLUMN:.1f} {top:.1f}h{COLUMN - 0.6:.1f}v{ROW - 0.6:.1f}"
            cell += f"h-{COLUMN - 0.6:.1f}z"
            if share is None:
                unseen.append(cell)
            elif share > 0:
                shades[max(1, round(SHADES * share / most))].append(cell)
    height = TOP + len(weeks) * ROW + 3
    cells = "".join(
        f'<path class="cs" opacity="{shade / SHADES:.3g}" d="{"".join(some)}"/>'
        for shade, some in sorted(shades.items())
    )
    hidden = f'<path class="hz" fill="url(#ab-hatch)" d="{"".join(unseen)}"/>' if unseen else ""
    edge = TOP + split * ROW + 1
    words = (
        f'<text x="{LEFT - 6}" y="{TOP + 9}" text-anchor="end">{_("12주 전")}</text>'
        f'<text x="{LEFT - 6}" y="{edge + 13}" text-anchor="end">{_("최근 4주")}</text>'
        f'<path class="cx" d="M{LEFT - 58} {edge:.1f}H{LEFT + DAY_W}"/>'
    )
    body = cells + hidden + words + _hours(LEFT, height + 12)
    return _svg(LEFT + DAY_W, height + 15, body, title)


def _mean(weeks: Sequence["HomeWeek"]) -> Day:
    day: Day = []
    for hour in range(24):
        known = [share for week in weeks if (share := week.share[hour]) is not None]
        day.append(sum(known) / len(known) if known else None)
    return day


def _hours(left: float, baseline: float) -> str:
    anchors = {0: "start", 24: "end"}
    return "".join(
        f'<text x="{left + hour * COLUMN:.0f}" y="{baseline:.0f}" '
        f'text-anchor="{anchors.get(hour, "middle")}">{hour}</text>'
        for hour in (0, 6, 12, 18, 24)
    )


def _svg(width: float, height: float, body: str, title: str) -> str:
    return (
        f'<svg class="cw" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(title)}">{body}</svg>'
    )
