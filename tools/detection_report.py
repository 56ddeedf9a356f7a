"""Write docs/detection.md and its pictures: python tools/detection_report.py FOLDER."""

import sys
from pathlib import Path

import numpy as np

from anbu.kernel import policy, rhythm
from anbu.lab.evaluate import (
    compare,
    decline,
    hearing,
    histories,
    ladder,
    lifesigns,
    measure,
    pictures,
    splits,
)
from anbu.lab.evaluate.measure import BUDGETS, Curves

ROOT = Path(__file__).resolve().parents[1]
DRAWS = 100
HUMAN = (1.0, 0.5, 0.25)
NOW, NEW = "fixed", "learned"
KINDS = [kind.name for kind in rhythm.KINDS]
ENGLISH = {
    "single": "single plug",
    "multi": "several plugs",
    "half": "half-hourly meter",
    "hour": "hourly meter",
    "dense": "motion sensors",
    "all": "all",
}


def main() -> None:
    """Hear every recorded home, measure, and write the page."""
    made = lifesigns.load(Path(sys.argv[1]))
    heard = hearing.run(made, progress=_say)
    new, now = measure.curves(heard, measure.learned), measure.curves(heard, measure.fixed)
    out = splits.held_out(heard, now, lifesigns.data_set, _say)
    by_record = measure.curves(heard, lambda trace: trace.record)
    by_worth = measure.curves(heard, lambda trace: trace.worth)
    text = (ROOT / "tools" / "detection.template.md").read_text()
    filled = {
        "SAMPLE": _sample(new),
        "HELD_OUT": _table(out.curves, now),
        "SHIPPED": _table(new, now),
        "PARTS": _parts(
            now, {"silence by the clock": by_record, "by worth": by_worth, "both": new}
        ),
        "FROZEN": _frozen(new, out.curves),
        "LADDER": _ladder(new, now),
        "MISSES": _misses(new),
        "CHOSEN": _chosen(out.chosen),
        "GOALS": _goals(out.curves, now),
        "DECLINE": _decline(heard),
    }
    for name, table in filled.items():
        text = text.replace("{{" + name + "}}", table)
    (ROOT / "docs" / "detection.md").write_text(text)
    _draw(heard, out.curves, now)


def _draw(heard: hearing.Run, new: list[Curves], now: list[Curves]) -> None:
    folder = ROOT / "docs" / "pictures"
    kinds = {}
    for nth, kind in enumerate([*KINDS, "all"]):
        _say("pictures", nth + 1, len(KINDS) + 1)
        rows = []
        for budget in BUDGETS:
            ratio, low, high = measure.ratio_interval(
                _of(new, kind), _of(now, kind), budget, draws=DRAWS
            )
            row = {
                name: {"mean_h": measure.at_budget(_of(some, kind), budget).mean}
                for name, some in ((NOW, now), (NEW, new))
            }
            of_ratio = {"mean": ratio, "low": low, "high": high}
            rows.append({"false_alarms_a_month": budget, "ratio": of_ratio, **row})
        kinds[ENGLISH[kind]] = {"equal_false_alarms": rows}
    level = measure.at_budget(now, 1.0).level
    pair = (
        policy.fixed(24 * level),
        policy.learned(measure.at_budget(measure.curves(heard, measure.learned), 1.0).level),
    )
    hours = [compare.delays(heard, each) for each in pair]
    drawn = {
        "detection-delays": pictures.delays([NOW, NEW], hours),
        "detection-budgets": pictures.budgets(kinds, [NOW, NEW]),
        "detection-ratios": pictures.ratios(kinds),
    }
    for name, svg in drawn.items():
        (folder / f"{name}.svg").write_text(svg)


def _of(some: list[Curves], kind: str) -> list[Curves]:
    return [c for c in some if kind in ("all", c.kind)]


