"""The evening is made once and kept; each walk gets a copy of its database and may spoil it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql


def copy(source: str, target: str) -> None:
    """Make the database `target` anew as a copy of `source`, which nobody may be using."""
    with _postgres() as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name(target)))
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_name(target), _name(source)))


def drop(name: str) -> None:
    """Drop a database, whoever still looks at it."""
    with _postgres() as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name(name)))


@contextmanager
def standing_in(name: str) -> Iterator[None]:
    """Let this process work in another database of the same cluster for a while."""
    usual = connection.settings_dict["NAME"]
    _turn_to(name)
    try:
        yield
    finally:
        _turn_to(usual)


def _turn_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _postgres() -> psycopg.Connection[tuple[object, ...]]:
    told = connection.settings_dict
    return psycopg.connect(
        host=told["HOST"],
        port=told["PORT"] or None,
        user=told["USER"],
        password=told["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )
