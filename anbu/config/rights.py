"""What each log-in of the database may do. The owner migrates; the others only work. No Django."""

from typing import Any

from psycopg import sql

WEB, WORK = "anbu_web", "anbu_work"  # the desks; the machines that need no tables of their own
LOGINS = (WEB, WORK)
# Which role of ours signs in as whom. `clock` makes the tables of the days: it is the owner.
LOGIN_OF = {"web": WEB, "ingest": WORK, "notify": WORK, "watchdog": WORK, "rehearsal": WORK}
# Written by everybody, changed by nobody; and the chain, which the sealer alone writes.
ONLY_ADDED = ("foundation_trace", "alarms_entry", "alarms_entrynote")
ONLY_READ = ("foundation_seal", "foundation_unsealed")

RIGHTS = (
    "GRANT USAGE ON SCHEMA public TO {login}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {login}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {login}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {login}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {login}",
)


def grant(run: Any) -> None:
    """Give each log-in that exists what it needs; `run` executes and returns rows."""
    there = {name for (name,) in run("SELECT rolname FROM pg_roles")}
    for login in LOGINS:
        if login not in there:
            continue
        name = sql.Identifier(login)
        for right in RIGHTS:
            run(sql.SQL(right).format(login=name))
        for table in ONLY_ADDED:
            _take(run, "UPDATE, DELETE, TRUNCATE", table, name)
        for table in ONLY_READ:
            _take(run, "INSERT, UPDATE, DELETE, TRUNCATE", table, name)


def _take(run: Any, what: str, table: str, login: sql.Identifier) -> None:
    told = f"REVOKE {what} ON {{table}} FROM {{login}}"
    run(sql.SQL(told).format(table=sql.Identifier(table), login=login))
