"""Every kind of fault: what it touches, and whether it is tried by itself."""

from dataclasses import dataclass

from anbu.care.foundation.actions.crashing import POINTS

ROLES = ("web", "ingest", "clock", "notify", "watchdog")
DATABASE, BROKER, TIME, GATEWAY, TWIN = "database", "broker", "time", "gateway", "twin"
NETS = {
    "db": ("delay", "drop", "half_close", "reset", "vanish"),
    "http": ("delay", "drop", "half_close", "reset", "garble"),
    # no garbling: MQTT has no sum to check, in a city TLS lies around it
    "mqtt": ("delay", "drop", "half_close", "reset"),
}


@dataclass(frozen=True)
class Kind:
    """One way to break a city. `act` is what the injector does to `on`."""

    name: str
    act: str
    on: str
    alone: bool = False  # nothing else is broken meanwhile
    crash: bool = False  # a process dies of it


def _kinds() -> dict[str, Kind]:
    kinds = [Kind(f"kill_{role}", "kill_role", role, crash=True) for role in ROLES]
    kinds += [Kind("kill_twin_clock", "kill_twin", TWIN, crash=True)]
    kinds += [Kind(f"crash_{name}", "crash", role, crash=True) for name, role in POINTS.items()]
    kinds += [Kind(f"stop_{role}", "stop_role", role) for role in ROLES[:4]]
    kinds += [Kind(f"standstill_{role}", "standstill", role, alone=True) for role in ROLES[:4]]
    kinds += [
        Kind("standstill_database", "standstill", DATABASE, alone=True),
        Kind("db_immediate", "db_immediate", DATABASE, alone=True, crash=True),
        Kind("db_kill", "db_kill", DATABASE, alone=True, crash=True),
        Kind("db_backend", "db_backend", DATABASE, alone=True, crash=True),
        Kind("db_stop", "db_stop", DATABASE, alone=True),
        Kind("broker_kill", "broker_kill", BROKER, crash=True),
        Kind("supervisor_kill", "supervisor_kill", "supervisor", alone=True, crash=True),
        Kind("disk_full", "disk_full", DATABASE, alone=True, crash=True),
        Kind("clock_forward", "step", TIME),
        Kind("clock_back", "step", TIME),
    ]
    kinds += [Kind(f"gateway_{mood}", "gateway_fault", GATEWAY) for mood in ("fail", "hang", "lie")]
    kinds += [
        Kind(f"net_{where}_{mood}", "net", f"net_{where}")
        for where, moods in NETS.items()
        for mood in moods
    ]
    return {kind.name: kind for kind in kinds}


KINDS = _kinds()
