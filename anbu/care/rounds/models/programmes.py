"""관계망 형성: what a district does together, who comes along, and who was there."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.places.models import District, Dong
from anbu.care.staff.models import Staff

from ..rules import ProgrammeKind


class Programme(models.Model):  # 모임
    """A walk, a cooking class, a trip: on one day, for so many people."""

    id = models.UUIDField(primary_key=True, default=new_id)
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    dong = models.ForeignKey(Dong, models.PROTECT, null=True, related_name="+")  # None: all
    kind = models.CharField(max_length=8, choices=[(k.value, k.name) for k in ProgrammeKind])
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=80)
    begins_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_why="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_why=""),
                name="what_is_called_off_says_why",
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="a_programme_has_room"),
        ]
        indexes = [models.Index(fields=["district", "-begins_at"], name="programmes_by_day")]


class SignUp(models.Model):  # 신청
    """Somebody who wants to come. Who has a place follows from the order; nothing says it twice."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sign_ups")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    said_yes = models.BooleanField()  # just now; False: the consent of the round carries it
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    came = models.BooleanField(null=True)  # None: nobody has said yet
    times_told = models.PositiveSmallIntegerField(default=0)
    contact = models.UUIDField(null=True)  # the row of the log that says so at present

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "household"],
                condition=Q(withdrawn_at=None),
                name="a_home_comes_once",
            ),
            models.CheckConstraint(
                condition=~Q(came=True) | Q(contact__isnull=False, withdrawn_at=None),
                name="who_was_there_stands_in_the_log",
            ),
        ]
        indexes = [models.Index(fields=["household"], name="programmes_of_a_home")]
