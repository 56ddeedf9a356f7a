"""Loading the city's own response ladders."""

from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record

from ..models import Policy
from ..rules import freeze, parse_policy


@transaction.atomic
def load_policy(*, text: str, by: str, now: datetime) -> int:
    """Put ladders from a TOML file in force from now on; alarms that run keep theirs."""
    ladders = parse_policy(text)
    policy = Policy.objects.create(
        valid_from=now,
        ladders={name: freeze(ladder) for name, ladder in ladders.items()},
        loaded_by=by,
    )
    record(by=by, verb="load_policy", at=now, policy=policy.pk)
    return policy.pk
