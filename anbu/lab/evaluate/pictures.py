"""Pictures of an evaluation, as SVG text that needs nothing else."""

import io
import warnings
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from anbu.lab.evaluate.histories import CAP_H

NOW, NEW = "#8a94a6", "#1d56bc"  # told apart by lightness, too
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "anbu",
    "font.family": ["Pretendard GOV", "Noto Sans CJK KR", "sans-serif"],
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def delays(names: list[str], hours: list[NDArray[np.float64]]) -> str:
    """Draw how many collapses are noticed within how many hours."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.4), layout="constrained")
        axes = figure.subplots()
        for name, of, colour in zip(names, hours, (NOW, NEW), strict=True):
            order = np.sort(of)
            share = 100 * np.arange(1, len(order) + 1) / max(len(order), 1)
            axes.plot(order, share, color=colour, label=name, linewidth=2, drawstyle="steps-post")
        axes.set(xlim=(0, CAP_H - 1), ylim=(0, 100))
        axes.set_xlabel("hours after the collapse")
        axes.set_ylabel("noticed, %")
        axes.grid(alpha=0.25)
        axes.legend(frameon=False, loc="lower right")
        return _svg(figure)


def budgets(kinds: dict[str, Any], names: list[str]) -> str:
    """Draw the mean delay of both detectors at equal false alarms, a panel for each kind."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(2.0 * len(kinds) + 1, 3.2), layout="constrained")
        panels = figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0]
        for axes, (kind, found) in zip(panels, kinds.items(), strict=True):
            rows = found["equal_false_alarms"]
            at = [row["false_alarms_a_month"] for row in rows]
            for name, colour in zip(names, (NOW, NEW), strict=True):
                mean = [row[name]["mean_h"] for row in rows]
                axes.plot(at, mean, "o-", color=colour, label=name, linewidth=2, markersize=4)
            axes.set_title(kind, fontsize=10)
            axes.set_xscale("log", base=2)
            axes.set_xticks(at, [f"{x:g}" for x in at])
            axes.set_ylim(0, CAP_H)
            axes.grid(alpha=0.25)
        panels[0].set_ylabel("mean delay, h")
        panels[0].legend(frameon=False, fontsize=8)
        figure.supxlabel("false alarms a home-month", fontsize=9)
        return _svg(figure)


def ratios(kinds: dict[str, Any]) -> str:
    """Draw the ratio of both means with its interval; left of 1 the second policy is earlier."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 0.75 * len(kinds) + 1), layout="constrained")
        axes = figure.subplots()
        for nth, found in enumerate(kinds.values()):
            rows = found["equal_false_alarms"]
            for k, row in enumerate(rows):
                y = -nth - 0.18 * (k - (len(rows) - 1) / 2)
                ratio = row["ratio"]
                axes.plot([ratio["low"], ratio["high"]], [y, y], color=NEW, linewidth=1.5)
                axes.plot(ratio["mean"], y, "o", color=NEW, markersize=3 + k)
        axes.axvline(1, color="#444", linewidth=1)
        axes.set_yticks([-n for n in range(len(kinds))], list(kinds))
        axes.set_xlabel("mean delay, second / first; small to large dot: 0.25, 0.5, 1, 2 a month")
        axes.grid(alpha=0.25, axis="x")
        return _svg(figure)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    with warnings.catch_warnings():
        # Words stay words in the picture and are drawn by the browser's own Korean letters; that
        # this machine has none to measure them by is nobody's trouble.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(text, format="svg", metadata={"Date": None})
    drawn = text.getvalue()
    return drawn[drawn.index("<svg") :]
