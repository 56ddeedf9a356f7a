"""What came of a run: one object for machines, a page for people."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anbu.lab.faults.truth import Found, Judgement, middle, quantiles


@dataclass
class Tried:
    """One fault and what came of it."""

    number: int
    kind: str
    is_crash: bool = False
    survived: bool = False
    skipped: str = ""  # why it could not be tried here; then it counts as nothing
    recovery_s: float | None = None  # from the end of the fault to work as before
    told_s: float | None = None  # until people were told (standstill)
    why: str = ""  # it was not survived


@dataclass
class Report:
    """Everything a run has to tell."""

    scenario: str
    seed: int
    commit: str
    planned: int = 0
    tried: list[Tried] = field(default_factory=list)
    judgement: Judgement | None = None
    found: Found | None = None
    broken: Counter[str] = field(default_factory=Counter)  # invariants, at any look
    looks: int = 0  # how often the invariants were asked
    seconds: float = 0.0
    was_cut: bool = False  # somebody ended it early

    @property
    def counted(self) -> list[Tried]:
        return [one for one in self.tried if not one.skipped]

    @property
    def is_good(self) -> bool:
        """Return whether nothing was lost, doubled, missed or broken, and all was survived."""
        if self.judgement is None or self.found is None:
            return False
        truth, kept = self.judgement, self.found
        bad = truth.doubled + truth.missed + truth.false + len(kept.lost) + kept.doubled
        return bad == 0 and not self.broken and all(one.survived for one in self.counted)

    def as_dict(self) -> dict[str, Any]:
        """Return the object that `--json` prints; its first names are those of contract C6."""
        truth, kept = self.judgement, self.found
        return {
            "faults_tried": len(self.counted),
            "faults_survived": sum(one.survived for one in self.counted),
            "acked": kept.acked if kept else 0,
            "found": kept.found if kept else 0,
            "deadlines_due": truth.deadlines_due if truth else 0,
            "raised": truth.raised if truth else 0,
            "doubled": (truth.doubled if truth else 0) + (kept.doubled if kept else 0),
            "missed": truth.missed if truth else 0,
            "lateness_s": quantiles(truth.lateness if truth else ()),
            "seed": self.seed,
            "scenario": self.scenario,
            "commit": self.commit,
            "ok": self.is_good,
            "false": truth.false if truth else 0,
            "crashes": sum(one.is_crash for one in self.counted),
            "skipped": {one.kind: one.skipped for one in self.tried if one.skipped},
            "broken": dict(self.broken),
            "kinds": self._kinds(),
            "looks": self.looks,
            "seconds": round(self.seconds, 1),
            "cut": self.was_cut,
        }

    def _kinds(self) -> Mapping[str, Mapping[str, float]]:
        told: dict[str, dict[str, float]] = {}
        for kind in sorted({one.kind for one in self.counted}):
            those = [one for one in self.counted if one.kind == kind]
            times = sorted(one.recovery_s for one in those if one.recovery_s is not None)
            waits = [one.told_s for one in those if one.told_s is not None]
            told[kind] = {"tried": len(those), "survived": sum(one.survived for one in those)}
            if times:
                told[kind] |= {"recovery_median_s": middle(times), "recovery_max_s": times[-1]}
            if waits:
                told[kind]["told_max_s"] = max(waits)
        return told

    def in_words(self) -> str:
        """Return the report for a person."""
        told = self.as_dict()
        lines = [
            f"{self.scenario}, seed {self.seed}, commit {self.commit or '?'},"
            f" {self.seconds:.0f} s{', ended early' if self.was_cut else ''}",
            f"faults     {told['faults_survived']} survived of {told['faults_tried']} tried"
            f" ({told['crashes']} crashes)",
            f"readings   {told['found']:,} found of {told['acked']:,} acknowledged",
            f"deadlines  {told['deadlines_due']} due, {told['raised']} raised,"
            f" {told['doubled']} doubled, {told['missed']} missed, {told['false']} false",
            "lateness   "
            + ", ".join(f"{name} {value:.3f} s" for name, value in told["lateness_s"].items()),
            f"invariants asked {self.looks} times, "
            + (f"BROKEN: {dict(self.broken)}" if self.broken else "none broken"),
            "",
            f"{'kind':<32}{'survived':>9}{'recovery, median':>18}{'max':>8}",
        ]
        for kind, row in told["kinds"].items():
            share = f"{row['survived']}/{row['tried']}"
            times = (
                f"{row['recovery_median_s']:>16.2f} s{row['recovery_max_s']:>7.2f} s"
                if "recovery_max_s" in row
                else ""
            )
            heard = f"  told after {row['told_max_s']:.1f} s" if "told_max_s" in row else ""
            lines.append(f"{kind:<32}{share:>9}{times}{heard}")
        lines += [f"not tried  {kind}: {why}" for kind, why in told["skipped"].items()]
        lines += [
            f"NOT SURVIVED  {one.number} {one.kind}: {one.why}"
            for one in self.counted
            if not one.survived
        ]
        if self.found and self.found.lost:
            lines += [f"LOST  {device} {message}" for device, message in self.found.lost[:10]]
        if self.judgement:
            lines += [f"MISSED  {due.kind} of {due.home}" for due in self.judgement.missing[:10]]
        lines.append("good: nothing lost, nothing late" if self.is_good else "NOT GOOD")
        return "\n".join(lines)
