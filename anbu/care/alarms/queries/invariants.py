"""What must always be true of alarms, asked of the tables themselves."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from anbu.care.rosters.models import Hole
from anbu.care.rosters.rules import OPEN as HOLE_OPEN

from ..models import Alarm, CallNote, Care, FieldJob, FieldText, Handover, Message, Step
from ..rules import CareState, HandState

GRACE = timedelta(minutes=5)  # a sweep runs every half second; five minutes late is broken
OWNED = Q(owner_staff=None, owner_post__isnull=False) | Q(
    owner_staff__isnull=False, owner_post=None
)


def broken_invariants(now: datetime) -> list[str]:
    """Return one sentence for each promise that does not hold; an empty list is good news."""
    is_open = Alarm.objects.filter(closed_at=None)
    raised = Step.objects.filter(alarm=OuterRef("pk"), kind=Step.Kind.RAISED)
    closed = Step.objects.filter(alarm=OuterRef("pk"), kind=Step.Kind.CLOSED)
    late = Q(rung_due_at__lt=now - GRACE) | Q(shelved_until__lt=now - GRACE)
    calls = CallNote.objects.filter(closed_at=None)
    checks: dict[str, QuerySet[Any]] = {
        "open calls without exactly one owner": calls.exclude(OWNED),
        "open calls whose deadline passed and nothing happened": calls.filter(
            due_at__lt=now - GRACE
        ),
        "open alarms without exactly one owner": is_open.exclude(OWNED),
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
    checks |= _of_doors(now) | _of_people(now)
    return [f"{many} {words}" for words, rows in checks.items() if (many := rows.count())]


def _of_doors(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return the questions about who is sent to a door, and their links."""
    out = FieldJob.objects.filter(done_at=None, withdrawn_at=None)
    return {
        "alarms with two people on the way to the door": out.values("alarm")
        .annotate(n=Count("id"))
        .filter(n__gt=1),
        "closed alarms with somebody still on the way": out.exclude(alarm__closed_at=None),
        "link texts nobody sent or gave up": FieldText.objects.filter(
            status=FieldText.Status.QUEUED, made_at__lt=now - 2 * GRACE
        ),
        "link texts that have gone and still hold their link": FieldText.objects.exclude(
            status=FieldText.Status.QUEUED
        ).exclude(text=""),
    }


def _of_people(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return the questions about colleagues: who is asked after, who is missing on a roster."""
    cares = Care.objects.filter(state=CareState.ASKED)
    return {
        "colleagues whom nobody, or more than one, is to ask how they are": cares.exclude(OWNED),
        "colleagues whom nobody asked and nobody handed on": cares.filter(up_at__lt=now - GRACE),
        "holes in a roster nobody was told of in time": Hole.objects.filter(
            state__in=HOLE_OPEN, tell_at__lt=now - GRACE
        ),
    }
