from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from ..rules import DoubtEnd, Plan
from .brake import Brake


class LastLook(models.Model):  # 마지막으로 기한을 본 때
    """Up to when every deadline was looked at; its one row is the ledger's own clock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_last_look")]


class Standstill(models.Model):  # 우리 쪽 멈춤
    """A time in which nobody looked at deadlines: our own fault, and nobody's silence."""

    began_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at=None), name="one_open_standstill"
            )
        ]


class Doubt(models.Model):  # 안부를 모르는 집
    """A home of which nobody can say how its person is, until a human decides or knows."""

    class Cause(models.TextChoices):
        BLIND = "blind", "볼 수 없음"
        OWN = "own", "우리 쪽 멈춤"

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=5, choices=Cause)
    standstill = models.ForeignKey(Standstill, models.PROTECT, null=True, related_name="missed")
    # what a person called our own fault, and nobody made sure of: docs/decisions/0036
    brake = models.ForeignKey(Brake, models.PROTECT, null=True, related_name="doubts")
    since = models.DateTimeField()  # blind since, or the deadline that fell into the standstill
    raised_at = models.DateTimeField()
    plan = models.CharField(max_length=5, blank=True, choices=[(v.value, v.name) for v in Plan])
    reason = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField(null=True)  # then somebody must decide anew
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(
        max_length=7, blank=True, choices=[(v.value, v.name) for v in DoubtEnd]
    )
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "cause"],
                condition=Q(ended_at=None),
                name="one_open_doubt_per_home_and_cause",
            ),
            models.CheckConstraint(
                condition=Q(plan="", planned_at=None, planned_by=None, until=None)
                | ~Q(plan="")
                & Q(planned_at__isnull=False, planned_by__isnull=False, until__isnull=False),
                name="a_plan_says_who_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="", ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how__in=["", "seen"])
                # what a machine may end: it can be seen again, and was no fault of ours
                | Q(ended_at__isnull=False, ended_by=None, ended_how="seen", cause="blind"),
                name="an_ended_doubt_says_how_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(cause="own", standstill__isnull=False, brake=None)
                | Q(cause="own", standstill=None, brake__isnull=False)
                | Q(cause="blind", standstill=None, brake=None),
                name="our_own_fault_says_which",
            ),
        ]
        indexes = [
            models.Index(fields=["since"], name="open_doubts", condition=Q(ended_at=None)),
            models.Index(fields=["household", "-raised_at"], name="doubts_of_a_home"),
        ]
