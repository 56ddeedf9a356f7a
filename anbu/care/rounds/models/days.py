"""The plan of a day: who goes to whom, who could not be placed, and what was promised."""

from django.db import models
from django.db.models import F, Q

from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from ..rules import Because, Left, Way
from .log import Contact
from .workers import Worker


class Task(models.Model):  # 오늘 안부
    """One home in one worker's day; one for each home and day, however often it is planned."""

    day = models.DateField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="tasks")
    partner = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=5, choices=[(w.value, w.name) for w in Way])
    because = models.CharField(max_length=8, choices=[(b.value, b.name) for b in Because])
    minutes = models.PositiveSmallIntegerField()
    at = models.PositiveSmallIntegerField(null=True)  # minute of the day that was promised
    hour = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField(default=0)  # order of the day: about its minute
    walk_min = models.PositiveSmallIntegerField(default=0)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")  # by hand
    done_by = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "day"], name="one_task_a_home_and_day"),
            models.CheckConstraint(
                condition=~Q(way="visit") | Q(partner__isnull=False) & ~Q(partner=F("worker")),
                name="nobody_visits_alone",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "day"], name="tasks_of_a_worker"),
            models.Index(fields=["partner", "day"], name="tasks_of_a_partner"),
            models.Index(fields=["day"], name="tasks_of_a_day"),
        ]


class Unplaced(models.Model):  # 아무도 가지 않는 집
    """Somebody who is due on a day and in nobody's plan, with the reason."""

    day = models.DateField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=[(r.value, r.name) for r in Left])
    days_past = models.PositiveSmallIntegerField(default=0)
    set_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")  # by hand

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "day"], name="unplaced_once_a_day"),
            models.CheckConstraint(
                condition=Q(reason="by_hand", set_by__isnull=False)
                | ~Q(reason="by_hand") & Q(set_by=None),
                name="who_is_taken_out_is_taken_out_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["day"], name="unplaced_of_a_day")]


class Promise(models.Model):  # 약속
    """ "I will call on Friday at ten": kept, broken or called off, by a log that says so."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    on = models.DateField()
    minute = models.PositiveSmallIntegerField(null=True)  # of the day
    way = models.CharField(max_length=5, choices=[(w.value, w.name) for w in Way])
    made_in = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="promises")
    made_at = models.DateTimeField()
    kept_by = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made_in"], name="one_promise_of_a_log"),
        ]
        indexes = [
            models.Index(fields=["on"], condition=Q(ended_at=None), name="promises_to_keep"),
        ]
