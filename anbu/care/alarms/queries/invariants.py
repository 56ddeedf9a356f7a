"""What must always be true of alarms, asked of the tables themselves."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from ..models import Alarm, CallNote, Handover, Message, Step
from ..rules import HandState

GRACE = timedelta(minutes=5)  # a sweep runs every half second; five minutes late is broken


def broken_invariants(now: datetime) -> list[str]:
    """Return one sentence for each promise that does not hold; an empty list is good news."""
    is_open = Alarm.objects.filter(closed_at=None)
    owned = Q(owner_staff=None, owner_post__isnull=False) | Q(
        owner_staff__isnull=False, owner_post=None
    )
    raised = Step.objects.filter(alarm=OuterRef("pk"), kind=Step.Kind.RAISED)
    closed = Step.objects.filter(alarm=OuterRef("pk"), kind=Step.Kind.CLOSED)
    late = Q(rung_due_at__lt=now - GRACE) | Q(shelved_until__lt=now - GRACE)
    calls = CallNote.objects.filter(closed_at=None)
    checks = {
        "open calls without exactly one owner": calls.exclude(owned),
        "open calls whose deadline passed and nothing happened": calls.filter(
            due_at__lt=now - GRACE
        ),
        "open alarms without exactly one owner": is_open.exclude(owned),
        "open alarms without a next deadline": is_open.filter(rung_due_at=None),
        "open alarms whose deadline passed and nothing happened": is_open.filter(late),
        "open alarms owned by a disabled account": is_open.filter(owner_staff__is_active=False),
        "critical alarms that are put off": is_open.filter(level=3, shelved_until__isnull=False),
        "alarms raised before they were due": Alarm.objects.filter(
            kind=Alarm.Kind.SILENCE, raised_at__lt=F("due_at")
        ),
        "alarms without the step that raised them": Alarm.objects.exclude(Exists(raised)),
        "closed alarms without the step that closed them": Alarm.objects.filter(
            closed_at__isnull=False
        ).exclude(Exists(closed)),
        "homes with two open alarms": is_open.values("household")
        .annotate(n=Count("id"))
        .filter(n__gt=1),
        "hand-overs nobody accepted and nobody was told of": Handover.objects.filter(
            state=HandState.WAITING, up_at__lt=now - GRACE
        ),
        "messages nobody sent or gave up": Message.objects.filter(
            status=Message.Status.QUEUED, queued_at__lt=now - timedelta(days=1)
        ),
    }
    return [f"{many} {words}" for words, rows in checks.items() if (many := rows.count())]
