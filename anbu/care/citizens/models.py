from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household, Person
from anbu.care.staff.models import Staff

from .rules import Reply, What


class Session(models.Model):  # 시민의 열람
    """One sitting of a citizen before the own record. Its token is kept as a digest only."""

    token = models.CharField(max_length=64, unique=True)  # SHA-256
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(touched_at__gte=F("opened_at")),
                name="a_sitting_is_touched_after_it_began",
            )
        ]


class Knock(models.Model):  # 본인확인 시도
    """One try to prove who one is; counted, and forgotten after a day."""

    key = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="knocks_of_a_key")]


class Correction(models.Model):  # 고쳐 달라는 요구
    """Something that is wrong in the record, as the person says. A person decides."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=[(w.value, w.name) for w in What])
    words = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)  # as the traces call the person
    due_on = models.DateField()
    reply = models.CharField(max_length=9, blank=True, choices=[(r.value, r.name) for r in Reply])
    reply_words = models.CharField(max_length=300, blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None, replied_by=None)
                | Q(replied_at__isnull=False, replied_by__isnull=False)
                & ~Q(reply="")
                & ~Q(reply_words=""),
                name="a_correction_is_answered_by_a_person_in_words",
            )
        ]
        indexes = [
            models.Index(fields=["household", "-asked_at"], name="corrections_of_a_home"),
            models.Index(
                fields=["due_on", "id"], condition=Q(replied_at=None), name="corrections_to_answer"
            ),
        ]
