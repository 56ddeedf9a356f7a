from django.db import models
from django.db.models import Q

from anbu.care.staff.models import Staff


class Link(models.Model):  # 달력 주소
    """The secret address of one person's own turns. The secret is shown once; its hash is kept."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_at=None), name="one_calendar_link_per_person"
            )
        ]
