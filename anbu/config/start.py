"""What must stand before any role runs: configuration, secrets, database. Free of Django."""

import os
import secrets
import socket
import tomllib
from collections.abc import Sequence
from pathlib import Path

from anbu.config.postgres import CannotStart, Cluster, check_safety, check_walls
from anbu.config.rights import LOGIN_OF

PACKAGE = Path(__file__).resolve().parent.parent


def home() -> Path:
    """Return the folder of this installation's data, made if it is missing."""
    folder = Path(os.environ.get("ANBU_HOME") or PACKAGE.parent / "var").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"ANBU_HOME={folder}: {error.strerror}") from None
    os.environ["ANBU_HOME"] = str(folder)
    return folder


def read_config(file: Path | None) -> None:
    """Let the environment say what the file says, where it says nothing itself."""
    if file is None:
        return
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotStart(f"{file}: {error}") from None
    for key, value in told.items():
        os.environ.setdefault(f"ANBU_{key.upper()}", _as_text(file, key, value))
    os.environ["ANBU_CONFIG"] = str(file)
    os.environ["ANBU_CONFIG_KEYS"] = ",".join(key.upper() for key in told)


def _as_text(file: Path, key: str, value: object) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case str() | int() | float():
            return str(value)
        case list():
            return ",".join(str(each) for each in value)
    raise CannotStart(f"{file}: {key} must be a text, a number, true, false or a list")


def database(*, must_answer: bool = True, to_keep: bool = False) -> tuple[str, Cluster | None]:
    """Return the database's URL, and the private cluster if this call had to start one.

    The watchdog starts without an answer: that the database is away is what it tells. Who means
    `to_keep` the private cluster up takes one over that a killed Anbu left behind.
    """
    url = os.environ.get("ANBU_DATABASE_URL")
    if url:
        if must_answer:
            check_safety(url)
        return url, None
    cluster = Cluster(home())
    running = None if to_keep else cluster.find()
    if running:
        _let_log_in(cluster)
        return running, None
    url = cluster.start()
    check_safety(url)
    _let_log_in(cluster)
    return url, cluster


def _let_log_in(cluster: Cluster) -> None:
    for name, url in cluster.log_ins().items():
        os.environ.setdefault(name, url)


def login(command: Sequence[str], owner: str) -> str:
    """Return the database's URL for this command: a role signs in with no more than it needs."""
    role = command[-1] if list(command[-2:-1]) == ["run"] else ""
    kind = LOGIN_OF.get(role, "").removeprefix("anbu_").upper()
    url = os.environ.get(f"ANBU_DATABASE_URL_{kind}", owner) if kind else owner
    if role == "web":
        check_walls(url)
    return url


def secret_key() -> None:
    """Keep one secret key for this installation, in a file only its owner can read."""
    if os.environ.get("ANBU_SECRET_KEY"):
        return
    file = home() / "secret.key"
    if not file.exists():
        draft = file.with_suffix(f".{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
        draft.replace(file)
    os.environ["ANBU_SECRET_KEY"] = file.read_text()


def reach(command: Sequence[str]) -> None:
    """Let the desks begin with nobody's homes, and all our machines with every home."""
    is_web = list(command[-2:]) == ["run", "web"]
    os.environ["ANBU_REACH"] = "" if is_web else "machine"


def check_port(port: int, name: str) -> None:
    """Say in one line that somebody else has the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}): set ANBU_{name}, or give --port"
            ) from None
        except OverflowError:
            raise CannotStart(f"ANBU_{name}={port}: a port is a number up to 65535") from None
