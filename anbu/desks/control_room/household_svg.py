"""Pictures of a home's days: an actogram, a year, the usual day, and when a rule would ring."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

LEFT, WIDTH = 74, 1440
WEEKDAYS = ("월", "화", "수", "목", "금", "토", "일")
MOSTLY = 12  # hours of a day that could not be seen: then nothing is said of it
SHADES = (0.0, 0.35, 0.6, 0.85)  # none, one sign, up to three, more


def actogram(days: Sequence[Any], *, now: datetime) -> str:
    """Draw two weeks, a row a day: the same hour lies under the same hour."""
    hour, row = (WIDTH - LEFT) / 24, 22
    parts = [_hours(hour, 14)]
    for nth, day in enumerate(days):
        y = 22 + row * nth
        parts.append(_text(LEFT - 8, y + 15, _date(day.on), "ax", "end"))
        for h in range(24):
            x, w = LEFT + hour * h, hour - 1.5
            if day.on == localtime(now).date() and h > localtime(now).hour:
                continue
            if day.blind[h]:
                parts.append(_hatch(x, y, w, row - 4))
                continue
            parts.append(f'<path class="base" d="{_box(x, y, w, row - 4)}"/>')
            shade = _shade(day.signs[h])
            if shade:
                parts.append(f'<path class="s" opacity="{shade}" d="{_box(x, y, w, row - 4)}"/>')
    words = _("최근 %(n)d일, 하루 한 줄. %(said)s") % {"n": len(days), "said": _days_said(days)}
    return _svg(WIDTH, 26 + row * len(days), "".join(parts), words)


def year(days: Sequence[Any]) -> str:
    """Draw a year, a dot a day at the hour of the first sign of the day."""
    height, step = 190, (WIDTH - LEFT) / max(len(days), 1)
    top, tall = 16, height - 44

    def y_of(minute: float) -> float:
        return top + tall * (minute - 240) / 1200

    parts = []
    for h in (4, 8, 12, 16, 20, 24):
        y = y_of(60 * h)
        parts.append(f'<path class="ln" d="M{LEFT} {y:.1f}h{WIDTH - LEFT}"/>')
        parts.append(_text(LEFT - 8, y + 4, _("%(n)d시") % {"n": h}, "ax", "end"))
    blind: list[str] = []
    for nth, day in enumerate(days):
        x = LEFT + step * nth
        if day.on.day == 1:
            said = _("%(n)d월") % {"n": day.on.month}
            parts.append(_text(x, height - 8, said, "ax", "start"))
            parts.append(f'<path class="mid" d="M{x:.1f} {top}v{tall}"/>')
        if day.first is not None:
            r = max(min(step / 2, 3.2), 1.4)
            parts.append(_dot(x + step / 2, y_of(day.first), r))
        elif _is_silent(day) and nth < len(days) - 1:  # today may still show one
            parts.append(
                f'<circle class="miss" cx="{x + step / 2:.1f}" cy="{top + tall - 5}" r="2.6"/>'
            )
        elif sum(day.blind) >= MOSTLY:
            blind.append(_hatch(x, top, max(step, 1), tall))
    words = _("최근 %(n)d일, 아침에 처음 움직인 때. %(said)s") % {
        "n": len(days),
        "said": _days_said(days),
    }
    words += " " + _("보았으나 신호가 없던 날 %(silent)d일, 볼 수 없던 날 %(blind)d일.") % {
        "silent": sum(_is_silent(day) for day in days[:-1]),
        "blind": sum(sum(day.blind) >= MOSTLY for day in days),
    }
    return _svg(WIDTH, height, "".join([*blind, *parts]), words)


def _is_silent(day: Any) -> bool:
    """Say whether a day was seen and showed no sign: blindness is another thing."""
    return not any(day.signs) and sum(day.blind) < MOSTLY


def usual_day(weekday: Sequence[float], weekend: Sequence[float]) -> str:
    """Draw in which hours a sign is usual: weekdays as bars, weekends as a line."""
    wide, top, tall = 720, 14, 120
    hour = (wide - 48) / 24
    parts = []
    for share in (0.5, 1.0):
        y = top + tall * (1 - share)
        parts.append(f'<path class="ln" d="M48 {y:.1f}H{wide}"/>')
        parts.append(_text(42, y + 4, f"{share:.0%}", "ax", "end"))
    for h, chance in enumerate(weekday):
        high = max(tall * chance, 0.5)
        box = _box(48 + hour * h + 1, top + tall - high, hour - 2, high)
        parts.append(f'<path class="r" d="{box}"/>')
        if h % 6 == 0:
            said = _("%(n)d시") % {"n": h}
            parts.append(_text(48 + hour * h, top + tall + 18, said, "ax", "start"))
    line = " ".join(
        f"{48 + hour * (h + 0.5):.1f},{top + tall * (1 - chance):.1f}"
        for h, chance in enumerate(weekend)
    )
    parts.append(f'<polyline class="wkend" points="{line}"/>')
    awake = [h for h, chance in enumerate(weekday) if chance >= 0.5]
    words = (
        _("평일에 신호가 흔한 때: %(hours)s") % {"hours": ", ".join(f"{h}–{h + 1}" for h in awake)}
        if awake
        else _("신호가 절반 넘게 오는 시간이 아직 없음")
    )
    return _svg(wide, top + tall + 26, "".join(parts), words)


def rings(found: Any) -> str:
    """Draw when two rules would have rung: the present one above, the other below."""
    top, row, height = 8, 34, 100
    span = max((found.until - found.since).total_seconds(), 1)

    def x_of(at: datetime) -> float:
        share: float = (at - found.since).total_seconds() / span
        return LEFT + (WIDTH - LEFT - 12) * min(max(share, 0), 1)

    parts = []
    rows = ((found.present, _("지금 기준")), (found.other, _("바꾼 기준")))
    for nth, (of, said) in enumerate(rows):
        y = top + row * nth + row / 2
        parts.append(_text(LEFT - 8, y + 4, said, "lab", "end"))
        parts.append(f'<path class="ln" d="M{LEFT} {y}H{WIDTH}"/>')
        for ring in of.rings:
            x = x_of(ring.at)
            if ring.level == "alarm":
                parts.append(f'<path class="ring" d="M{x:.1f} {y - 11}l9 17h-18z"/>')
            else:
                parts.append(f'<circle class="ask" cx="{x:.1f}" cy="{y}" r="5"/>')
    day = localtime(found.since).replace(hour=0, minute=0, second=0, microsecond=0)
    days = max(int(span // 86_400), 1)
    every = next(n for n in (1, 2, 7, 14, 30, 365) if days / n <= 12)
    for nth in range(1, days + 1):
        at = day + timedelta(days=nth)
        if nth % every == 0:
            x = x_of(at)
            parts.append(f'<path class="mid" d="M{x:.1f} {top}V{top + 2 * row}"/>')
            parts.append(_text(x, height - 10, f"{at.month}/{at.day}", "ax", "middle"))
    words = _("지금 기준 위기 %(a)d번, 바꾼 기준 위기 %(b)d번") % {
        "a": found.present.alarms,
        "b": found.other.alarms,
    }
    return _svg(WIDTH, height, "".join(parts), words)


def day_rows(days: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the days as a table: the date, and what was seen."""
    return [(_date(day.on), _day_said(day)) for day in reversed(days)]


