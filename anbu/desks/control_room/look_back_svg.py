"""The picture of a look back: a row for each source, an hour each column, blind hours hatched."""

from collections import defaultdict
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .look_back_said import lane as lane_name

if TYPE_CHECKING:
    from anbu.care.alarms.queries import LookBackPage
    from anbu.care.alarms.rules import Cell

LEFT, WIDTH, ROW, TOP = 132, 1440, 30, 34
HOUR = timedelta(hours=1)
EVERY = (1, 2, 3, 6, 12, 24)  # hours between two moments on the axis


def picture(page: "LookBackPage") -> str:
    """Draw it: bars are life signs, dots what was done, hatched what could not be seen."""
    wide = (WIDTH - LEFT) / page.window.hours
    high = TOP + ROW * len(page.lanes) + 8
    parts = [_axis(page, wide, high)]
    rows = {lane.key: TOP + ROW * nth for nth, lane in enumerate(page.lanes)}
    for lane in page.lanes:
        y = rows[lane.key]
        parts.append(_text(LEFT - 8, y + 19, lane_name(lane), "lab", "end"))
        parts.append(f'<path class="ln" d="M{LEFT} {y + ROW - 3}H{WIDTH}"/>')
    for cell in page.cells:
        x, y = LEFT + wide * cell.nth, rows[cell.lane]
        parts.append(_cell(cell, x, y, wide))
    for at, name in ((page.row.last_sign_at, "due"), (page.row.found_at, "now")):
        if at is not None and page.window.has(at):
            x = LEFT + wide * ((at - page.window.since) / HOUR)
            parts.append(f'<path class="{name}" d="M{x:.1f} {TOP - 6}V{high - 6}"/>')
    return (
        f'<svg class="strip look-back" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" '
        f'height="{high}" role="img"><title>{escape(_said(page))}</title>{"".join(parts)}</svg>'
    )


def _axis(page: "LookBackPage", wide: float, high: float) -> str:
    every = next((n for n in EVERY if n * wide >= 64), 24)
    parts = []
    for nth in range(page.window.hours):
        at = localtime(page.window.since + nth * HOUR)
        x = LEFT + wide * nth
        if at.hour == 0:
            parts.append(f'<path class="mid" d="M{x:.1f} {TOP - 4}V{high - 6}"/>')
            if x < WIDTH - 40 and (every < 24 or at.day % max(1, round(48 / (24 * wide))) == 0):
                parts.append(_text(x + 3, 12, f"{at.month}/{at.day}", "ax day", "start"))
        if every < 24 and at.hour % every == 0 and x < WIDTH - 30:
            parts.append(_text(x + 3, 27, _("%(n)d시") % {"n": at.hour}, "ax", "start"))
    return "".join(parts)


def _cell(cell: "Cell", x: float, y: float, wide: float) -> str:
    parts = []
    if cell.held:
        hatch = 'class="hz" fill="url(#ab-hatch)"' if "blind" in cell.held else 'class="m1"'
        parts.append(
            f'<rect {hatch} x="{x:.1f}" y="{y + 3}" width="{max(wide, 0.8):.1f}" '
            f'height="{ROW - 6}"/>'
        )
    if cell.lane.startswith("feed:"):
        signs = sum(fact.n for fact in cell.facts if fact.what == "signs")
        if signs:
            tall = min(8 + 2 * signs, ROW - 8)
            parts.append(
                f'<rect class="s" x="{x + wide * 0.1:.1f}" y="{y + ROW - 3 - tall}" '
                f'width="{max(wide * 0.8, 1):.1f}" height="{tall}"/>'
            )
        elif cell.facts:
            parts.append(f'<path class="idle" d="M{x:.1f} {y + ROW - 6}h{wide:.1f}"/>')
    elif cell.facts:
        parts.append(_mark(cell, x + wide / 2, y + ROW / 2))
    return "".join(parts)


def _mark(cell: "Cell", x: float, y: float) -> str:
    """Return a mark that is told by its shape: a call that was not answered is a cross."""
    whats = {fact.what for fact in cell.facts}
    told = {code for fact in cell.facts for code in fact.told}
    if whats & {"alarm", "found_alarm", "due", "raised"}:
        return f'<path class="s" d="M{x:.1f} {y - 8}l8 14h-16z"/>'
    if told & {"no_answer", "bad_number", "failed", "expired"}:
        return f'<path class="cross" d="M{x - 5:.1f} {y - 5}l10 10m0 -10l-10 10"/>'
    return f'<circle class="miss" cx="{x:.1f}" cy="{y}" r="5"/>'


def _said(page: "LookBackPage") -> str:
    by: dict[str, int] = defaultdict(int)
    for cell in page.cells:
        by[cell.lane] += bool(cell.facts)
    told = ", ".join(
        f"{lane_name(lane)} {_('%(n)d시간') % {'n': by[lane.key]}}" for lane in page.lanes
    )
    return _(
        "%(hours)d시간 동안 자료마다 무엇인가 알던 시간: %(told)s. 아래 표에 다 적혀 있습니다."
    ) % {
        "hours": page.window.hours,
        "told": told,
    }


def _text(x: float, y: float, text: str, name: str, anchor: str) -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )
