"""The walls in the database (row-level security): nobody said who acts, so no row is there."""

import hashlib

# Rooms in which each table has a wall, or stands below with its reason.
WALLED_ROOMS = (
    "people",
    "assess",
    "concerns",
    "errands",
    "rounds",
    "register",
    "citizens",
    "looking",
)
WITHOUT_WALL = {
    "assess_instrument": "items and points of a questionnaire",
    "concerns_round": "weeks, and counts of homes",
    "register_doublerun": "moments, and counts of homes",
    "rounds_cadencerow": "how often a word is due, by tier",
    "rounds_worker": "colleagues, their training and their hours",
    "rounds_dayoff": "when a colleague does not come",
    "rounds_device": "a colleague's telephone and half a key",
    "rounds_unread": "what a telephone told of nobody's home; found through the telling worker",
    "rounds_daylook": "when the day of a dong was planned",
    "rounds_upto": "up to when another room was read",
    "rounds_programme": "what a district does on a day; who comes stands apart",
    "rounds_monthreport": "a colleague's hours and allowance",
    "rounds_monthline": "a colleague's day: minutes, and ids of the log",
    "rounds_meeting": "when a dong met, and what it agreed",
    "rounds_meetingseat": "which colleague came",
    "citizens_knock": "counts tries to prove who one is, by a digest, for a day",
    "looking_weighed": "a number: up to which seal the looks were weighed",
}
# Rooms without any wall, each with its reason.
WITHOUT_WALLS = {
    "foundation": "traces are added by everybody and changed by nobody; rights of log-ins hold it",
    "places": "the map, the calendar, the duty posts",
    "rosters": "when colleagues work; no household",
    "staff": "colleagues; the doorway must read them before anybody acts",
    "readings": "found through households; the ingest writes 10,000 a second (decision 0017)",
    "effects": "words of messages before a name stands in them",
    "exports": "who asked for which file; the files are encrypted, their passwords shown once",
    "alarms": "found through households; a whole city is raised at once (decision 0017)",
}

# Each in a SELECT of its own: asked once for a query, not once for a row.
ALL = "(SELECT anbu_sees_all())"
MACHINE = "(SELECT anbu_is_machine())"  # our own machines alone
WATCHES = "(SELECT anbu_watches())"  # they, and privacy officers
DONGS = "ANY ((SELECT anbu_dongs())::bigint[])"
HOUSEHOLD = f"{ALL} OR dong_id = {DONGS} OR id = ANY ((SELECT anbu_homes())::uuid[])"
# The homes within reach, found by the index of their dongs: an OR would read every home of a city.
HOMES = (
    f"SELECT id FROM people_household WHERE dong_id = {DONGS}"
    " UNION ALL SELECT unnest((SELECT anbu_homes())::uuid[])"
)


def way(path: str, to: str) -> str:
    """Return the condition of a table whose column `path` leads to the table `to`."""
    found = HOMES if to == "people_household" else f"SELECT id FROM {to}"
    return f"{ALL} OR {path} IN ({found})"


def version(condition: str) -> str:
    """Return the mark of a wall: another condition has another, and the wall is built anew."""
    return hashlib.sha256(condition.encode()).hexdigest()[:16]


def wall(table: str, condition: str) -> str:
    """Return what builds the wall around one table."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        f" DROP POLICY IF EXISTS {table}_wall ON {table};"
        f" CREATE POLICY {table}_wall ON {table} USING ({condition});"
        f" COMMENT ON POLICY {table}_wall ON {table} IS '{version(condition)}'"
    )
