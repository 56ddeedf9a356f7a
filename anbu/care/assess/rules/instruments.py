"""What an instrument (평가 도구) is: a file of items, points and bands, with source and licence.

What was not found in any source is named under `missing` and left out; nothing is made up.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .refusals import BadInstrument

Entry = Literal["items", "total", "pick"]
MISSING = ("items", "choices", "points", "cutoffs")  # what a file may say was not found
LONGEST_CODE = 20


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer to an item, and what it counts."""

    points: int
    text: str
    text_en: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question. `reverse`: a high answer is good, so its points are counted from the top."""

    code: str
    text: str
    text_en: str
    reverse: bool
    choices: tuple[Choice, ...]

    def counted(self, nth: int) -> int:
        """Return what the answer number `nth` counts."""
        points = self.choices[nth].points
        return self.least + self.most - points if self.reverse else points

    @property
    def least(self) -> int:
        """Return the fewest points."""
        return min(choice.points for choice in self.choices)

    @property
    def most(self) -> int:
        """Return the most points."""
        return max(choice.points for choice in self.choices)


@dataclass(frozen=True, kw_only=True)
class Band:
    """A part of the scores and what it is called; both ends belong to it."""

    code: str
    least: int
    most: int
    text: str
    text_en: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Some items that are summed by themselves too."""

    code: str
    text: str
    text_en: str
    items: tuple[str, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, kw_only=True)
class Override:
    """An answer that counts by itself, whatever the sum says."""

    item: str
    at_least: int  # counted points
    text: str
    text_en: str


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One version of an instrument."""

    code: str
    version: str
    name: str
    name_en: str
    asks: str
    asks_en: str
    entry: Entry
    source: tuple[str, ...]
    licence: str
    note: str
    note_en: str
    missing: tuple[str, ...]
    items: tuple[Item, ...]
    least: int
    most: int
    bands: tuple[Band, ...]
    scales: tuple[Scale, ...]
    overrides: tuple[Override, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether nothing of it was left out."""
        return not self.missing

    @property
    def can_be_used(self) -> bool:
        """Return whether an answer can be written down with what is known."""
        if self.entry == "items":
            return not {"items", "choices", "points"} & set(self.missing)
        return bool(self.bands)


def parse(text: str) -> Instrument:
    """Return the instrument of a TOML file, or refuse it with the place of the fault."""
    try:
        told = tomllib.loads(text)
        return _checked(_instrument(told))
    except tomllib.TOMLDecodeError as error:
        raise BadInstrument(f"not TOML: {error}") from None
    except KeyError as error:
        raise BadInstrument(f"{error.args[0]} is missing") from None
    except (TypeError, AttributeError) as error:
        raise BadInstrument(f"a value of a wrong kind: {error}") from None


def _instrument(told: dict[str, Any]) -> Instrument:
    shared = _choices(told.get("choices", []))
    items = tuple(_item(each, shared) for each in told.get("items", []))
    summed = bool(items) and all(item.choices for item in items)
    return Instrument(
        code=told["code"],
        version=str(told["version"]),
        name=told["name"],
        name_en=told["name_en"],
        asks=told.get("asks", ""),
        asks_en=told.get("asks_en", ""),
        entry=told["entry"],
        source=tuple(told["source"]),
        licence=told["licence"],
        note=told.get("note", ""),
        note_en=told.get("note_en", ""),
        missing=tuple(told.get("missing", ())),
        items=items,
        least=sum(i.least for i in items) if summed else told.get("least", 0),
        most=sum(i.most for i in items) if summed else told.get("most", 0),
        bands=_bands(told.get("bands", [])),
        scales=tuple(
            Scale(
                code=each["code"],
                text=each["text"],
                text_en=each["text_en"],
                items=tuple(each["items"]),
                bands=_bands(each.get("bands", [])),
            )
            for each in told.get("scales", [])
        ),
        overrides=tuple(
            Override(
                item=each["item"],
                at_least=each["at_least"],
                text=each["text"],
                text_en=each["text_en"],
            )
            for each in told.get("overrides", [])
        ),
    )


def _choices(told: Sequence[dict[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(points=c["points"], text=c["text"], text_en=c["text_en"]) for c in told)


def _item(told: dict[str, Any], shared: tuple[Choice, ...]) -> Item:
    return Item(
        code=str(told["code"]),
        text=told["text"],
        text_en=told["text_en"],
        reverse=told.get("reverse", False),
        choices=_choices(told["choices"]) if "choices" in told else shared,
    )


def _bands(told: Sequence[dict[str, Any]]) -> tuple[Band, ...]:
    return tuple(
        Band(
            code=each["code"],
            least=each.get("least", 0),
            most=each.get("most", 0),
            text=each["text"],
            text_en=each["text_en"],
        )
        for each in told
    )


def _checked(made: Instrument) -> Instrument:
    if not (made.code.isascii() and made.code.replace("_", "").isalnum()):
        raise BadInstrument("code: small letters, digits and _")
    if len(made.code) > LONGEST_CODE or not 0 < len(made.version) <= LONGEST_CODE:
        raise BadInstrument(f"code and version: 1 to {LONGEST_CODE} letters")
    if made.entry not in ("items", "total", "pick"):
        raise BadInstrument("entry: items, total or pick")
    if not made.source or not made.licence:
        raise BadInstrument("source and licence: where it comes from, and by what right")
    for word in made.missing:
        if word not in MISSING:
            raise BadInstrument(f"missing: {word} is none of {', '.join(MISSING)}")
    codes = [item.code for item in made.items]
    if len(set(codes)) < len(codes):
        raise BadInstrument("items: a code stands twice")
    if made.entry == "items" and made.can_be_used and not all(i.choices for i in made.items):
        raise BadInstrument("items: one has no choices, and missing does not say so")
    if made.entry == "items" and made.can_be_used and not made.items:
        raise BadInstrument("items: there are none, and missing does not say so")
    if made.entry != "pick" and made.bands:
        _check_bands(made.bands, made.least, made.most, "bands")
    if made.can_be_used and not made.bands and "cutoffs" not in made.missing:
        raise BadInstrument("bands: there are none, and missing does not name the cutoffs")
    _check_parts(made, codes)
    return made


def _check_parts(made: Instrument, codes: list[str]) -> None:
    by_code = {item.code: item for item in made.items}
    for scale in made.scales:
        if not set(scale.items) <= set(codes):
            raise BadInstrument(f"scales: {scale.code} names an item that is not there")
        if scale.bands:
            parts = [by_code[code] for code in scale.items]
            least, most = sum(i.least for i in parts), sum(i.most for i in parts)
            _check_bands(scale.bands, least, most, scale.code)
    for override in made.overrides:
        if override.item not in by_code:
            raise BadInstrument(f"overrides: there is no item {override.item}")


def _check_bands(bands: tuple[Band, ...], least: int, most: int, where: str) -> None:
    """Refuse a gap or an overlap: every score has one name."""
    ahead = least
    for band in bands:
        if band.least != ahead or band.most < band.least:
            raise BadInstrument(f"{where}: {band.code} should begin at {ahead}")
        ahead = band.most + 1
    if ahead != most + 1:
        raise BadInstrument(f"{where}: they end at {ahead - 1}, the scores at {most}")
