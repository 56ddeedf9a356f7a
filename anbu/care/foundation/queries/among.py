"""Asking for many rows by their keys at once."""

from typing import Any

from django.db.models import Lookup, UUIDField


class Among(Lookup):
    """`household__among=ids`: one array parameter, however many keys.

    What `__in` does with a parameter for each key costs Django more than PostgreSQL the answer:
    for 2,000 keys 20-30 ms of Python a query.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `column = ANY(array)`."""
        column, params = self.process_lhs(compiler, connection)
        if isinstance(
            getattr(self.lhs.output_field, "target_field", self.lhs.output_field), UUIDField
        ):
            return f"{column} = ANY(%s::uuid[])", (*params, uuids(self.rhs))
        return f"{column} = ANY(%s)", (*params, list(self.rhs))


def uuids(keys: Any) -> str:
    """Return these keys as PostgreSQL writes an array of them."""
    return "{" + ",".join([key.hex for key in keys]) + "}"
