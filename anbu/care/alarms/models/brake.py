from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import CATCHING, BrakeCause, BrakeChoice
from .owner import exactly_one_owner


class Brake(models.Model):  # 한꺼번에 울림 (제동)
    """So much rang at once that clocks and messages stand still until a person has looked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    cause = models.CharField(max_length=10, choices=[(v.value, v.name) for v in BrakeCause])
    began_at = models.DateTimeField()
    counted = models.PositiveIntegerField(default=0)  # in the window that closed it
    ordinary = models.PositiveIntegerField(default=0)  # so many would have passed
    clock_s = models.FloatField(default=0)  # by so much our clocks parted [s]
    until = models.DateTimeField()  # then it goes on by itself
    all_gone_by = models.DateTimeField()  # whatever happens, every clock runs from here
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    owner_since = models.DateTimeField()
    choice = models.CharField(
        max_length=9, blank=True, choices=[(v.value, v.name) for v in BrakeChoice]
    )
    reason = models.CharField(max_length=200, blank=True)
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(ended_at=None, choice__in=CATCHING),
                name="one_brake_takes_what_is_raised",
            ),
            exactly_one_owner(name="open_brake_has_exactly_one_owner", over="ended_at"),
            models.CheckConstraint(
                condition=Q(choice="", chosen_at=None, chosen_by=None, ended_at=None)
                | Q(choice="by_risk", chosen_at__isnull=False)  # by itself, or by somebody
                | Q(choice__in=["go", "our_fault"], chosen_at__isnull=False)
                & Q(chosen_by__isnull=False),
                name="a_brake_ends_by_a_choice",
            ),
            models.CheckConstraint(
                condition=~Q(choice="our_fault") | ~Q(reason=""),
                name="our_own_fault_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["began_at"], name="open_brakes", condition=Q(ended_at=None))
        ]
