"""Whether the traces are what they were: every row, its place, and the end of the chain."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from ..models import Seal, Trace
from ..rules.sealing import FIRST, MARK, NOT_GENUINE, Keys, anchor, link, mark, signature

# Rows that no seal holds and that no seal is about to hold: somebody put them in.
EXTRA = """
SELECT id FROM foundation_trace t
WHERE NOT EXISTS (SELECT FROM foundation_unsealed u WHERE u.trace = t.id)
  AND id NOT IN (SELECT unnest(ids) FROM foundation_seal)
ORDER BY id
"""
HEAD = """
SELECT (SELECT max(number) FROM foundation_seal), count(*),
       coalesce(extract(epoch FROM %s - min(t.at)), 0)::float
FROM foundation_unsealed u LEFT JOIN foundation_trace t ON t.id = u.trace
"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One tampering, and where it is."""

    what: str  # edited, deleted, inserted, moved, forged, seal_edited, seal_missing, truncated, …
    trace: int | None = None
    seal: int | None = None
    position: int | None = None

    def in_words(self) -> str:
        """Return it as one line."""
        at = ", ".join(f"{k} {v}" for k, v in asdict(self).items() if k != "what" and v is not None)
        return f"{self.what} at {at}"


@dataclass(frozen=True, kw_only=True)
class ChainHead:
    number: int  # of the last seal
    unsealed: int  # traces that no seal holds yet
    age_s: float  # of the oldest of them


def chain_head(*, now: Any) -> ChainHead:
    """Return where the chain ends."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD, [now])
        number, unsealed, age_s = cursor.fetchone()
    return ChainHead(number=number or 0, unsealed=unsealed, age_s=age_s)


def broken_chain() -> Iterator[Finding]:
    """Yield every tampering, from the oldest seal to the end of the chain.

    What was written outside is read first: a chain that grows meanwhile is not one cut short.
    """
    keys: Keys = settings.AUDIT_KEYS.read()
    outside = {name: _lines(settings.AUDIT_ANCHOR / name) for name in ("daily", "head")}
    hashes: dict[int, bytes] = {0: FIRST}
    last = 0
    for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
        for missing in range(last + 1, seal.number):
            yield Finding(what="seal_missing", seal=missing)
        yield from _seal(keys, seal, hashes.get(seal.number - 1))
        hashes[seal.number], last = bytes(seal.hash), seal.number
    yield from _open_end(keys)
    yield from _anchors(keys, outside, hashes, last)


def _seal(keys: Keys, seal: Seal, before: bytes | None) -> Iterator[Finding]:
    marks, prev = bytes(seal.marks), bytes(seal.prev)
    genuine = link(keys, seal.key_no, seal.number, seal.sealed_at, seal.ids, marks, prev)
    if genuine != bytes(seal.hash) or len(marks) != MARK * len(seal.ids):
        yield Finding(what="seal_edited", seal=seal.number)
    elif before is not None and prev != before:
        yield Finding(what="chain_broken", seal=seal.number)
    rows = {trace.pk: trace for trace in Trace.objects.filter(pk__in=seal.ids)}
    for n, id in enumerate(seal.ids):
        what = _row(keys, seal, rows.get(id), marks[n * MARK : (n + 1) * MARK])
        if what:
            yield Finding(what=what, trace=id, seal=seal.number, position=n)


def _row(keys: Keys, seal: Seal, trace: Trace | None, kept: bytes) -> str:
    if trace is None:
        return "deleted"
    if kept == NOT_GENUINE:
        return "forged"
    if mark(keys, seal.key_no, trace.pk, trace.row()) == kept and _bears_its_name(keys, trace):
        return ""
    return "moved" if trace.mac and _bears_its_name(keys, trace) else "edited"


def _bears_its_name(keys: Keys, trace: Trace) -> bool:
    if trace.key_no is None or trace.mac is None:
        return True  # from before there were keys: only the mark speaks for it
    return signature(keys, trace.key_no, trace.row()) == bytes(trace.mac)


def _open_end(keys: Keys) -> Iterator[Finding]:
    """Look at what no seal holds."""
    with connection.cursor() as cursor:
        cursor.execute(EXTRA)
        for (id,) in cursor.fetchall():
            yield Finding(what="inserted", trace=id)
        cursor.execute("SELECT trace FROM foundation_unsealed ORDER BY trace")
        waiting = [id for (id,) in cursor.fetchall()]
    rows = {trace.pk: trace for trace in Trace.objects.filter(pk__in=waiting)}
    for id in waiting:
        trace = rows.get(id)
        if trace is None:
            yield Finding(what="deleted", trace=id)
        elif not _bears_its_name(keys, trace):
            yield Finding(what="edited", trace=id)


def _lines(file: Path) -> list[str] | None:
    return file.read_text().splitlines() if file.exists() else None


def _anchors(
    keys: Keys, outside: dict[str, list[str] | None], hashes: dict[int, bytes], last: int
) -> Iterator[Finding]:
    """Compare with what was written outside: the end of the chain cannot be cut off unseen."""
    for name, lines in outside.items():
        if lines is None and last:
            yield Finding(what=f"anchor_{name}_missing", seal=last)
        for line in lines or ():
            told = _told(keys, line)
            if told is None:
                yield Finding(what=f"anchor_{name}_edited")
            elif told["number"] > last:
                yield Finding(what="truncated", seal=last + 1)
            elif hashes.get(told["number"], b"").hex() not in ("", told["hash"]):
                yield Finding(what="rewritten", seal=told["number"])


def _told(keys: Keys, line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        signed = anchor(keys, entry["key_no"], entry["told"])
        told: dict[str, Any] = json.loads(entry["told"])
    except (ValueError, KeyError, TypeError):
        return None
    return told if signed is not None and signed.hex() == entry["mac"] else None
