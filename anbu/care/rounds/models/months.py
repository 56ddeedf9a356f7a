"""활동일지 of a month as two people signed it, and the meeting of the month."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Dong
from anbu.care.staff.models import Staff

from .workers import Worker


class MonthReport(models.Model):  # 월 활동일지
    """One worker's month. Once signed it stays; what changes later is a supplement beside it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="months")
    month = models.DateField()  # its first day
    nth = models.PositiveSmallIntegerField(default=0)  # 0: the report; 1, 2, …: 추가분
    told_min = models.PositiveIntegerField()
    paid_min = models.PositiveIntegerField()
    allowance_krw = models.PositiveIntegerField()
    before_krw = models.PositiveIntegerField(default=0)  # what the signed one before it says
    full_krw = models.PositiveIntegerField()  # the rule by which it was counted
    over_days = ArrayField(models.DateField(), default=list)
    over_weeks = ArrayField(models.DateField(), default=list)
    digest = models.CharField(max_length=64)  # SHA-256 over the lines and the sums
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "month", "nth"], name="one_report_a_worker_and_month"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_at__isnull=False)
                & Q(signed_by__isnull=False)
                & ~Q(signed_by=F("confirmed_by")),
                name="nobody_signs_the_own_month",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_begins_on_its_first"),
        ]


class MonthLine(models.Model):  # 활동일지 한 줄
    """One day of a report, with the rows of the log that make it."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="lines")
    day = models.DateField()
    minutes = models.PositiveIntegerField()
    calls = models.PositiveSmallIntegerField()
    visits = models.PositiveSmallIntegerField()
    others = models.PositiveSmallIntegerField()
    contacts = ArrayField(models.UUIDField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "day"], name="one_line_a_day"),
        ]


class Meeting(models.Model):  # 월례회의
    """The dong's meeting of a month: when, and what was agreed."""

    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    month = models.DateField()
    held_on = models.DateField()
    note = models.CharField(max_length=300, blank=True, default="")
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dong", "month"], name="one_meeting_a_month"),
        ]


class MeetingSeat(models.Model):  # 회의 출석
    """Whether one worker came to the meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="seats")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    came = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "worker"], name="one_seat_a_worker"),
        ]