def _sample(some: list[Curves]) -> str:
    rows = []
    for kind in [*KINDS, "all"]:
        of = _of(some, kind)
        rows.append(
            (
                ENGLISH[kind],
                str(len(of)),
                str(len({c.household for c in of})),
                f"{sum(c.months for c in of):.0f}",
                f"{sum(len(c.after_sign) for c in of):,}",
            )
        )
    return _grid(("kind", "records", "households", "home-months", "collapses"), rows)


def _table(new: list[Curves], now: list[Curves]) -> str:
    rows = []
    for nth, kind in enumerate([*KINDS, "all"]):
        _say("tables", nth + 1, len(KINDS) + 1)
        a, b = _of(new, kind), _of(now, kind)
        for budget in BUDGETS:
            x, y = measure.at_budget(a, budget), measure.at_budget(b, budget)
            ratio, low, high = measure.ratio_interval(a, b, budget, draws=DRAWS)
            rows.append(
                (
                    ENGLISH[kind],
                    f"{budget:g}",
                    f"{x.mean:.1f} / {y.mean:.1f}",
                    f"{x.median:.1f} / {y.median:.1f}",
                    f"{x.p90:.1f} / {y.p90:.1f}",
                    f"{x.misses:.1%} / {y.misses:.1%}",
                    f"{x.after / y.after:.2f}",
                    f"**{ratio:.2f}** [{low:.2f}, {high:.2f}]",
                )
            )
    head = (
        "kind",
        "false alarms",
        "mean",
        "median",
        "p90",
        "missed",
        "after a sign",
        "ratio [90 %]",
    )
    return _grid(head, rows)


def _parts(now: list[Curves], parts: dict[str, list[Curves]]) -> str:
    rows = []
    for name, some in parts.items():
        for kind in [*KINDS, "all"]:
            a, b = _of(some, kind), _of(now, kind)
            cells = [measure.at_budget(a, x).mean / measure.at_budget(b, x).mean for x in BUDGETS]
            rows.append((name, ENGLISH[kind], *(f"{cell:.2f}" for cell in cells)))
    return _grid(("form", "kind", *(f"{b:g}" for b in BUDGETS)), rows)


def _frozen(shipped: list[Curves], held_out: list[Curves]) -> str:
    one = int(np.searchsorted(measure.LEVELS, 1.0))
    rows = []
    for kind in [*KINDS, "all"]:
        cells = []
        for some in (shipped, held_out):
            of = _of(some, kind)
            rate = ladder.weighed(of, [c.rate[one] for c in of])
            missed = ladder.weighed(
                of, [float((c.delay_h[:, one] >= histories.CAP_H).mean()) for c in of]
            )
            mean = ladder.weighed(of, [float(c.delay_h[:, one].mean()) for c in of])
            cells += [f"{rate:.2f}", f"{mean:.1f}", f"{missed:.1%}"]
        rows.append((ENGLISH[kind], *cells))
    head = ("alarms", "mean", "missed")
    return _grid(("kind", *head, *(f"{name}, held out" for name in head)), rows)


def _ladder(new: list[Curves], now: list[Curves]) -> str:
    rows = []
    for kind in [*KINDS, "all"]:
        for human in HUMAN:
            a, b = ladder.at_human(_of(new, kind), human), ladder.at_human(_of(now, kind), human)
            rows.append(
                (
                    ENGLISH[kind],
                    f"{human:g}",
                    f"{a.contacts:.1f}",
                    f"{a.mean:.1f} / {b.mean:.1f}",
                    f"{a.p90:.1f} / {b.p90:.1f}",
                    f"{a.mean / b.mean:.2f}",
                )
            )
    return _grid(("kind", "human alarms", "soft contacts", "mean", "p90", "ratio"), rows)


