"""What happens to a database connection between two who use it. Free of Django."""

from typing import Any

import psycopg

FORGET = "RESET anbu.actor; RESET anbu.role; RESET anbu.reach; RESET anbu.now"


def forget_actor(wire: psycopg.Connection[Any]) -> None:
    """Bring a connection back to acting for whom it was opened: the next one is somebody else."""
    if wire.__dict__.pop("anbu_said", None) is not None:
        wire.__dict__.pop("anbu_unsure", None)
        wire.execute(FORGET)
        if not wire.autocommit:
            wire.commit()
