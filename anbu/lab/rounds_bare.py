"""Filling a table of a made-up city quickly: its indexes and references are made again at the end.

For a database that is thrown away. An index kept up row by row costs several times the row.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

INDEXES = """
SELECT format('DROP INDEX %%I', c.relname), pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %(table)s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname
"""
REFERENCES = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
        pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'f' ORDER BY conname
"""


@contextmanager
def bare(table: str) -> Iterator[None]:
    """Take indexes and references of a table away inside, and make them again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, {"table": table})
        pairs = cursor.fetchall()
        cursor.execute(REFERENCES, {"table": table})
        pairs += cursor.fetchall()
    _run([drop for drop, _make in pairs])
    try:
        yield
    finally:
        _run([make for _drop, make in pairs])


@contextmanager
def in_no_hurry() -> Iterator[None]:
    """Let statements of one transaction take their time, with memory to sort in."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL lock_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '256MB'")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        yield


def sweep_up(*tables: str) -> None:
    """Do now what autovacuum does within minutes of such a change: rows are known to be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in tables:
            cursor.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(table)))
        cursor.execute("RESET statement_timeout")


def _run(statements: list[str]) -> None:
    for statement in statements:
        with in_no_hurry(), connection.cursor() as cursor:
            cursor.execute(statement)
