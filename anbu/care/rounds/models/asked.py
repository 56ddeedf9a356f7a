"""What asks for a word beside the cadence; and how far the days are planned."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.places.models import Dong

from ..rules import Way
from .log import Contact


class Asked(models.Model):  # 돌봄단에 부탁
    """Somebody is to be reached soon, because another asked. A real contact ends it, alone."""

    class Why(models.TextChoices):
        HANDOVER = "handover", "관제에서 넘김"
        OUTAGE = "outage", "볼 수 없는 집"
        DESK = "desk", "동에서 부탁"

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    cause = models.UUIDField(unique=True)  # asked for twice by the same, it is asked for once
    why = models.CharField(max_length=8, choices=Why)
    way = models.CharField(max_length=5, choices=[(w.value, w.name) for w in Way])
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)  # as traces call them
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="what_was_asked_is_ended_by_a_contact",
            )
        ]
        indexes = [
            models.Index(fields=["household"], condition=Q(ended_at=None), name="asked_and_open")
        ]


class DayLook(models.Model):  # 계획한 날
    """When the day of one dong was planned last, and who was on its team then."""

    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    day = models.DateField()
    planned_at = models.DateTimeField()
    team = models.CharField(max_length=32)  # a digest: a day off made or withdrawn changes it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dong", "day"], name="one_look_a_dong_and_day")
        ]
        indexes = [models.Index(fields=["day"], name="looks_of_a_day")]


class Upto(models.Model):  # 어디까지 읽었나
    """Up to when what another room left was read."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
