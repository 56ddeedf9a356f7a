"""Who sends, the devices, and what each channel of one said last."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import models

from anbu.care.people.models import Household

from ..rules import SightOf, Through, blind_after, sight_of


def sight_lasts(interval: timedelta, lag: timedelta) -> float:
    """Return for how many seconds after its newest reading a device is seen through here."""
    return blind_after(
        interval,
        lag,
        intervals=settings.BLIND_INTERVALS,
        at_least_s=settings.BLIND_AT_LEAST_S,
    )


def seen_through(devices: Collection[Through]) -> SightOf:
    """Return how a home with these devices is seen here."""
    return sight_of(
        devices,
        intervals=settings.BLIND_INTERVALS,
        at_least_s=settings.BLIND_AT_LEAST_S,
    )


class Provider(models.Model):  # 공급사
    """Who sends: a plug vendor's cloud, a utility, a speaker service."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    source = models.CharField(max_length=30)  # a folder in anbu.sources
    secrets = models.JSONField(default=list)  # Standard Webhooks secrets; two live while rotating


class Device(models.Model):  # 기기
    code = models.CharField(max_length=40, unique=True)  # [0-9a-z-], the name it signs in with
    household = models.ForeignKey(Household, models.PROTECT, related_name="devices")
    provider = models.ForeignKey(Provider, models.PROTECT)
    interval = models.DurationField()  # how often it should report
    lag = models.DurationField(default=timedelta)  # how old its newest reading is when all is well
    gateway = models.CharField(max_length=40, blank=True)
    feeder = models.CharField(max_length=40, blank=True, db_default="")  # 배전선로
    cell = models.CharField(max_length=40, blank=True, db_default="")  # 기지국
    secret_hash = models.CharField(max_length=128, blank=True)  # of its broker password
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Feed(models.Model):  # 생활신호 줄기: one channel of one device
    device = models.ForeignKey(Device, models.PROTECT, related_name="feeds")
    household = models.ForeignKey(Household, models.PROTECT, related_name="feeds")
    channel = models.PositiveSmallIntegerField()  # anbu.kernel.signs.CHANNELS
    interval_s = models.FloatField()
    # kernel state, moved by every batch: no index may name these
    last_at = models.FloatField(null=True)  # seconds since 1970, end of the newest interval
    last_value = models.FloatField(null=True)
    last_sign = models.FloatField(null=True)
    same_since = models.FloatField(null=True)  # since when it says nothing but last_value

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "channel"], name="one_feed_per_device_and_channel"
            )
        ]
