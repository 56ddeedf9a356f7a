"""What the outbox makes and what the clock deletes."""

from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app

from anbu.care.foundation.queries import now as present

from . import actions


@app.task(name=actions.MAKE, queue="exports")
def make_export(export_id: str) -> None:
    """Make a file that was allowed."""
    actions.make(export=UUID(export_id), now=present())


def end_exports(*, now: datetime) -> bool:
    """Delete the files whose time is over."""
    return actions.end_next(now=now)
