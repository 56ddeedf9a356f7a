from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import Part, Source


class Rotation(models.Model):  # 교대
    """A pattern of days that the teams of a post work through, from a day on."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    pattern = models.CharField(max_length=28)  # 주야비휴: rules.rotation
    starts_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "name"],
                condition=Q(ended_at=None),
                name="one_rotation_of_a_name_per_post",
            )
        ]


class TeamMember(models.Model):  # 조원
    rotation = models.ForeignKey(Rotation, models.PROTECT, related_name="members")
    team = models.PositiveSmallIntegerField()  # 0 is the first
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rotation", "staff"], name="one_team_per_person_and_rotation"
            )
        ]


class Turn(models.Model):  # 근무 차례
    """Somebody is to sit at a post, or to come when called, from then until then.

    What was withdrawn or swapped away stays: a calendar must be told, and a quarrel settled.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    part = models.CharField(max_length=7, choices=[(v.value, v.name) for v in Part])
    order = models.PositiveSmallIntegerField(default=0)  # of those on call; 0: at the post
    source = models.CharField(max_length=8, choices=[(v.value, v.name) for v in Source])
    rotation = models.ForeignKey(Rotation, models.PROTECT, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)  # counted up with each change
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("begins_at")), name="a_turn_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(part="duty", order=0) | Q(part="on_call", order__gte=1),
                name="who_is_on_call_has_a_place_in_the_order",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="a_withdrawn_turn_says_by_whom",
            ),
            # Ranges of both, for a plain number has no place in this kind of index by itself.
            ExclusionConstraint(
                name="nobody_is_bound_twice_at_once",
                expressions=[
                    (
                        Func(F("staff_id"), F("staff_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("begins_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["post", "begins_at"],
                name="turns_of_a_post",
                condition=Q(withdrawn_at=None),
            ),
            models.Index(fields=["staff", "begins_at"], name="turns_of_a_person"),
        ]
