from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household
from anbu.care.people.rules.walls import DONGS, way
from anbu.care.places.models import Dong


class Transfer(models.Model):  # 전출입 인계
    """A home handed from one dong office to another: sent, then accepted or refused."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="transfers")
    out_of = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    into = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()  # then the district is told
    accepted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=200, blank=True)  # why it was refused
    escalated_at = models.DateTimeField(null=True)

    # Who is to receive a home sees that it comes, and not yet who lives there.
    WALL = f"{way('household_id', 'people_household')} OR into_id = {DONGS} OR out_of_id = {DONGS}"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(accepted_at=None, refused_at=None, withdrawn_at=None),
                name="one_open_transfer_per_home",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, refused_at=None)
                | Q(accepted_at=None, withdrawn_at=None)
                | Q(refused_at=None, withdrawn_at=None),
                name="a_transfer_ends_one_way",
            ),
            models.CheckConstraint(
                condition=~Q(out_of=models.F("into")), name="a_transfer_goes_elsewhere"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(
                    accepted_at=None, refused_at=None, withdrawn_at=None, escalated_at=None
                ),
                name="transfers_that_fall_due",
            )
        ]
