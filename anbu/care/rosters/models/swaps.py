from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff

from ..rules import SwapState
from .turns import Turn

IS_OPEN = Q(state__in=["asked", "agreed"])


class Swap(models.Model):  # 바꾸기
    """One turn for another, or a turn given away; nothing changes until it is done."""

    id = models.UUIDField(primary_key=True, default=new_id)
    gives = models.ForeignKey(Turn, models.PROTECT, related_name="+")
    takes = models.ForeignKey(Turn, models.PROTECT, null=True, related_name="+")  # in return
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=9, default=SwapState.ASKED, choices=[(v.value, v.name) for v in SwapState]
    )
    agreed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gives"], condition=IS_OPEN, name="one_open_swap_per_turn_given"
            ),
            models.UniqueConstraint(
                fields=["takes"], condition=IS_OPEN, name="one_open_swap_per_turn_taken"
            ),
            models.CheckConstraint(
                condition=IS_OPEN & Q(settled_at=None) | ~IS_OPEN & Q(settled_at__isnull=False),
                name="a_settled_swap_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=models.F("asked_of")), name="a_swap_is_of_two_people"
            ),
        ]
