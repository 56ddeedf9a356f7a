from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff


class Protocol(models.Model):  # 단계표
    """One version of a document of ladders: proposed, then put in force by somebody else, or not.

    From `valid_from` on it replaces the version of its name before it. Running alarms keep theirs.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "제안됨"
        APPROVED = "approved", "켬"
        DROPPED = "dropped", "거둠"

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    source = models.CharField(max_length=300, blank=True)  # where its numbers come from
    text = models.TextField()  # as it was written
    told = models.JSONField()  # as it was understood then: rules.keep
    loaded_by = models.CharField(max_length=80)
    proposed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.PROPOSED)
    valid_from = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="one_protocol_a_version"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None, valid_from=None)
                | Q(state="approved", valid_from__isnull=False, decided_at__isnull=False)
                & Q(decided_by__isnull=False)
                & ~Q(why="")
                | Q(state="dropped", valid_from=None, decided_at__isnull=False)
                & Q(decided_by__isnull=False),
                name="a_decided_protocol_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(proposed_by=None)
                | ~Q(decided_by=F("proposed_by")),
                name="two_people_put_a_protocol_in_force",
            ),
        ]
        indexes = [
            # what is in force: read once for each batch of new alarms
            models.Index(
                fields=["name", "-valid_from"],
                name="protocols_in_force",
                condition=Q(state="approved"),
            )
        ]
