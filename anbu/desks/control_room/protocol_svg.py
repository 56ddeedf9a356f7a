"""Two ladders as lines of steps over the same minutes: the present one above, the new one below."""

from collections.abc import Sequence
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from . import protocol_words, words

LEFT, WIDE, RIGHT = 76, 780, 150
LINE_H, LABEL_H, TOP = 96, 17, 30
NEAR = 92  # two labels closer than this stand in different rows
ROWS = 3
HOUR_S = 3600


def ladders(present: Sequence[Any], draft: Sequence[Any]) -> str:
    """Draw when each step begins if nobody acts, in hours and minutes from the signal."""
    longest = max(_starts(present)[-1], _starts(draft)[-1], HOUR_S)
    height = TOP + 2 * LINE_H + 10
    parts = [_axis(longest, height)]
    said = []
    for nth, (name, rungs) in enumerate(((_("지금"), present), (_("새것"), draft))):
        y = TOP + nth * LINE_H + 24
        parts.append(f'<text class="pl-name" x="0" y="{y + 5}">{escape(name)}</text>')
        end = _x(_starts(rungs)[-1], longest)
        parts.append(f'<path class="pl-line" d="M{LEFT} {y}H{end:.0f}"/>')
        parts += _dots(rungs, longest, y)
        said.append(f"{name}: " + ", ".join(_said(rungs)))
    label = escape(" / ".join(said))
    box = f"0 0 {LEFT + WIDE + RIGHT} {height}"
    return f'<svg class="pl" viewBox="{box}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _axis(longest: int, height: int) -> str:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 48) if longest / (s * HOUR_S) <= 9 or s == 48)
    parts = []
    for hour in range(0, longest // HOUR_S + 1, step):
        x = _x(hour * HOUR_S, longest)
        parts.append(f'<path class="pl-grid" d="M{x:.0f} {TOP - 10}V{height - 4}"/>')
        text = _("%(n)d시간") % {"n": hour}
        parts.append(f'<text class="pl-axis" x="{x:.0f}" y="{TOP - 14}">{escape(text)}</text>')
    return "".join(parts)


def _dots(rungs: Sequence[Any], longest: int, y: int) -> list[str]:
    """Return a mark and a label for each step; the graver, the larger and the more corners."""
    parts: list[str] = []
    ends: list[float] = [-NEAR] * ROWS
    for rung, start in zip(rungs, _starts(rungs), strict=True):
        x = _x(start, longest)
        row = next((n for n in range(ROWS) if x - ends[n] >= NEAR), ends.index(min(ends)))
        ends[row] = x
        parts.append(_mark(int(rung.level), x, y))
        text = f"{protocol_words.step(rung)} {_clock(start)}"
        at = y + 24 + row * LABEL_H
        parts.append(f'<text class="pl-step" x="{x - 7:.0f}" y="{at}">{escape(text)}</text>')
    return parts


def _mark(level: int, x: float, y: int) -> str:
    if level == 1:
        return f'<circle class="pl-1" cx="{x:.0f}" cy="{y}" r="6"/>'
    if level == 2:
        return f'<path class="pl-2" d="M{x:.0f} {y - 9}l9 9l-9 9l-9-9z"/>'
    return f'<path class="pl-3" d="M{x - 9:.0f} {y - 9}h18v18h-18z"/>'


def _said(rungs: Sequence[Any]) -> list[str]:
    return [
        f"{_clock(start)} {protocol_words.step(rung)} ({words.LEVELS[int(rung.level)]})"
        for rung, start in zip(rungs, _starts(rungs), strict=True)
    ]


def _starts(rungs: Sequence[Any]) -> list[int]:
    """Return when each step begins [s]."""
    starts, at = [], 0
    for rung in rungs:
        starts.append(at)
        at += rung.wait_s
    return starts


def _clock(seconds: int) -> str:
    return f"{seconds // HOUR_S}:{seconds % HOUR_S // 60:02d}"


def _x(seconds: int, longest: int) -> float:
    return LEFT + 10 + (WIDE - 10) * seconds / longest
