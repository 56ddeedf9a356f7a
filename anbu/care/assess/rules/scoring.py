"""Counting. An answer that is missing gives a range, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass

from .instruments import Band, Instrument, Item
from .refusals import NotAllowed


@dataclass(frozen=True, kw_only=True)
class Line:
    """How one item came to its points: the explanation that is kept with every score."""

    item: Item
    nth: int | None  # which choice; None: not answered
    points: int | None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """What some items add up to: from the least to the most that it can be."""

    low: int
    high: int
    bands: tuple[Band, ...]  # each that the score can still fall into; one, if all is answered

    @property
    def is_certain(self) -> bool:
        """Return whether nothing is missing that would change the sum."""
        return self.low == self.high


@dataclass(frozen=True, kw_only=True)
class Result:
    """What answers come to."""

    sum: Sum | None  # None: nothing is counted here
    scales: tuple[tuple[str, Sum], ...]
    lines: tuple[Line, ...]
    missing: tuple[str, ...]  # items without an answer
    act_now: tuple[str, ...]  # items whose answer counts by itself
    act_now_unknown: tuple[str, ...]  # such items without an answer: they may not be passed over


def score(instrument: Instrument, answers: Mapping[str, int]) -> Result:
    """Count answers: item -> number of the choice, beginning with nought."""
    _check(instrument, answers)
    lines = tuple(
        Line(
            item=item,
            nth=answers.get(item.code),
            points=item.counted(answers[item.code]) if item.code in answers else None,
        )
        for item in instrument.items
    )
    points = {line.item.code: line.points for line in lines}
    return Result(
        sum=_sum(lines, instrument.bands),
        scales=tuple(
            (s.code, _sum(tuple(n for n in lines if n.item.code in s.items), s.bands))
            for s in instrument.scales
        ),
        lines=lines,
        missing=tuple(line.item.code for line in lines if line.points is None),
        act_now=tuple(
            o.item
            for o in instrument.overrides
            if (had := points[o.item]) is not None and had >= o.at_least
        ),
        act_now_unknown=tuple(o.item for o in instrument.overrides if points[o.item] is None),
    )


def of_total(instrument: Instrument, total: int) -> Result:
    """Return what a sum means that was counted on paper."""
    if instrument.entry != "total" or not instrument.least <= total <= instrument.most:
        raise NotAllowed("이 도구의 점수가 아닙니다.")
    found = Sum(low=total, high=total, bands=_possible(instrument.bands, total, total))
    return _only(found)


def of_pick(instrument: Instrument, code: str) -> Result:
    """Return what a person chose where nothing is counted."""
    bands = tuple(band for band in instrument.bands if band.code == code)
    if instrument.entry != "pick" or not bands:
        raise NotAllowed("목록에 없는 것입니다. 다시 골라 주세요.")
    return _only(Sum(low=0, high=0, bands=bands))


def _only(found: Sum) -> Result:
    return Result(sum=found, scales=(), lines=(), missing=(), act_now=(), act_now_unknown=())


def _check(instrument: Instrument, answers: Mapping[str, int]) -> None:
    if instrument.entry != "items" or not instrument.can_be_used:
        raise NotAllowed("이 도구는 아직 다 채워지지 않아 쓸 수 없습니다.")
    known = {item.code: len(item.choices) for item in instrument.items}
    if any(code not in known or not 0 <= nth < known[code] for code, nth in answers.items()):
        raise NotAllowed("목록에 없는 답입니다. 다시 골라 주세요.")


def _sum(lines: tuple[Line, ...], bands: tuple[Band, ...]) -> Sum:
    low = sum(n.item.least if n.points is None else n.points for n in lines)
    high = sum(n.item.most if n.points is None else n.points for n in lines)
    return Sum(low=low, high=high, bands=_possible(bands, low, high))


def _possible(bands: tuple[Band, ...], low: int, high: int) -> tuple[Band, ...]:
    return tuple(band for band in bands if band.least <= high and band.most >= low)
