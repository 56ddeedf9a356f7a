"""The private database: it comes back after a power cut, and an unsafe one is refused."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from anbu.config.postgres import CannotStart, Cluster, check_safety


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="anbu-test-") as folder:
        Path(folder).chmod(0o711)  # as root, the database's own user must get through
        yield Path(folder)


def test_every_accepted_row_is_back_after_a_power_cut(home: Path) -> None:
    cluster = Cluster(home)
    url = cluster.start()
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE heard (id int)")
        for each in range(200):
            db.execute("INSERT INTO heard VALUES (%s)", [each])
    cluster.crash()
    assert not cluster.is_alive()
    with psycopg.connect(cluster.start()) as db:
        assert db.execute("SELECT count(*) FROM heard").fetchone() == (200,)
    cluster.stop()
    assert not cluster.is_alive()


def test_a_server_that_dies_by_itself_is_started_again(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    first = cluster.pid()
    assert first
    os.kill(first, signal.SIGQUIT)
    psutil.wait_procs([psutil.Process(first)], timeout=60)
    assert not cluster.is_alive()
    psycopg.connect(cluster.start()).close()
    with pytest.raises(CannotStart, match="Another Anbu already runs"):
        Cluster(home).start()  # and it is still ours
    cluster.stop()


def test_a_server_left_behind_is_taken_over_and_kept_up(home: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from anbu.config.postgres import *;"
        "Cluster(Path(sys.argv[1])).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(home)])
    heir = Cluster(home)
    heir.start()
    assert heir.is_alive()
    heir.crash()
    psycopg.connect(heir.start()).close()
    heir.stop()
    assert not heir.is_alive()


def test_one_folder_serves_one_anbu_at_a_time(home: Path) -> None:
    first = Cluster(home)
    first.start()
    with pytest.raises(CannotStart, match="Another Anbu already runs"):
        Cluster(home).start()
    first.stop()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_database_that_may_lose_what_it_accepted_is_refused(home: Path, setting: str) -> None:
    cluster = Cluster(home)
    cluster.settings[setting] = "off"
    url = cluster.start()
    try:
        with pytest.raises(CannotStart, match=setting):
            check_safety(url)
    finally:
        cluster.stop()


def test_data_of_another_version_is_named_in_one_line(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="of PostgreSQL 15, the server is 18"):
        Cluster(home).start()


def test_no_server_at_all_is_named_in_one_line() -> None:
    with pytest.raises(CannotStart, match="does not answer"):
        check_safety("postgresql://anbu@127.0.0.1:1/anbu")


@pytest.mark.django_db
def test_a_transaction_whose_machine_vanished_does_not_keep_homes_locked_for_ever() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("30s",)
