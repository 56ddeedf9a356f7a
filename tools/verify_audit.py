#!/usr/bin/env python3
"""Verify the audit chain of an Anbu city without any code of Anbu: docs/audit.md says what is read.

Usage: verify_audit.py DATABASE_URL KEY_FILE ANCHOR_FOLDER     (needs Python and psycopg, no more)
Prints one line for each tampering; exit code 0: the chain is whole, 1: it is not."""

import hmac
import json
import pathlib
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg

ROWS = """SELECT id, uid, at, by, verb, kind, source, purpose, reason, household, homes, detail,
key_no, mac FROM foundation_trace WHERE id = ANY(%s)"""
SEALS = "SELECT number, sealed_at, ids, marks, key_no, prev, hash FROM foundation_seal ORDER BY 1"
EXTRA = """SELECT id FROM foundation_trace EXCEPT SELECT unnest(ids) FROM foundation_seal
EXCEPT SELECT trace FROM foundation_unsealed ORDER BY 1"""


def spelled(value):  # every JSON value in one spelling
    if value is None:
        return "z"
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, (int, float)):
        digits = format(Decimal(str(value)), "f")
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
        return "n" + ("0" if digits == "-0" else digits)
    if isinstance(value, str):
        return "s" + value
    if isinstance(value, list):
        return [spelled(each) for each in value]
    return [["k" + key, spelled(value[key])] for key in sorted(value)]


def micro(at):
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def content(key_no, row):  # what is signed
    _, uid, at, by, verb, kind, source, purpose, reason, household, homes, detail, *_ = row
    told = [key_no, uid.hex if uid else "", micro(at), by, verb, kind, source, purpose, reason]
    told += [household.hex if household else "", [home.hex for home in homes or []]]
    told.append(spelled(detail))
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def main(url, key_file, anchor_folder):
    lines = [line.split() for line in pathlib.Path(key_file).read_text().splitlines() if line]
    keys = {int(number): bytes.fromhex(secret) for number, secret in lines}

    def mac(key_no, told):
        return hmac.digest(keys[key_no], told, "sha256") if key_no in keys else None

    def is_signed(row):  # rows from before there were keys carry no signature
        return row[12] is None or mac(row[12], b"trace" + content(row[12], row)) == row[13]

    found, hashes, last = [], {0: bytes(32)}, 0
    files = [(name, pathlib.Path(anchor_folder) / name) for name in ("daily", "head")]
    outside = [(n, f.read_text().splitlines() if f.exists() else None) for n, f in files]
    with psycopg.connect(url) as db:
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for number, at, ids, marks, key_no, prev, hash in db.execute(SEALS).fetchall():
            found += [f"seal_missing at seal {lost}" for lost in range(last + 1, number)]
            told = json.dumps([number, micro(at), ids, marks.hex(), prev.hex()]).encode()
            if mac(key_no, b"seal" + told) != hash or len(marks) != 16 * len(ids):
                found.append(f"seal_edited at seal {number}")
            elif prev != hashes.get(number - 1, prev):
                found.append(f"chain_broken at seal {number}")
            rows = {row[0]: row for row in db.execute(ROWS, [ids])}
            for n, id in enumerate(ids):
                row, kept, what = rows.get(id), marks[n * 16 : n * 16 + 16], ""
                if row is None:
                    what = "deleted"
                elif kept == bytes(16):
                    what = "forged"
                elif not is_signed(row):
                    what = "edited"
                elif (mac(key_no, b"mark" + content(key_no, row) + b"%d" % id) or b"")[:16] != kept:
                    what = "moved" if row[13] else "edited"
                if what:
                    found.append(f"{what} at trace {id}, seal {number}, position {n}")
            hashes[number], last = hash, number
        found += [f"inserted at trace {id}" for (id,) in db.execute(EXTRA)]
        waiting = [id for (id,) in db.execute("SELECT trace FROM foundation_unsealed ORDER BY 1")]
        rows = {row[0]: row for row in db.execute(ROWS, [waiting])}
        found += [f"deleted at trace {id}" for id in waiting if id not in rows]
        found += [f"edited at trace {id}" for id, row in sorted(rows.items()) if not is_signed(row)]
    for name, lines in outside:  # read before the chain, which may grow meanwhile
        if last and lines is None:
            found.append(f"anchor_{name}_missing at seal {last}")
        for line in lines or []:
            try:
                entry = json.loads(line)
                told = json.loads(entry["told"])
                if mac(entry["key_no"], b"anchor" + entry["told"].encode()).hex() != entry["mac"]:
                    raise ValueError
            except (ValueError, KeyError, TypeError, AttributeError):
                found.append(f"anchor_{name}_edited")
                continue
            if told["number"] > last:
                found.append(f"truncated at seal {last + 1}")
            elif hashes.get(told["number"], b"").hex() not in ("", told["hash"]):
                found.append(f"rewritten at seal {told['number']}")
    print("\n".join(found) or f"whole: {last} seals, nothing was changed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
