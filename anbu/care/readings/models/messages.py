"""What came in. Readings and signs lie in partitions (see migration 0002)."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household

from .devices import Device


class Reading(models.Model):  # 측정값
    """What one channel said of one interval. One table a day, written by COPY only."""

    pk = models.CompositePrimaryKey("device_id", "channel", "at", "received_at")  # in name only
    device_id = models.IntegerField()
    channel = models.PositiveSmallIntegerField()
    at = models.DateTimeField()  # end of the interval
    received_at = models.DateTimeField()
    value = models.FloatField()  # NaN: the source said "no data"

    class Meta:
        db_table = "reading"


class Sign(models.Model):  # 생활신호
    """A life sign, as the kernel judged it when it came. One table a day, written by COPY only."""

    pk = models.CompositePrimaryKey("feed_id", "at")  # in name only
    household_id = models.UUIDField()
    feed_id = models.IntegerField()
    at = models.DateTimeField()
    strength = models.FloatField()  # 0-1, for drawing

    class Meta:
        db_table = "sign"


class Delivery(models.Model):  # 받은 메시지
    """The name of a message that was taken in, so that it is never taken in twice."""

    pk = models.CompositePrimaryKey("device_id", "message_id")
    device_id = models.IntegerField()
    message_id = models.TextField()
    body_hash = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "delivery"


class SpokenSos(models.Model):  # 말로 한 도움 요청
    """A cry for help, left here by the ingest for the alarms above to find."""

    id = models.UUIDField(primary_key=True, default=new_id)
    household = models.ForeignKey(Household, models.PROTECT)
    device = models.ForeignKey(Device, models.PROTECT)
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["received_at"],
                name="sos_not_yet_raised",
                condition=Q(raised_at=None),
            )
        ]


class Quarantine(models.Model):  # 격리
    """What could not be taken in, and why. Nothing is thrown away unseen."""

    received_at = models.DateTimeField()
    provider = models.CharField(max_length=30, blank=True)
    device = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=30)
    detail = models.CharField(max_length=200)
    body = models.BinaryField(max_length=4096)

    class Meta:
        indexes = [
            models.Index(fields=["-received_at"], name="newest_quarantine_first"),
            models.Index(  # what a home's page says was not heard
                fields=["device", "received_at"],
                condition=Q(reason="no_consent"),
                name="refused_for_want_of_consent",
            ),
        ]
