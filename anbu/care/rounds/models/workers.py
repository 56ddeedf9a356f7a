"""Who goes round, with whom, until when they may; and the telephone in their hand."""

from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.places.models import Dong
from anbu.care.staff.models import Staff


class Worker(models.Model):  # 돌봄단원
    """One paid neighbour. Whose training or screening is over visits nobody until it is renewed."""

    staff = models.OneToOneField(Staff, models.PROTECT, related_name="+")
    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    month_min = models.PositiveSmallIntegerField(default=48 * 60)
    partner = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    trained_until = models.DateField(null=True)  # 방문 안전 교육
    screened_until = models.DateField(null=True)  # 성범죄 경력·감염병 확인
    # who looks for them rings it; never shown on a telephone of ours
    phone = models.CharField(max_length=20, blank=True, default="")
    own_pin = models.CharField(max_length=120, blank=True, default="")  # digests (Argon2id)
    duress_pin = models.CharField(max_length=120, blank=True, default="")
    never = models.ManyToManyField(Household, related_name="+")  # own address, declared relatives
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner=None) | ~Q(partner=F("id")), name="nobody_is_their_own_partner"
            ),
            models.CheckConstraint(condition=Q(month_min__lte=48 * 60), name="48_hours_a_month"),
        ]
        indexes = [models.Index(fields=["dong"], name="workers_of_a_dong")]


class DayOff(models.Model):  # 쉬는 날
    """A day on which a worker does not come; the day is planned anew."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="off")
    day = models.DateField()
    reason = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "day"], name="one_day_off_a_day"),
        ]


class Device(models.Model):  # 돌봄단 전화
    """A telephone in a worker's hand. The half of its key here opens what the telephone keeps.

    Gone with the end of a shift, or twelve hours after it was last heard of: without this half
    what lies in the telephone is noise. What it has still to send lies under a half of its own,
    which stays: a day without network must not cost the day's work.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="devices")
    key_half = models.BinaryField(null=True)  # 32 bytes; None: gone
    out_half = models.BinaryField(null=True)  # 32 bytes, of what waits to be sent
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    key_ends_at = models.DateTimeField()
    last_seq = models.PositiveIntegerField(default=0)  # the highest number it told
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["key_ends_at"],
                condition=Q(key_half__isnull=False),
                name="keys_to_forget",
            )
        ]
