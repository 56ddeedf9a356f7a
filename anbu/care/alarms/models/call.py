from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import CallEnd, Caller, CallState, Level
from .alarm import Alarm
from .owner import exactly_one_owner


class CallNote(models.Model):  # 걸려 온 전화 (명단에 없는 집)
    """Somebody telephoned about a home that is not in the register. One owner until it ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=14, unique=True)  # of the same day's numbers as alarms
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    caller = models.CharField(max_length=9, choices=[(v.value, v.name) for v in Caller])
    call_back = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=40, blank=True)  # of whom, as it was said
    place = models.CharField(max_length=120)  # where, as it was said
    said = models.JSONField()  # rules.Said
    words = models.CharField(max_length=300, blank=True)
    at_stake = models.BooleanField()
    level = models.PositiveSmallIntegerField(choices=[(v.value, v.name) for v in Level])
    state = models.CharField(max_length=6, choices=[(v.value, v.name) for v in CallState])
    due_at = models.DateTimeField()  # then it goes back to the post on duty
    late = models.PositiveSmallIntegerField(default=0)  # how often nobody acted in time
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    owner_since = models.DateTimeField()
    centre_owned = models.BooleanField()  # the centre owns it or once did: it stays in its sight
    dong_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")  # asked last
    alarm = models.ForeignKey(Alarm, models.PROTECT, null=True, related_name="calls")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=9, blank=True, choices=[(v.value, v.name) for v in CallEnd]
    )

    class Meta:
        constraints = [
            exactly_one_owner(name="open_call_has_exactly_one_owner", over="closed_at"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="") & ~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, state="closed")
                & ~Q(outcome=""),
                name="a_closed_call_says_how_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(alarm=None) | Q(outcome="linked"),
                name="a_linked_call_leads_to_a_signal",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="open_calls_falling_due", condition=Q(closed_at=None)
            ),
            models.Index(fields=["-taken_at"], name="calls_by_day"),
        ]


class CallStep(models.Model):  # 걸려 온 전화에 한 일
    """One line of what was done about a call. Rows are only ever added."""

    call = models.ForeignKey(CallNote, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8)  # taken | owner | handed | joint | late | note | closed
    by = models.ForeignKey(Staff, models.PROTECT, null=True)  # null: the system
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["call", "-at", "-id"], name="call_steps_newest_first")]
