"""Ids."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562): guesses nothing, and indexes well."""
    return uuid_utils.compat.uuid7()
