"""The life-sign strip (생활신호 띠): a pure drawing from a Strip to SVG text.

From bottom to top: the usual rhythm; the hours that should have had life, coloured by level;
what could not be seen, hatched; the signs; the people who called; silence, now and deadline.
Colours are classes of strip.css, so that one drawing serves day, night and print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from . import strip_words
from .strip_icons import LANE_ICONS, PEOPLE_ICON

if TYPE_CHECKING:
    from anbu.care.alarms.queries import PeopleMark
    from anbu.care.readings.queries import Lane, Strip

AHEAD_HOURS = 6  # so much of what should come is shown where there is no strip at all
SHADES = 12  # opacities are rounded to so many steps: one path each, not one per hour

type Span = tuple[float, float]  # minutes from the strip's start


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where the drawing lies: all x come from minutes, all y from lanes."""

    x0: float
    width: float
    top: float
    bottom: float
    minutes: float

    def x(self, minute: float) -> float:
        """Return the x of a minute, held inside the frame."""
        return self.x0 + self.width * min(max(minute, 0), self.minutes) / self.minutes

    @property
    def height(self) -> float:
        """Return the height of the whole field."""
        return self.bottom - self.top


def draw_row(strip: Strip | None, people: Sequence[PeopleMark] = ()) -> str:
    """Draw the small strip of a queue row, 286 x 43."""
    frame = Frame(x0=0, width=286, top=2, bottom=41, minutes=_minutes(strip))
    if strip is None or not strip.lanes:
        return _svg(
            286,
            43,
            _hatch(frame.x0, frame.top, frame.width, frame.height),
            strip_words.sentence(strip),
        )
    lanes = strip.lanes[:3]
    step = 24 / len(lanes)
    unseen = blind_everywhere(strip)
    body = [_rhythm(strip, frame, unseen), _midnights(strip, frame), _blind_all(unseen, frame)]
    for number, lane in enumerate(lanes):
        middle = 7 + step * (number + 0.5)
        body.append(_blind_lane(lane, unseen, frame, middle - 4, 8))
        body.append(_small_marks(lane, frame, middle))
    body.append(_people(strip, people, frame, 36, 3.4))
    body.append(_silence(strip, frame, top=5, edge=2, stroke=1.8))
    body.append(_now_and_due(strip, frame, small=True))
    return _svg(286, 43, "".join(body), strip_words.sentence(strip))


def draw_full(strip: Strip | None, people: Sequence[PeopleMark] = (), *, width: float = 742) -> str:
    """Draw the strip of a page: a labelled lane per channel, people, axis, bracket."""
    lanes = strip.lanes if strip else ()
    bottom = 38 + 28 * (len(lanes) + 1)
    minutes = _minutes(strip)
    frame = Frame(x0=112, width=width - 126, top=36, bottom=bottom + 4, minutes=minutes)
    size = (round(width), round(frame.bottom + 26))
    if strip is None or not lanes:
        words = _text(frame.x0 + frame.width / 2, 56, _("볼 수 없음"), "lab", "middle")
        return _svg(
            *size,
            _hatch(frame.x0, 36, frame.width, frame.height) + words,
            strip_words.sentence(strip),
        )
    unseen = blind_everywhere(strip)
    body = [_rhythm(strip, frame, unseen), _midnights(strip, frame), _blind_all(unseen, frame)]
    for number, lane in enumerate(lanes):
        base = 66 + 28 * number
        icon = LANE_ICONS.get(lane.name, LANE_ICONS["presence"])
        body.append(_label(base, icon, strip_words.lane_label(lane), lane.freshness_s))
        body.append(f'<path class="ln" d="M{frame.x0} {base}h{frame.width}"/>')
        body.append(_blind_lane(lane, unseen, frame, base - 22, 20))
        if lane.name in BARS:
            body.append(_idle(strip, lane, frame, base - 5))
        body.append(_marks(lane, frame, base - 14))
    body.append(_label(bottom, PEOPLE_ICON, _("사람"), _people_freshness(strip, people)))
    body.append(_people(strip, people, frame, bottom - 11, 6.5))
    body.append(_silence(strip, frame, top=33, edge=25, stroke=2))
    body.append(_bracket_words(strip, frame))
    body.append(_now_and_due(strip, frame, small=False))
    body.append(_axis(strip, frame))
    return _svg(*size, "".join(body), strip_words.sentence(strip))


BARS = {"power_w", "energy_wh"}  # drawn standing on a line: the line is stand-by, no sign
PILLS = {"lux", "motion", "presence"}


def blind_everywhere(strip: Strip) -> list[Span]:
    """Return the spans in which no lane at all could be seen."""
    spans: list[Span] = [(0, strip_words.minutes_to_now(strip))]
    for lane in strip.lanes:
        spans = [
            (max(a, c), min(b, d)) for a, b in spans for c, d in lane.blind if min(b, d) > max(a, c)
        ]
    return spans


def _minutes(strip: Strip | None) -> float:
    return (
        (72 + AHEAD_HOURS) * 60
        if strip is None
        else (strip_words.minutes_to_now(strip) + strip.ahead_hours * 60)
    )


