"""Building the walls in the database around every table of this room."""

from typing import Any

from ..rules.walls import VERSION, WITHOUT_WALL, wall

STANDING = """
SELECT c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE p.polname = c.relname || '_wall' AND c.relforcerowsecurity
  AND obj_description(p.oid, 'pg_policy') = %s
"""
HOME, PERSON = "people_household", "people_person"


def build_walls(room: Any, connection: Any) -> None:
    """Build each wall that is missing or of an older make.

    Only its owner can build a wall; migrations are run by the owner.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('anbu_homes') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # the room is being taken down, or not as far as its walls yet
        cursor.execute(STANDING, [str(VERSION)])
        standing = {table for (table,) in cursor.fetchall()}
        for table, path, to in ways_home(room):
            if table in tables and table not in standing:
                cursor.execute(wall(table, path=path, to=to))


def ways_home(room: Any) -> list[tuple[str, str, str]]:
    """Return each table of the room with the column that leads home, and where it leads."""
    found = []
    for model in room.get_models():
        table = model._meta.db_table
        if table == HOME:
            found.append((table, "id", HOME))
        elif table not in WITHOUT_WALL:
            found += _way(model)
    return found


def _way(model: Any) -> list[tuple[str, str, str]]:
    """Return the straightest way: to the household, else to the person, else none."""
    keys = {
        field.related_model._meta.db_table: field.column
        for field in reversed(model._meta.local_fields)
        if field.remote_field
    }
    table = model._meta.db_table
    return [(table, keys[to], to) for to in (HOME, PERSON) if to in keys][:1]
