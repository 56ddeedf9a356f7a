"""When nobody is at home."""

from django.db import models
from django.db.models import F, Q

from .homes import Household


class Absence(models.Model):  # 부재
    """A time in which nobody is at home, as somebody told us. It ends by itself."""

    class Kind(models.TextChoices):
        TRAVEL = "travel", "여행·외출"
        HOSPITAL = "hospital", "입원"
        ELSEWHERE = "elsewhere", "다른 곳에 머묾"

    class How(models.TextChoices):
        CALL = "call", "전화"
        MESSAGE = "message", "문자"
        VISIT = "visit", "방문"
        NOTICE = "notice", "기관 통보"

    household = models.ForeignKey(Household, models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind)
    begins_at = models.DateTimeField()
    expected_until = models.DateTimeField()
    told_by = models.CharField(max_length=40)  # 본인, 딸, 병원 원무과
    told_how = models.CharField(max_length=8, choices=How)
    note = models.CharField(max_length=120, blank=True)
    registered_at = models.DateTimeField()  # the clocks stand still from here on, not before
    registered_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    # when to ask whether the person is back: set when an absence ends by itself
    check_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(ended_at=None), name="one_open_absence_per_home"
            ),
            models.CheckConstraint(
                condition=Q(expected_until__gt=F("begins_at")),
                name="an_absence_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="", check_at=None)
                | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="an_ended_absence_says_by_whom",
            ),
        ]
        indexes = [
            # the sweep that ends them
            models.Index(
                fields=["expected_until"],
                name="absences_to_end",
                condition=Q(ended_at=None),
            ),
            # the sweep that asks who is back
            models.Index(
                fields=["check_at"],
                name="returns_to_check",
                condition=Q(check_at__isnull=False),
            ),
            # the clocks, of homes at hand
            models.Index(fields=["household", "begins_at"], name="absences_of_a_home"),
        ]