def _rhythm(strip: Strip, frame: Frame, unseen: Sequence[Span]) -> str:
    now = strip_words.minutes_to_now(strip)
    silent = now + 1
    if strip.silent_from is not None:
        silent = (strip.silent_from - strip.start).total_seconds() / 60
    columns: dict[tuple[str, int], list[Span]] = defaultdict(list)
    for hour, chance in enumerate(strip.rhythm):
        middle = hour * 60 + 30
        if any(a <= middle < b for a, b in unseen):
            continue
        kind, opacity = "r", 0.64 * chance
        if middle >= now:
            opacity *= 0.3
        elif middle >= silent and strip.level:
            kind, opacity = f"m{strip.level}", 0.22 + 0.7 * chance
        shade = round(opacity * SHADES)
        if shade:
            _lengthen(columns[kind, shade], hour * 60, hour * 60 + 60)
    return "".join(
        f'<path class="{kind}" opacity="{shade / SHADES:.2f}" d="{_columns(hours, frame)}"/>'
        for (kind, shade), hours in columns.items()
    )


def _lengthen(spans: list[Span], first: float, last: float) -> None:
    """Add a span; one that touches the span before it makes that one longer."""
    if spans and first <= spans[-1][1]:
        spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
    else:
        spans.append((first, last))


def _columns(hours: Iterable[Span], frame: Frame) -> str:
    return "".join(
        _box(frame.x(a), frame.top, frame.x(b) - frame.x(a) + 0.4, frame.height) for a, b in hours
    )


def _midnights(strip: Strip, frame: Frame) -> str:
    lines = "".join(
        f"M{frame.x(minute):.1f} {frame.top}v{frame.height}"
        for minute, at in _hours_of_day(strip)
        if at == 0
    )
    return f'<path class="mid" d="{lines}"/>'


