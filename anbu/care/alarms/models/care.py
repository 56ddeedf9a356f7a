from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import CareState
from .alarm import Alarm
from .field import FieldJob
from .owner import exactly_one_owner


class Care(models.Model):  # 동료 돌봄
    """One colleague who was there, and the one person who is to ask how they are."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+")
    whom = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    # who went to the door and is nobody of ours: known by their role, asked after through others
    job = models.ForeignKey(FieldJob, models.PROTECT, null=True, related_name="+")
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    up_at = models.DateTimeField()  # then the next supervisor is asked
    handed_on = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(
        max_length=8, default=CareState.ASKED, choices=[(v.value, v.name) for v in CareState]
    )
    note = models.CharField(max_length=200, blank=True)  # never about anybody's health
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm", "whom"], name="one_care_of_a_colleague_after_an_alarm"
            ),
            models.UniqueConstraint(
                fields=["alarm", "job"], name="one_care_of_an_agent_after_an_alarm"
            ),
            models.CheckConstraint(
                condition=Q(whom=None, job__isnull=False) | Q(whom__isnull=False, job=None),
                name="care_is_of_a_colleague_or_of_an_agent",
            ),
            exactly_one_owner(name="care_has_exactly_one_owner", over="settled_at"),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None, settled_by=None, note="")
                | Q(state__in=["spoken", "declined"])
                & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="care_that_is_over_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["up_at"], name="care_going_up", condition=Q(state="asked"))]
