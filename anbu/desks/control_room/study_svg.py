"""Pictures of a study: how soon collapses are noticed, what changes for them, and the intervals."""

from html import escape
from typing import Any

from django.utils.translation import gettext as _

LEFT, WIDTH = 64, 720
PRESENT, DRAFT = "present", "draft"


def noticed(result: Any) -> str:
    """Draw which share of the collapses is noticed within how many hours, by either rule."""
    top, tall, height = 12, 190, 250
    wide = WIDTH - LEFT - 12
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = top + tall * (1 - share)
        parts.append(f'<path class="ln" d="M{LEFT} {y:.1f}h{wide}"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{share:.0%}", "ax", "end"))
    for hour in range(0, 73, 12):
        x = LEFT + wide * hour / 72
        parts.append(_text(x, top + tall + 18, _("%(n)d시간") % {"n": hour}, "ax", "middle"))
    said = []
    for name in (PRESENT, DRAFT):
        shares = result["noticed"][name]
        points = " ".join(
            f"{LEFT + wide * hour / 72:.1f},{top + tall * (1 - share):.1f}"
            for hour, share in enumerate(shares)
        )
        parts.append(f'<polyline class="cv-{name}" points="{points}"/>')
        if shares:
            said.append(f"{_name(name)} {shares[24]:.0%}")
    words = _("하루 안에 알아차리는 비율: %(said)s") % {"said": ", ".join(said)}
    return _svg(WIDTH, height, "".join(parts), words)


CAUGHT = ("newly_caught", "earlier", "same", "later", "newly_missed")


def caught(found: Any) -> str:
    """Draw what the draft does to the same collapses: earlier, same, later, missed."""
    wide, parts, at = WIDTH - 12, [], 0.0
    for key in CAUGHT:
        share = _share(found, key)
        width = wide * share
        if width > 0:
            parts.append(
                f'<rect class="ca-{key}" x="{6 + at:.1f}" y="6" width="{width:.1f}" height="34"/>'
            )
            if width > 46:
                parts.append(
                    _text(6 + at + width / 2, 28, f"{share:.0%}", f"cat ca-{key}", "middle")
                )
        at += width
    words = ", ".join(f"{label} {_share(found, key):.0%}" for key, label in caught_labels())
    return _svg(WIDTH, 46, "".join(parts), words)


def _share(found: Any, key: str) -> float:
    """Return a share; what is newly caught is taken out of what is earlier."""
    share = found[key]
    return float(max(share - found["newly_caught"], 0) if key == "earlier" else share)


def caught_labels() -> tuple[tuple[str, str], ...]:
    """Return the words for what becomes of a collapse."""
    return (
        ("newly_caught", _("새로 찾음")),
        ("earlier", _("더 빨리")),
        ("same", _("비슷하게 (1시간 안)")),
        ("later", _("더 늦게")),
        ("newly_missed", _("새로 놓침")),
    )


def intervals(result: Any, labels: dict[str, str]) -> str:
    """Draw the ratio of mean delays at equal false alarms with its 90 % interval, kind by kind."""
    kinds = list(result["kinds"].items())
    row, top, left = 30, 12, 150
    height = top + row * len(kinds) + 30
    wide = WIDTH - left - 40
    most = 2.0

    def x_of(ratio: float) -> float:
        return left + wide * min(max(ratio, 0), most) / most

    parts = []
    for tick in (0, 0.5, 1, 1.5, 2):
        kind = "mid" if tick == 1 else "ln"
        parts.append(f'<path class="{kind}" d="M{x_of(tick):.1f} {top}V{height - 26}"/>')
        parts.append(_text(x_of(tick), height - 8, f"{tick:g}", "ax", "middle"))
    said = []
    for nth, (kind, found) in enumerate(kinds):
        y = top + row * nth + row / 2
        parts.append(_text(left - 10, y + 4, labels[kind], "lab", "end"))
        ratio = next(
            each["ratio"]
            for each in found["equal_false_alarms"]
            if each["false_alarms_a_month"] == 0.5
        )
        parts.append(
            f'<path class="iv" d="M{x_of(ratio["low"]):.1f} {y}H{x_of(ratio["high"]):.1f}"/>'
        )
        parts.append(f'<circle class="ivp" cx="{x_of(ratio["mean"]):.1f}" cy="{y}" r="5"/>')
        said.append(f"{labels[kind]} {ratio['mean']:.2f} [{ratio['low']:.2f}, {ratio['high']:.2f}]")
    return _svg(WIDTH, height, "".join(parts), ", ".join(said))


def _name(name: str) -> str:
    return _("지금 기준") if name == PRESENT else _("바꾼 기준")


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
