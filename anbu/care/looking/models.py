"""What looks odd about somebody's looking, how much everybody looked, and the monthly review."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anbu.care.people.models import Opening
from anbu.care.people.rules.walls import MACHINE, WATCHES
from anbu.care.places.models import Dong
from anbu.care.staff.models import Staff

from .rules import Rule


class Residence(models.Model):  # 직원이 알린 사는 곳
    """The road a member of staff lives on, told by themselves: no house number is kept."""

    staff = models.OneToOneField(Staff, models.PROTECT, related_name="+")
    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    road = models.CharField(max_length=60)
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=80)

    WALL = MACHINE  # even a privacy officer needs the flag only, not where colleagues live


class Suspicion(models.Model):  # 의심 열람
    """A pattern in somebody's looking that a person has to judge. It does nothing by itself."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    rule = models.CharField(max_length=12, choices=[(r.value, r.name) for r in Rule])
    found_at = models.DateTimeField()
    last_at = models.DateTimeField()  # of the newest look in it
    traces = ArrayField(models.BigIntegerField(), default=list)
    homes = ArrayField(models.UUIDField(), default=list)
    verdict = models.CharField(max_length=8, choices=Opening.Verdict, blank=True, default="")
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    WALL = WATCHES

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "rule"],
                condition=Q(reviewed_at=None),
                name="one_open_suspicion_per_person_and_rule",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="", note="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False)
                & ~Q(verdict="")
                & ~Q(note=""),
                name="a_judged_suspicion_says_by_whom_how_and_why",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("staff")),
                name="nobody_judges_the_own_looking",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at", "id"], condition=Q(reviewed_at=None), name="suspicions_open"
            )
        ]


class Tally(models.Model):  # 열람 셈
    """How often one person looked at one home in a month, and how often without a task."""

    month = models.DateField()  # its first day, in Seoul
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    household = models.UUIDField()
    looks = models.PositiveIntegerField(default=0)
    without_task = models.PositiveIntegerField(default=0)

    WALL = WATCHES

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "staff", "household"], name="one_tally_of_a_month"
            )
        ]


class Review(models.Model):  # 월간 점검
    """One month, looked through by a privacy officer and signed. A trigger keeps it as it is."""

    month = models.DateField()  # its first day, in Seoul
    district = models.ForeignKey("places.District", models.PROTECT, null=True, related_name="+")
    summary = models.JSONField()
    digest = models.CharField(max_length=64)  # SHA-256 of the summary; stands in the signed trace
    note = models.CharField(max_length=300)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    WALL = WATCHES

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "district"],
                nulls_distinct=False,
                name="a_month_is_closed_once",
            )
        ]


class Weighed(models.Model):  # 살핀 곳
    """Up to which seal of the chain the looks have been weighed: one row."""

    seal = models.BigIntegerField(default=0)
