from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from .alarm import Alarm
from .owner import exactly_one_owner


class LookBack(models.Model):  # 놓친 기회 돌아보기
    """What could have been seen earlier. Signed by two people, nothing in it changes: see 0015."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alarm = models.OneToOneField(Alarm, models.PROTECT, related_name="look_back")
    last_sign_at = models.DateTimeField(null=True)  # the last certain one before the alarm
    found_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)  # "": the outcome asked for it
    opened_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=0)  # how often the result was written
    missed = models.JSONField(default=list)  # rules.Missed
    missed_words = models.CharField(max_length=1000, blank=True)
    changes = models.JSONField(default=list)  # rules.Change
    change_words = models.CharField(max_length=1000, blank=True)
    written_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            exactly_one_owner(name="open_look_back_has_exactly_one_owner", over="signed_at"),
            models.CheckConstraint(
                condition=Q(opened_by=None, reason="") | Q(opened_by__isnull=False) & ~Q(reason=""),
                name="who_opens_a_look_back_says_why",
            ),
            models.CheckConstraint(
                condition=Q(written_by=None, written_at=None, missed=[], changes=[])
                | Q(written_by__isnull=False, written_at__isnull=False)
                & ~Q(missed=[])
                & ~Q(changes=[]),
                name="a_written_look_back_says_what_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False, written_by__isnull=False)
                & ~Q(signed_by=F("written_by")),
                name="a_look_back_is_signed_by_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="open_look_backs", condition=Q(signed_at=None))
        ]


class LookBackNote(models.Model):
    """What was added to a signed result: a row, never a change."""

    look_back = models.ForeignKey(LookBack, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=500)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
