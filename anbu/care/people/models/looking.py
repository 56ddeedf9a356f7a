"""Who opened whose page and what for; and the homes that nobody has any business at."""

from django.db import models
from django.db.models import F, Q

from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules.walls import DONGS, WATCHES
from .homes import Household


class Opening(models.Model):  # 열람
    """A page opened for a task, for a typed reason, or across one's area by breaking the glass."""

    class Kind(models.TextChoices):
        TASK = "task", "맡은 일"
        REASON = "reason", "사유 열람"
        BREAK_GLASS = "break_glass", "긴급 열람"

    class Verdict(models.TextChoices):
        RIGHT = "right", "정당함"
        UNCLEAR = "unclear", "소명 요청"
        WRONG = "wrong", "부당함"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="openings")
    household = models.ForeignKey(Household, models.PROTECT, related_name="openings")
    kind = models.CharField(max_length=11, choices=Kind)
    task = models.CharField(max_length=80, blank=True, default="")  # signal:<id>, as in a trace
    reason = models.CharField(max_length=300, blank=True, default="")
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    told_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    seen_by_post_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")
    reviewed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True, default="")

    # One's own, those one's dong was told of, and all for who reviews them. Not through the
    # household: its own wall asks here whose glass is broken.
    WALL = (
        f"{WATCHES} OR 'staff:' || staff_id = (SELECT current_setting('anbu.actor', true))"
        f" OR told_post_id IN (SELECT id FROM places_post WHERE dong_id = {DONGS})"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="task", reason="") & ~Q(task="")
                | ~Q(kind="task") & Q(task="") & ~Q(reason=""),
                name="an_opening_names_a_task_or_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")), name="an_opening_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=~Q(kind="break_glass") | Q(told_post__isnull=False),
                name="broken_glass_is_told_to_a_post",
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
            # asked by the walls with every query of who does not reach the whole city
            models.Index(
                fields=["until"], condition=Q(kind="break_glass"), name="glass_that_is_broken"
            ),
            models.Index(
                fields=["told_post", "opened_at"],
                condition=Q(kind="break_glass", seen_by_post_at=None),
                name="broken_glass_to_be_seen",
            ),
            models.Index(
                fields=["opened_at", "id"],
                condition=~Q(kind="task"),
                name="openings_to_review",
            ),
        ]


class Bait(models.Model):  # 미끼
    """A household that nobody has a task at, made up: whoever opens it is asked why."""

    household = models.OneToOneField(Household, models.PROTECT, related_name="bait")
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)
    removed_at = models.DateTimeField(null=True)

    WALL = WATCHES
