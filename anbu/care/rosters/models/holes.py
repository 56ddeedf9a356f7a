from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Organisation, Post
from anbu.care.staff.models import Staff

from ..rules import HoleState, Part, Rise

IS_OPEN = Q(state__in=["found", "told"])


class Need(models.Model):  # 필요 인원
    """How many people a post needs while it is on duty. A post without one keeps no roster."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    part = models.CharField(max_length=7, choices=[(v.value, v.name) for v in Part])
    people = models.PositiveSmallIntegerField()
    look_at = models.DateTimeField()  # when it is next seen whether the coming days are covered

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "part"], name="one_need_per_post_and_part")
        ]
        indexes = [models.Index(fields=["look_at"], name="needs_to_look_at")]


class Hole(models.Model):  # 빈 자리
    """A time in which people are missing on a roster, and who has to see that somebody comes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    part = models.CharField(max_length=7, choices=[(v.value, v.name) for v in Part])
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    missing = models.PositiveSmallIntegerField()  # people, at the worst
    state = models.CharField(
        max_length=7, default=HoleState.FOUND, choices=[(v.value, v.name) for v in HoleState]
    )
    # Never nobody: the office of the post, then the district, then the city.
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    stair = models.CharField(max_length=8, blank=True, choices=[(v.value, v.name) for v in Rise])
    found_at = models.DateTimeField()
    tell_at = models.DateTimeField(null=True)  # when somebody is told next; null: nobody any more
    told = models.PositiveSmallIntegerField(default=0)  # how often
    told_at = models.DateTimeField(null=True)  # the last time
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "part", "begins_at"],
                condition=IS_OPEN,
                name="one_open_hole_per_beginning",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")) & Q(missing__gte=1),
                name="a_hole_has_a_length_and_somebody_missing",
            ),
            models.CheckConstraint(
                condition=IS_OPEN & Q(ended_at=None) | ~IS_OPEN & Q(ended_at__isnull=False),
                name="an_ended_hole_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="found", told=0, told_at=None, stair="")
                | Q(state="told", told__gte=1, told_at__isnull=False) & ~Q(stair="")
                | Q(state__in=["covered", "passed"]),
                name="a_told_hole_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(taken_by=None, taken_at=None)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="a_hole_taken_on_says_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["tell_at"], name="holes_to_tell", condition=IS_OPEN),
            models.Index(fields=["post", "begins_at"], name="holes_of_a_post"),
        ]
