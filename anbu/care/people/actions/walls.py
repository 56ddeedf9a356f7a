"""Building the walls in the database around every table that leads to a person."""

from typing import Any

from ..rules.walls import HOUSEHOLD, WITHOUT_WALL, version, wall, way

STANDING = """
SELECT c.relname, obj_description(p.oid, 'pg_policy')
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE p.polname = c.relname || '_wall' AND c.relrowsecurity AND c.relforcerowsecurity
"""
HOME, PERSON = "people_household", "people_person"


def build_walls(room: Any, connection: Any) -> None:
    """Build each wall of a room that is missing or of an older make.

    Only its owner can build a wall; migrations are run by the owner.
    """
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('anbu_watches') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # the room is being taken down, or not as far as its walls yet
        cursor.execute(STANDING)
        standing = set(cursor.fetchall())
        for table, condition in walls_of(room):
            if table in tables and (table, version(condition)) not in standing:
                cursor.execute(wall(table, condition))


def walls_of(room: Any) -> list[tuple[str, str]]:
    """Return each table of the room that has a wall, with who sees which of its rows.

    A model may say so itself (`WALL`); else its straightest way to a home says it.
    """
    found = []
    for model in room.get_models():
        table = model._meta.db_table
        condition = getattr(model, "WALL", "") or _way(model)
        if condition and table not in WITHOUT_WALL:
            found.append((table, condition))
    return found


def _way(model: Any) -> str:
    """Return the straightest way: to the household, else to the person, else none."""
    if model._meta.db_table == HOME:
        return HOUSEHOLD
    keys = {
        field.related_model._meta.db_table: field.column
        for field in reversed(model._meta.local_fields)
        if field.remote_field
    }
    return next((way(keys[to], to) for to in (HOME, PERSON) if to in keys), "")