def _hours_of_day(strip: Strip) -> Iterable[tuple[float, int]]:
    first = localtime(strip.start)  # Korea keeps one offset all year: hours are counted, not asked
    offset = 60 - first.minute - first.second / 60
    for step in range(int(strip_words.minutes_to_now(strip) // 60) + 1):
        yield offset + 60 * step, (first.hour + 1 + step) % 24


def _blind_all(unseen: Sequence[Span], frame: Frame) -> str:
    return "".join(
        _hatch(frame.x(a), frame.top, frame.x(b) - frame.x(a), frame.height) for a, b in unseen
    )


def _blind_lane(
    lane: Lane, everywhere: Sequence[Span], frame: Frame, y: float, height: float
) -> str:
    return "".join(
        _hatch(frame.x(a), y, frame.x(b) - frame.x(a), height)
        for a, b in lane.blind
        if not any(c <= a and b <= d for c, d in everywhere)
    )


def _small_marks(lane: Lane, frame: Frame, middle: float) -> str:
    """Draw a lane of the small strip; marks that overlap at its size are one shape."""
    if not lane.marks:
        return ""
    scale, most = frame.width / frame.minutes, frame.minutes
    width = 2.4 if lane.name in BARS else 3.2 if lane.name in PILLS else 4.6
    left = 0 if lane.name in BARS or lane.name in PILLS else -2.3
    spans: list[Span] = []
    for minute, _strength in lane.marks:
        x = frame.x0 + scale * min(max(minute, 0), most) + left
        _lengthen(spans, x, x + width)
    if lane.name in BARS:
        parts = [_box(a, middle - 3, b - a, 6) for a, b in spans]
    else:
        tall = 4.6
        parts = [_pill(a, middle - tall / 2, b - a, tall) for a, b in spans]
    return f'<path class="s" d="{"".join(parts)}"/>'


def _marks(lane: Lane, frame: Frame, middle: float) -> str:
    parts = []
    for minute, strength in lane.marks:
        x = frame.x(minute)
        if lane.name in BARS:
            height = 10 + 10 * strength
            parts.append(_box(x, middle + 12 - height, 4.4, height))
        elif lane.name in PILLS:
            parts.append(_pill(x, middle - 4, 5 + 5 * strength, 8))
        else:
            parts.append(_dot(x, middle, 3.6))
    return f'<path class="s" d="{"".join(parts)}"/>' if parts else ""


def _idle(strip: Strip, lane: Lane, frame: Frame, y: float) -> str:
    """Draw the grey stand-by line of a meter wherever it could be seen."""
    parts, at = [], 0.0
    for a, b in [*lane.blind, (strip_words.minutes_to_now(strip), 0)]:
        if a > at:
            parts.append(f"M{frame.x(at):.1f} {y}H{frame.x(a):.1f}")
        at = max(at, b)
    return f'<path class="idle" d="{"".join(parts)}"/>'


def _people(strip: Strip, people: Sequence[PeopleMark], frame: Frame, y: float, r: float) -> str:
    return "".join(
        _person(mark.kind, frame.x((mark.at - strip.start).total_seconds() / 60), y, r)
        for mark in people
        if mark.at >= strip.start
    )


def _person(kind: str, x: float, y: float, r: float) -> str:
    x = round(x, 1)
    if kind == "visit":
        wall = r * 0.85
        return (
            f'<path class="s" d="M{x - r * 1.15:.1f} {y + r * 0.15:.1f}l{r * 1.15:.1f} '
            f"-{r * 1.15:.1f} {r * 1.15:.1f} {r * 1.15:.1f}v{wall:.1f}"
            f'h-{r * 2.3:.1f}z"/>'
        )
    if kind == "reached":
        return (
            f'<circle class="s" cx="{x}" cy="{y}" r="{r}"/><path class="tick" '
            f'd="M{x - r * 0.46:.1f} {y}l{r * 0.34:.1f} {r * 0.37:.1f} '
            f'{r * 0.62:.1f} -{r * 0.7:.1f}"/>'
        )
    arm = r / 2
    return (
        f'<circle class="miss" cx="{x}" cy="{y}" r="{r}"/><path class="cross" '
        f'd="M{x - arm:.1f} {y - arm:.1f}l{r} {r}m0 -{r}l-{r} {r}"/>'
    )


def _people_freshness(strip: Strip, people: Sequence[PeopleMark]) -> float | None:
    newest = max((mark.at for mark in people), default=None)
    return None if newest is None else max(0.0, (strip.now - newest).total_seconds())


def _silence(strip: Strip, frame: Frame, *, top: float, edge: float, stroke: float) -> str:
    if strip.silent_from is None or not strip.level:
        return ""
    a = frame.x((strip.silent_from - strip.start).total_seconds() / 60)
    b = frame.x(strip_words.minutes_to_now(strip))
    return (
        f'<path class="br l{strip.level}" stroke-width="{stroke}" '
        f'd="M{a:.1f} {top}V{edge}H{b:.1f}V{top}"/>'
    )


def _bracket_words(strip: Strip, frame: Frame) -> str:
    if strip.silent_from is None or not strip.level:
        return ""
    x = frame.x(strip_words.minutes_to_now(strip)) - 6
    return _text(x, 19, strip_words.bracket(strip), f"brt l{strip.level}", "end")


def _now_and_due(strip: Strip, frame: Frame, *, small: bool) -> str:
    now = frame.x(strip_words.minutes_to_now(strip))
    reach = (2, 43) if small else (frame.top - 6, frame.bottom + 2)
    line = f'<path class="now" d="M{now:.1f} {reach[0]}V{reach[1]}"/>'
    if strip.due is None:
        return line
    minute = (strip.due - strip.start).total_seconds() / 60
    due = max(frame.x(minute), now + (8 if small else 7))  # never hidden behind "now"
    flag = "h6l-2 3 2 3h-6z" if small else "h9l-3 4.5 3 4.5h-9z"
    level = strip.level or 0
    return line + (
        f'<path class="due l{level}" d="M{due:.1f} {frame.top}V{frame.bottom}"/>'
        f'<path class="flag l{level}" d="M{due:.1f} {frame.top}{flag}"/>'
    )


def _axis(strip: Strip, frame: Frame) -> str:
    y = frame.bottom + 18
    now = frame.x(strip_words.minutes_to_now(strip))
    parts = []
    for minute, hour in _hours_of_day(strip):
        x = frame.x(minute)
        if hour % 6 or x > now - 24:
            continue
        at = localtime(strip.start + timedelta(minutes=minute))
        text = _("%(day)d일") % {"day": at.day} if hour == 0 else _("%(n)d시") % {"n": hour}
        parts.append(_text(x, y, text, "ax day" if hour == 0 else "ax", "middle"))
    parts.append(_text(now, y, _("지금"), "ax here", "middle"))
    return "".join(parts)


def _label(base: float, icon: str, text: str, freshness_s: float | None) -> str:
    fresh = _("없음") if freshness_s is None else strip_words.ago(freshness_s)
    return (
        f'<g class="ic" transform="translate(4,{base - 22}) scale(.66)">{icon}</g>'
        + _text(26, base - 9, text, "lab", "start")
        + _text(102, base - 9, fresh, "ax", "end")
    )


def _hatch(x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="hz" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" '
        f'height="{height:.1f}" fill="url(#ab-hatch)"/>'
    )


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z"


def _pill(x: float, y: float, width: float, height: float) -> str:
    r, flat = height / 2, max(width - height, 0)
    return (
        f"M{x + r:.1f} {y:.1f}h{flat:.1f}a{r:.1f} {r:.1f} 0 0 1 0 {height:.1f}"
        f"h-{flat:.1f}a{r:.1f} {r:.1f} 0 0 1 0 -{height:.1f}z"
    )


def _dot(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 -{2 * r} 0z"


def _text(x: float, y: float, text: str, name: str, anchor: str) -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(width: int, height: int, body: str, words: str) -> str:
    return (  # the title is the name of the picture: for the screen reader and for the pointer
        f'<svg class="strip" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img"><title>{escape(words)}</title>{body}</svg>'
    )
