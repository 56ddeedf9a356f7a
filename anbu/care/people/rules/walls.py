"""The walls in the database (row-level security): nobody said who acts, so no row is there."""

# Tables of this room that stand open, each with its reason. All others lead to a household.
WITHOUT_WALL = {
    "people_opening": "the wall itself asks it who broke the glass",
    "people_suspicion": "names colleagues and ids; read by privacy officers only",
    "people_review": "ids of traces; read by privacy officers only",
    "people_looked": "a place in the list of traces",
}
VERSION = 1  # count up when a condition below changes: the walls are built anew

# Each in a SELECT of its own: asked once for a query, not once for a row.
ALL = "(SELECT anbu_sees_all())"
HOUSEHOLD = (
    f"{ALL} OR dong_id = ANY ((SELECT anbu_dongs())::bigint[])"
    " OR id = ANY ((SELECT anbu_homes())::uuid[])"
)


def wall(table: str, *, path: str, to: str) -> str:
    """Return what builds the wall around one table: its column `path` leads to the table `to`."""
    condition = HOUSEHOLD if table == to else f"{ALL} OR {path} IN (SELECT id FROM {to})"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        f" DROP POLICY IF EXISTS {table}_wall ON {table};"
        f" CREATE POLICY {table}_wall ON {table} USING ({condition});"
        f" COMMENT ON POLICY {table}_wall ON {table} IS '{VERSION}'"
    )
