"""How often a word is due: by tier, for the city or a district, and for one person."""

from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household
from anbu.care.places.models import District
from anbu.care.staff.models import Staff


class CadenceRow(models.Model):  # 안부 간격
    """How often, for one tier, from a day on. Rows are only added; the newest that holds counts."""

    district = models.ForeignKey(District, models.PROTECT, null=True)  # None: the whole city
    tier = models.CharField(max_length=4, choices=Household.Tier)
    times = models.PositiveSmallIntegerField()
    per_days = models.PositiveSmallIntegerField()
    visit_days = models.PositiveSmallIntegerField()
    bound_days = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    reason = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["district", "tier", "-valid_from"], name="cadence_in_force"),
        ]


class Pace(models.Model):  # 한 사람의 간격
    """How often for one person, with the reason and the day on which it is looked at again."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    times = models.PositiveSmallIntegerField()
    per_days = models.PositiveSmallIntegerField()
    visit_days = models.PositiveSmallIntegerField()
    bound_days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=120)
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(ended_at=None), name="one_pace_for_a_person"
            )
        ]
