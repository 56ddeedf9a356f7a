"""A worker behind a door: the clock that others watch; and what is dangerous there."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from ..rules import Stage
from .workers import Device, Worker


class Visit(models.Model):  # 방문 타이머
    """One visit's deadline. It stands here, so it passes also while the telephone is dead."""

    id = models.UUIDField(primary_key=True, default=new_id)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="visits")
    partner = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stage = models.CharField(max_length=6, choices=[(s.value, s.name) for s in Stage])
    look_at = models.DateTimeField(null=True)  # when the clock looks at it next
    times_more = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)  # help was asked for
    is_duress = models.BooleanField(default=False)  # the screen says it was called off; it was not
    out_at = models.DateTimeField(null=True)
    out_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(out_at=None), name="one_visit_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(stage="out", out_at__isnull=False) | ~Q(stage="out") & Q(out_at=None),
                name="out_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=("inside", "amber")) | Q(look_at__isnull=False),
                name="who_is_inside_is_looked_after",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=Q(look_at__isnull=False), name="visits_to_look_at"
            )
        ]


class Hazard(models.Model):  # 주의할 것
    """What a worker should know before the door. It ends by itself, and the person may object."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    text = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    valid_until = models.DateField()
    appealed_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=300, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    is_upheld = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True)
