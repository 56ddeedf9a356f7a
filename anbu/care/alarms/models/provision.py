from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff

from ..rules import To, Way
from .alarm import Alarm


class ProvisionYear(models.Model):  # 제공 번호의 해
    """How many provisions a year has seen; its row is locked until the new one stands."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()


class Provision(models.Model):  # 제공 (119·112 전달지)
    """What was given of a home to 119 or 112: to whom, on which ground, which parts. No content."""

    id = models.UUIDField(primary_key=True, default=new_id)
    year = models.PositiveSmallIntegerField()
    nth = models.PositiveIntegerField()  # in that year, without a gap
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="provisions")
    to = models.CharField(max_length=3, choices=[(v.value, v.name) for v in To])
    office = models.CharField(max_length=40)  # which station or situation room
    person = models.CharField(max_length=40)  # who took it: a name, or the number of the report
    ground = models.CharField(max_length=7, choices=[("consent", "동의"), ("vital", "급박")])
    urgent = models.CharField(max_length=200, blank=True)  # why it could not wait for consent
    parts = models.JSONField()  # rules.Part, in the order in which they were given
    way = models.CharField(max_length=6, choices=[(v.value, v.name) for v in Way])
    reply_to = models.CharField(max_length=20)  # the telephone at which the centre is called back
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "nth"], name="a_provision_number_is_one"),
            models.CheckConstraint(condition=Q(nth__gte=1), name="provisions_begin_with_1"),
            models.CheckConstraint(
                condition=~Q(office="") & ~Q(person=""), name="a_provision_says_to_whom"
            ),
        ]
        indexes = [models.Index(fields=["alarm", "-given_at"], name="provisions_of_an_alarm")]