def _day_said(day: Any) -> str:
    if not any(day.signs) and sum(day.blind) >= MOSTLY:
        return _("볼 수 없음")
    if not any(day.signs):
        return _("신호 없음")
    woke = f"{day.first // 60:02d}:{day.first % 60:02d}" if day.first is not None else _("없음")
    hours = sum(n > 0 for n in day.signs)
    return _("첫 신호 %(first)s · 신호가 있던 시간 %(n)d") % {"first": woke, "n": hours}


def _days_said(days: Sequence[Any]) -> str:
    firsts = sorted(day.first for day in days if day.first is not None)
    if not firsts:
        return _("신호 없음")
    middle = firsts[len(firsts) // 2]
    at = f"{middle // 60:02d}:{middle % 60:02d}"
    seen = sum(any(day.signs) for day in days)
    return _("신호가 있던 날 %(n)d일, 첫 신호는 보통 %(at)s.") % {"n": seen, "at": at}


def _date(on: Any) -> str:
    return f"{on.month}/{on.day} {_(WEEKDAYS[on.weekday()])}"


def _shade(signs: int) -> float:
    return SHADES[0 if not signs else 1 if signs == 1 else 2 if signs <= 3 else 3]


def _hours(hour: float, y: float) -> str:
    return "".join(
        _text(LEFT + hour * h, y, _("%(n)d시") % {"n": h}, "ax", "start") for h in range(0, 24, 3)
    )


def _hatch(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="hz" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" '
        f'height="{height:.1f}" fill="url(#ab-hatch)"/>'
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z"


def _dot(x: float, y: float, r: float) -> str:
    return f'<circle class="s" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'


def _text(x: float, y: float, text: str, name: str, anchor: str) -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(width: float, height: float, body: str, words: str) -> str:
    return (
        f'<svg class="strip" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img"><title>{escape(words)}</title>'
        f"{body}</svg>"
    )
