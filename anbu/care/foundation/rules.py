"""Ids and small laws that every room shares."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562): random enough to guess nothing, ordered enough to index well."""
    return uuid_utils.compat.uuid7()
