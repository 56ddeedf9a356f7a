"""Before any test: a throw-away PostgreSQL, so that the settings find it when they load."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from anbu.config.postgres import Cluster

_running: list[tuple[Cluster, Path, subprocess.Popen[bytes]]] = []

# Reads until this run is over, however it ends; a run that was killed leaves no server behind.
UNDERTAKER = 'read _; kill -INT "$0"; rm -rf "$1"'


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Start the cluster before Django's settings are read (a wrapper runs before all others)."""
    os.environ.setdefault("ANBU_SECRET_KEY", "only-for-tests")
    os.environ.setdefault("ANBU_REACH", "machine")  # as our machines; a request is held by itself
    if "ANBU_DATABASE_URL" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="anbu-test-"))
        home.chmod(0o711)  # as root, the database's own user must get through
        os.environ["ANBU_HOME"] = str(home)
        cluster = Cluster(home)
        os.environ["ANBU_DATABASE_URL"] = cluster.start()
        undertaker = subprocess.Popen(
            ["/bin/sh", "-c", UNDERTAKER, str(cluster.pid()), str(home)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        _running.append((cluster, home, undertaker))
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            db.execute("ALTER ROLE anbu CREATEDB")  # the tests make a database of their own
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what was started and leave nothing behind."""
    while _running:
        cluster, home, undertaker = _running.pop()
        undertaker.kill()
        undertaker.communicate()
        cluster.stop()
        shutil.rmtree(home)
