"""Chaining the traces: what was sealed is not changed, taken out or put in unseen."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from ..models import Seal, Trace
from ..rules.sealing import FIRST, NOT_GENUINE, Keys, anchor, link, mark, signature
from .crashing import crash_point

AT_ONCE = 5_000  # traces in one seal
ONE_SEALER = 0x616E6275  # an advisory lock: two sealers would fork the chain
# A seal takes its traces off the list in the order in which they were numbered.
TAKE = """
DELETE FROM foundation_unsealed WHERE trace IN (
    SELECT trace FROM foundation_unsealed ORDER BY trace LIMIT %s
) RETURNING trace
"""


@transaction.atomic
def seal_next(*, now: datetime) -> bool:
    """Put the oldest traces that no seal holds under the next one; return whether there were any.

    Whoever leaves a trace waits for nobody: traces lock no head of the chain, this one does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        if not cursor.fetchone()[0]:
            return False
        last = Seal.objects.order_by("-number").first()
        # The very first seal takes in all that was written before there were keys.
        cursor.execute(TAKE, [AT_ONCE if last else None])
        taken = sorted(trace for (trace,) in cursor.fetchall())
    if not taken:
        return False
    keys: Keys = settings.AUDIT_KEYS.read()
    number, prev = (last.number + 1, bytes(last.hash)) if last else (1, FIRST)
    ids, marks = _marks(keys, taken, is_first=last is None)
    hash = link(keys, keys.newest, number, now, ids, marks, prev)
    seal = Seal.objects.create(
        number=number,
        sealed_at=now,
        ids=ids,
        marks=marks,
        key_no=keys.newest,
        prev=prev,
        hash=hash,
    )
    crash_point("seal_before_commit")
    transaction.on_commit(lambda: crash_point("seal_after_commit"))
    transaction.on_commit(lambda: write_anchor(seal, keys=keys, now=now))
    return True


def write_anchor(seal: Seal, *, keys: Keys, now: datetime) -> None:
    """Write the head of the chain to a file outside, and once a day to one that only grows."""
    folder: Path = settings.AUDIT_ANCHOR
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    day = now.date().isoformat()
    told = {"at": now.isoformat(), "number": seal.number, "hash": bytes(seal.hash).hex()}
    line = _anchor_line(keys, told)
    draft = folder / f"head.{os.getpid()}"
    with draft.open("w") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(folder / "head")
    daily = folder / "daily"
    if not daily.exists() or day not in daily.read_text()[-400:]:
        with daily.open("a") as out:
            out.write(line)


def _anchor_line(keys: Keys, told: dict[str, Any]) -> str:
    text = json.dumps(told, sort_keys=True)
    signed = anchor(keys, keys.newest, text)
    assert signed is not None
    return json.dumps({"told": text, "key_no": keys.newest, "mac": signed.hex()}) + "\n"


def _marks(keys: Keys, taken: list[int], *, is_first: bool) -> tuple[list[int], bytes]:
    rows = {trace.pk: trace for trace in Trace.objects.filter(pk__in=taken)}
    ids, marks = [], []
    for id in taken:
        ids.append(id)
        trace = rows.get(id)  # one that is gone already stays on the list, and is missed for ever
        is_genuine = trace is not None and _is_genuine(keys, trace, is_first=is_first)
        found = mark(keys, keys.newest, id, trace.row()) if trace and is_genuine else None
        marks.append(found or NOT_GENUINE)
    return ids, b"".join(marks)


def _is_genuine(keys: Keys, trace: Trace, *, is_first: bool) -> bool:
    if trace.key_no is None or trace.mac is None:
        return is_first
    return signature(keys, trace.key_no, trace.row()) == bytes(trace.mac)
