"""A worker behind a door: the clock that others watch; and what is dangerous there."""

from django.db import models
from django.db.models import F, Q

from anbu.care.alarms.models import Alarm
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
    length_min = models.PositiveSmallIntegerField(null=True)  # null: its beginning has not come
    heard = models.JSONField(default=list)  # rules.Spoken: id, what, at
    faults = models.JSONField(default=list)  # what was not as it should be when it began
    times_more = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)  # help was asked for
    is_silent = models.BooleanField(default=False)  # without a sound: nobody rings them
    is_last_place = models.BooleanField(default=False)  # where they were last, not where they are
    call_ended_at = models.DateTimeField(null=True)  # as the telephone shows it
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    is_duress = models.BooleanField(default=False)  # the screen says it was called off; it was not
    out_at = models.DateTimeField(null=True)
    out_by = models.CharField(max_length=80, blank=True, default="")
    alarm = models.ForeignKey(Alarm, models.PROTECT, null=True, related_name="+")  # once it is red
    ended_how = models.CharField(max_length=20, blank=True, default="")  # alarms.rules.Outcome

    class Meta:
        constraints = [
            # Who called for help, and what is red, is the control room's; the worker may go on.
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(stage__in=("inside", "amber"), called_at=None),
                name="one_visit_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(stage="red") | Q(alarm__isnull=False),
                name="who_is_in_danger_has_a_signal",
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
            ),
            models.Index(fields=["alarm"], condition=Q(stage="red"), name="visits_in_danger"),
            models.Index(fields=["worker", "began_at"], name="visits_of_a_worker"),
        ]


class Hazard(models.Model):  # 주의할 것
    """What a worker should know before the door. It ends by itself, and the person may object."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    text = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    valid_until = models.DateField()
    renewed_at = models.DateTimeField(null=True)
    renewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    appealed_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=300, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    is_upheld = models.BooleanField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, is_upheld=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, is_upheld__isnull=False)
                & Q(appealed_at__isnull=False),
                name="an_appeal_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")),
                name="nobody_decides_about_their_own_note",
            ),
            models.CheckConstraint(
                condition=~Q(is_upheld=True) | Q(ended_at__isnull=False),
                name="what_was_objected_to_rightly_is_gone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["household"], condition=Q(ended_at=None), name="hazards_of_a_home"
            ),
        ]
