"""Asking for a search of the register: by a person, and after each import by itself."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import DoubleRun


@transaction.atomic
def ask_for_doubles(*, by: str, now: datetime) -> None:
    """Let the register be searched for people who stand in it twice; once is enough."""
    if not DoubleRun.objects.select_for_update().filter(ended_at=None).exists():
        DoubleRun.objects.create(asked_at=now, asked_by=by)
        record(by=by, verb="ask_for_doubles", at=now)
