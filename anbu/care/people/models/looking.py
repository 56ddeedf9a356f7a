"""Who opened whose page without being sent there, and what a privacy officer makes of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anbu.care.staff.models import Staff

from .homes import Household


class Opening(models.Model):  # 열람
    """A page opened for a typed reason, or across one's area by breaking the glass."""

    class Kind(models.TextChoices):
        REASON = "reason", "사유 열람"
        BREAK_GLASS = "break_glass", "긴급 열람"

    class Verdict(models.TextChoices):
        RIGHT = "right", "정당함"
        UNCLEAR = "unclear", "소명 요청"
        WRONG = "wrong", "부당함"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="openings")
    household = models.ForeignKey(Household, models.PROTECT, related_name="openings")
    kind = models.CharField(max_length=11, choices=Kind)
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    told_post = models.ForeignKey("places.Post", models.PROTECT, null=True, related_name="+")
    seen_by_post_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_opening_says_why"),
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")), name="an_opening_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict=""),
                name="a_reviewed_opening_says_by_whom_and_how",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("staff")),
                name="nobody_reviews_the_own_opening",
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "household", "-until"], name="openings_that_stand"),
            models.Index(
                fields=["opened_at", "id"],
                condition=Q(reviewed_at=None, kind="break_glass"),
                name="broken_glass_to_review",
            ),
        ]


class Suspicion(models.Model):  # 의심 열람
    """A pattern in somebody's looking that a person has to judge."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=20)
    on = models.DateField()  # one of each kind for each person and day
    found_at = models.DateTimeField()
    homes = ArrayField(models.UUIDField(), default=list)
    traces = ArrayField(models.BigIntegerField(), default=list)
    facts = models.JSONField(default=dict)
    verdict = models.CharField(max_length=8, choices=Opening.Verdict, blank=True, default="")
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "rule", "on"], name="one_suspicion_per_person_rule_and_day"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("staff")),
                name="nobody_judges_the_own_looking",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at", "id"],
                condition=Q(reviewed_at=None),
                name="suspicions_to_review",
            )
        ]


class Bait(models.Model):  # 미끼
    """A household that nobody has a task at, made up: whoever opens it is asked why."""

    household = models.OneToOneField(Household, models.PROTECT, related_name="bait")
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)
    removed_at = models.DateTimeField(null=True)


class Review(models.Model):  # 월간 점검
    """One month's traces, a drawn sample of them, and who signed for having looked."""

    month = models.DateField(unique=True)  # its first day
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)  # traces by kind, openings, suspicions
    sample = ArrayField(models.BigIntegerField(), default=list)  # ids of traces
    verdicts = models.JSONField(default=dict)  # by the trace's id
    note = models.CharField(max_length=600, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_signed_review_says_by_whom",
            )
        ]


class Looked(models.Model):  # 의심 열람을 살핀 곳
    """Up to which trace the looks have been weighed: one row."""

    trace = models.BigIntegerField()
