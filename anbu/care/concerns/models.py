"""Concerns, what was noted on them, and the weekly rounds in which they are found."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.people.rules.walls import way
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from .rules import Kind, Outcome, State


class Round(models.Model):  # 주간 살핌
    """One week, asked about once in every home. `upto` is how far it has come."""

    week_on = models.DateField(unique=True)  # the Monday on which the judged week began
    season = models.JSONField(null=True)  # what all homes did in common; null: too few homes
    upto = models.UUIDField(null=True)
    homes = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Concern(models.Model):  # 관심
    """A slow decline somebody of the dong should look into, in their own time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=[(k.value, k.name) for k in Kind])
    owner_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    since_on = models.DateField()  # the first Monday of the changed weeks
    week_on = models.DateField()  # the Monday of the week that was judged
    facts = models.JSONField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.name) for s in State], default=State.OPEN
    )
    raised_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=12, choices=[(o.value, o.name) for o in Outcome], blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(closed_at=None),
                name="one_open_concern_per_home_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_at=None, closed_by=None, outcome=""),
                name="a_concern_is_closed_by_a_person_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="a_concern_is_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner_post", "-raised_at"],
                name="open_concerns_of_a_post",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["household", "kind", "-week_on"], name="concerns_of_a_household"),
        ]


class Note(models.Model):  # 메모
    concern = models.ForeignKey(Concern, models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)

    WALL = way("concern_id", "concerns_concern")
