from django.db import models
from django.db.models import F, Q

from anbu.care.people.models import Household
from anbu.care.people.rules.walls import ALL


class Double(models.Model):  # 겹치는 사람 후보
    """Two households that may be of one person. A person decides, and may take it back."""

    class Decision(models.TextChoices):
        OPEN = "open", "살펴볼 것"
        DIFFERENT = "different", "다른 사람"
        JOINED = "joined", "합침"

    one = models.ForeignKey(Household, models.PROTECT, related_name="+")
    other = models.ForeignKey(Household, models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    grounds = models.JSONField()  # [points, sentence], strongest first
    found_at = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision, default=Decision.OPEN)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    # Who sees one of the two must be able to see that there is a pair; the query asks for both.
    WALL = (
        f"{ALL} OR one_id IN (SELECT id FROM people_household)"
        " OR other_id IN (SELECT id FROM people_household)"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_row_per_pair"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="a_pair_has_one_order"),
            models.CheckConstraint(
                condition=Q(decision="open", decided_at=None)
                | (~Q(decision="open") & Q(decided_at__isnull=False)),
                name="a_decision_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"], condition=Q(decision="open"), name="pairs_to_look_at"
            )
        ]


class Joining(models.Model):  # 합치기
    """One record joined into another; what was filled in and copied, so that it can be undone."""

    pair = models.ForeignKey(Double, models.PROTECT, related_name="joinings")
    kept = models.ForeignKey(Household, models.PROTECT, related_name="+")
    gone = models.ForeignKey(Household, models.PROTECT, related_name="+")
    filled = models.JSONField()  # field of household or person: what was put there
    copied = models.JSONField()  # ids of contacts that were copied
    joined_at = models.DateTimeField()
    joined_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)

    WALL = f"{ALL} OR pair_id IN (SELECT id FROM register_double)"


class DoubleRun(models.Model):  # 겹치는 사람 찾기
    """One search through the whole register, asked for by a person or by an import."""

    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    homes = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="one_search_at_a_time",
            )
        ]
