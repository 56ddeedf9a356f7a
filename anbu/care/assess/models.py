"""Instruments by version, what was answered, who decided, what was asked about it."""

from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from .rules import Asked, CrisisEnd, How, Reply


class Instrument(models.Model):  # 평가 도구
    """One version, as it was loaded. A version is never changed: answers lean on it."""

    code = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    text = models.TextField()  # the TOML file itself
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_text_per_version")
        ]


class Assessment(models.Model):  # 평가
    """What one person answered once. Never changed; a mistake is answered anew."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    how = models.CharField(max_length=5, choices=[(h.value, h.name) for h in How])
    answers = models.JSONField(default=dict)  # item -> number of the choice, from nought
    total = models.PositiveSmallIntegerField(null=True)  # counted on paper
    picked = models.CharField(max_length=20, blank=True)  # a group that a person chose
    low = models.PositiveSmallIntegerField(null=True)
    high = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__lte=F("high")),
                name="a_score_is_a_range",
            ),
            models.CheckConstraint(
                condition=~Q(answers={}, total=None, picked=""),
                name="an_assessment_answers_something",
            ),
        ]
        indexes = [models.Index(fields=["household", "-at"], name="assessments_of_a_home")]


class Decision(models.Model):  # 위험군 결정
    """A tier a person set, and which answers lay before them. The reason stands on the home."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")
    tier = models.CharField(max_length=4, choices=Household.Tier)
    decided_at = models.DateTimeField()
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["household", "-decided_at"], name="decisions_of_a_home")]


class Request(models.Model):  # 설명·재검토 요구
    """Somebody asks why, or asks a person to look again. Answered within thirty days."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    asks = models.CharField(max_length=12, choices=[(a.value, a.name) for a in Asked])
    told_by = models.CharField(max_length=40)  # 본인, 딸
    words = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    # None: the person asked by themselves, through the citizen's page
    received_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    reply = models.CharField(max_length=10, blank=True, choices=[(r.value, r.name) for r in Reply])
    reply_words = models.CharField(max_length=300, blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None, replied_by=None)
                | (~Q(reply="") & Q(replied_at__isnull=False, replied_by__isnull=False))
                & ~Q(reply_words=""),
                name="a_request_is_answered_by_a_person_in_words",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(replied_at=None),
                name="requests_not_answered",
            )
        ]


class Crisis(models.Model):  # 지금 움직일 일
    """An answer that counts by itself. It has an owner from the first moment until it ends."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="+")
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()  # not ended by then: the post on duty sees it too
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=8, blank=True, choices=[(e.value, e.name) for e in CrisisEnd]
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="", note="")
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(note="")
                ),
                name="a_crisis_is_ended_by_a_person_in_words",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(closed_at=None), name="crises_not_ended"
            )
        ]