def _decline(heard: hearing.Run) -> str:
    some = decline.homes_of(heard)
    rows = []
    for nth, kind in enumerate([*KINDS, "all"]):
        _say("slow declines", nth + 1, len(KINDS) + 1)
        of = [home for home in some if kind in ("all", home.kind)]
        if not of:
            continue
        found = decline.measure(of)
        seen = [
            "–" if not n else f"{share:.0%} of {n}, {weeks:.0f} weeks"
            for n, share, weeks in zip(
                found.declines, found.caught, found.median_weeks, strict=True
            )
        ]
        false = " / ".join(f"{rate:.2f}" for rate in found.false_a_year)
        sample = (ENGLISH[kind], f"{found.homes} ({found.households})", f"{found.years:.1f}")
        rows.append((*sample, false, f"**{found.concerned_a_year:.2f}**", *seen))
    head = ("kind", "records (households)", "home-years", "untouched: shrink / shift / flatten")
    return _grid((*head, "any", "30 % fewer", "2 h later", "day and night alike"), rows)


def _misses(some: list[Curves]) -> str:
    one = int(np.searchsorted(measure.LEVELS, 1.0))
    by: dict[str, list[float]] = {}
    for c in some:
        missed = float((c.delay_h[:, one] >= histories.CAP_H).mean())
        by.setdefault(c.household, []).append(missed)
    share = sorted(((float(np.mean(of)), name) for name, of in by.items()), reverse=True)
    good = sum(missed <= 0.02 for missed, _ in share)
    worst = ", ".join(f"{name} {missed:.0%}" for missed, name in share[:5])
    return f"{good} of {len(share)} households miss at most 2 %; the worst: {worst}."


def _chosen(chosen: dict[tuple[str, str], splits.Form]) -> str:
    rows = [
        (left_out, ENGLISH[kind], f"{form[0]:g}", f"{form[1]:g}")
        for (left_out, kind), form in chosen.items()
    ]
    return _grid(("left out", "kind", "share of worth a", "share of the fixed day f"), rows)


def _goals(new: list[Curves], now: list[Curves]) -> str:
    def ratio(kind: str, budget: float, of: str = "mean") -> float:
        a, b = measure.at_budget(_of(new, kind), budget), measure.at_budget(_of(now, kind), budget)
        return float(getattr(a, of) / getattr(b, of))

    worst = max((ratio(kind, b), kind, b) for kind in KINDS for b in BUDGETS)
    at_one = measure.at_budget(new, 1.0)
    steps = {h: ladder.at_human(new, h) for h in HUMAN}
    of_fixed = max(steps[h].mean / ladder.at_human(now, h).mean for h in HUMAN)
    named = f"{ENGLISH[worst[1]]} at {worst[2]:g}"
    rows = [
        ("mean, learned / fixed, at 1", ratio("all", 1), 0.75, "{:.2f}"),
        ("at 0.5", ratio("all", 0.5), 0.65, "{:.2f}"),
        ("at 0.25", ratio("all", 0.25), 0.65, "{:.2f}"),
        (f"worst kind and budget ({named})", worst[0], 1.0, "{:.2f}"),
        ("median at 1", ratio("all", 1, "median"), 0.75, "{:.2f}"),
        ("p90 at 1", ratio("all", 1, "p90"), 0.65, "{:.2f}"),
        ("misses at 1", at_one.misses, 0.02, "{:.1%}"),
        ("right after activity at 1", ratio("all", 1, "after"), 0.85, "{:.2f}"),
        ("ladder, mean hours at 1", steps[1.0].mean, 11.5, "{:.1f}"),
        ("ladder, mean hours at 0.5", steps[0.5].mean, 14.0, "{:.1f}"),
        ("ladder, mean hours at 0.25", steps[0.25].mean, 22.0, "{:.1f}"),
        ("ladder, p90 hours at 1", steps[1.0].p90, 16.0, "{:.1f}"),
        ("ladder, learned / fixed, worst", of_fixed, 0.80, "{:.2f}"),
    ]
    cells = [
        (name, form.format(goal), form.format(is_), "reached" if is_ <= goal else "**not reached**")
        for name, is_, goal, form in rows
    ]
    return _grid(("goal", "at most", "held out", ""), cells)


def _grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _say(part: str, done: int, whole: int) -> None:
    if done == whole or done % 50 == 0:
        print(f"  {part}: {done:,} of {whole:,}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
