"""Where one person stands in the round: the one clock of contact."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household

from ..rules import BINS, Kind


def no_tries() -> list[int]:
    """Return the counts of somebody who was never tried."""
    return [0] * BINS


class Standing(models.Model):  # 안부 시계
    """One person of the round. All of it follows from the log, and can be made anew from it."""

    household = models.OneToOneField(Household, models.PROTECT, primary_key=True, related_name="+")
    began_on = models.DateField()
    refuses_since = models.DateField(null=True)  # 거절: the low plan, never the end
    worker = models.ForeignKey("Worker", models.PROTECT, null=True, related_name="neighbours")
    contact_at = models.DateTimeField(null=True)  # the last real contact, by anyone
    contact_kind = models.CharField(
        max_length=10, choices=[(k.value, k.name) for k in Kind], blank=True, default=""
    )
    visit_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # in vain, since the last real contact
    due_on = models.DateField()
    visit_due_on = models.DateField(null=True)
    bound_on = models.DateField()
    told_late_at = models.DateTimeField(null=True)  # whose bound is over: to the dong
    told_late_up_at = models.DateTimeField(null=True)  # and to the district
    tried_by_hour = ArrayField(models.PositiveSmallIntegerField(), default=no_tries, size=BINS)
    answered_by_hour = ArrayField(models.PositiveSmallIntegerField(), default=no_tries, size=BINS)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contact_at=None, contact_kind="")
                | Q(contact_at__isnull=False) & ~Q(contact_kind=""),
                name="a_contact_has_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(bound_on__gte=models.F("due_on")), name="due_before_the_bound"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(ended_at=None), name="who_is_due_in_the_round"
            ),
            models.Index(
                fields=["bound_on"], condition=Q(ended_at=None), name="who_is_past_the_bound"
            ),
            models.Index(  # few do
                fields=["due_on"],
                condition=Q(ended_at=None, refuses_since__isnull=False),
                name="who_refuses",
            ),
            models.Index(fields=["worker"], condition=Q(ended_at=None), name="my_neighbours"),
        ]
