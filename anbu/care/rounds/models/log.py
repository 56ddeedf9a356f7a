"""활동일지: what workers and others did. Rows are only added; a correction is a row of its own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from ..rules import Guarded, Heard, Kind, LinkKind, Mood, Result
from .workers import Device, Worker


class Contact(models.Model):  # 안부 기록
    """One try to reach somebody. `id` is the telephone's own, so told twice it is one row.

    Each reference is found by an index below that begins with it: none has another of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=[(k.value, k.name) for k in Kind])
    result = models.CharField(max_length=12, choices=[(r.value, r.name) for r in Result])
    is_real = models.BooleanField()
    mood = models.CharField(
        max_length=5, choices=[(m.value, m.name) for m in Mood], blank=True, default=""
    )
    heard = ArrayField(
        models.CharField(max_length=8, choices=[(h.value, h.name) for h in Heard]), default=list
    )
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()  # by the clock of the telephone
    minutes = models.PositiveSmallIntegerField(default=0)  # claimed
    next_on = models.DateField(null=True)
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, related_name="contacts", db_index=False
    )
    partner = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.CharField(max_length=80)  # as traces call them: also a machine
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+", db_index=False)
    seq = models.PositiveIntegerField(null=True)
    told_at = models.DateTimeField()  # when it came here
    replaces = models.UUIDField(null=True)  # a log of this worker that this one puts right

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "seq"],
                condition=Q(device__isnull=False),
                name="a_telephone_counts_what_it_tells",
            ),
            models.CheckConstraint(
                condition=Q(result="reached") | Q(mood="", heard=[]),
                name="nobody_is_well_who_was_not_reached",
            ),
        ]
        indexes = [
            models.Index(  # holds what figures count: they read no row of the log itself
                fields=["household", "-at"],
                include=["worker", "kind", "result"],
                name="log_of_a_person",
            ),
            models.Index(fields=["worker", "at"], name="contacts_of_a_worker"),
            models.Index(fields=["at"], name="contacts_by_time"),
            models.Index(
                fields=["replaces"],
                condition=Q(replaces__isnull=False),
                name="contacts_put_right",
            ),
            models.Index(  # a partner's month
                fields=["partner", "at"],
                condition=Q(partner__isnull=False),
                name="contacts_of_a_partner",
            ),
        ]


class Link(models.Model):  # 연계
    """Help that was brought about, by the city's three kinds, with its amount."""

    told = models.UUIDField(null=True, unique=True)  # the telephone's event; told twice it is one
    contact = models.ForeignKey(  # may be told before the log it came of: no constraint
        Contact, models.PROTECT, null=True, related_name="links", db_constraint=False
    )
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=[(k.value, k.name) for k in LinkKind])
    what = models.CharField(max_length=80)
    amount_krw = models.PositiveIntegerField(default=0)
    on = models.DateField()
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="links")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["on", "kind"], name="links_by_day"),
            models.Index(fields=["household", "-on"], name="links_of_a_person"),
        ]


class ToldValue(models.Model):  # 다르게 들은 것
    """One telephone's word about a guarded field: it changes nothing, it is asked about."""

    id = models.UUIDField(primary_key=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    field = models.CharField(max_length=7, choices=[(g.value, g.name) for g in Guarded])
    value = models.CharField(max_length=200)
    was = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField()
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    question = models.ForeignKey("Question", models.PROTECT, related_name="told")


class Question(models.Model):  # 무엇이 맞나요?
    """Two different words about one field of one home, until a person of the dong chooses."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    field = models.CharField(max_length=7, choices=[(g.value, g.name) for g in Guarded])
    opened_at = models.DateTimeField()
    chosen = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "field"],
                condition=Q(closed_at=None),
                name="one_open_question_a_field",
            )
        ]


class Unread(models.Model):  # 읽지 못한 기록
    """What a telephone told and no rule could take: kept as it came, for a person to look at."""

    class Why(models.TextChoices):
        STRANGE = "strange", "읽을 수 없음"
        NOT_YOURS = "not_yours", "맡지 않은 집"

    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    raw = models.TextField()
    why = models.CharField(max_length=9, choices=Why)
    said = models.CharField(max_length=300)
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "digest"], name="unread_once"),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None, decided="")
                | Q(seen_at__isnull=False, seen_by__isnull=False) & ~Q(decided=""),
                name="who_looked_says_what_became_of_it",
            ),
        ]
        indexes = [
            models.Index(fields=["told_at"], condition=Q(seen_at=None), name="unread_to_look_at")
        ]
