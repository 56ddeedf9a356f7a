"""Errands, and the days they were put off to."""

from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.people.rules.walls import way
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from .rules import End, Need


class Errand(models.Model):  # 할 일
    """One thing promised to be done for a person. The post answers for it, whoever does it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    # what it came from: a hand-over that was accepted becomes one errand, however often it is told
    cause = models.UUIDField(unique=True)
    need = models.CharField(max_length=8, choices=[(n.value, n.name) for n in Need])
    request = models.CharField(max_length=120)  # 부탁
    promise = models.CharField(max_length=120)  # 되읽기: what was said back
    owner_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    first_due_on = models.DateField()  # what was promised first
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    end = models.CharField(
        max_length=10, choices=[(e.value, e.name) for e in End], blank=True, default=""
    )
    note = models.CharField(max_length=300, blank=True, default="")  # what came of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, end="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(end=""),
                name="an_errand_is_closed_by_a_person_with_an_end",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("first_due_on")),
                name="an_errand_is_put_off_never_back",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner_post", "due_on"],
                name="open_errands_of_a_post",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["household", "-made_at"], name="errands_of_a_household"),
        ]


class PutOff(models.Model):  # 미룸
    """One errand put off to a later day. Rows are only ever added."""

    errand = models.ForeignKey(Errand, models.PROTECT, related_name="put_off")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    until = models.DateField()
    reason = models.CharField(max_length=120)

    WALL = way("errand_id", "errands_errand")
