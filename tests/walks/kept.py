"""The evening is made once and kept; each walk gets a copy of its database and may spoil it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from django.db import connection
from psycopg import errors, sql

TRIES = 5


def copy(source: str, target: str) -> None:
    """Make the database `target` anew as a copy of `source`, which nobody may be using."""
    with _postgres() as db:
        _drop(db, target)
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(_name(target), _name(source)))


def drop(name: str) -> None:
    """Drop a database, whoever still looks at it."""
    with _postgres() as db:
        _drop(db, name)


@contextmanager
def standing_in(name: str) -> Iterator[None]:
    """Let this process work in another database of the same cluster for a while."""
    usual = connection.settings_dict["NAME"]
    _turn_to(name)
    try:
        yield
    finally:
        _turn_to(usual)


def _drop(db: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database and whoever is in it, also while the server itself sweeps there.

    Its own sweeper is nobody we may send away; asked without force, the server does so itself.
    """
    for _ in range(TRIES):
        try:
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_name(name)))
            return
        except errors.InsufficientPrivilege:
            with suppress(errors.ObjectInUse):
                db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(_name(name)))
    raise AssertionError(f"{name} cannot be dropped")


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
