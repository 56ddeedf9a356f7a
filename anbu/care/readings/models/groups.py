"""Homes that may fall silent for one cause, and the silences held for it."""

from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household


class Group(models.Model):  # 무리
    """Homes that one cause can hit together: a region, a provider's, those behind one gateway,
    on one power feeder, or speaking through one cell."""

    class Kind(models.TextChoices):
        REGION = "region", "지역"
        PROVIDER = "provider", "공급사"
        GATEWAY = "gateway", "중계기"
        FEEDER = "feeder", "배전선로"
        CELL = "cell", "기지국"

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=80)  # a code; of gateways: provider/gateway

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="one_group_per_kind_and_name")
        ]


class GroupCount(models.Model):  # 무리의 반 시간
    """What the homes of a group showed in one half hour, added up (anbu.kernel.incidents)."""

    pk = models.CompositePrimaryKey("group_id", "slot")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    slot = models.IntegerField()  # UTC half hours since 1970, of the end
    members = models.IntegerField()
    expected = models.BigIntegerField()  # signs usual, in thousandths
    came = models.IntegerField()
    stopped = models.IntegerField()
    missing = models.IntegerField()
    rose = models.IntegerField()


class GroupLook(models.Model):  # 무리를 본 때
    """How far the groups have been looked at; its one row lets one worker look at a time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    looked = models.IntegerField(default=0)  # the newest half hour that was looked at
    settled = models.IntegerField(null=True)  # up to here no late row can change a count

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_group_look")]


class GroupIncident(models.Model):  # 한 원인
    """Many homes of a group fell silent, stopped or hushed together: one cause, not many people."""

    class Cause(models.IntegerChoices):  # anbu.kernel.groups.Cause
        SILENT = 1, "동시에 조용함"
        STOPPED = 2, "동시에 끊김"
        HUSHED = 3, "드물게 조용함"

    class End(models.TextChoices):
        RECOVERY = "recovery"  # life and sight are back
        PERSON = "person"  # a person said so
        DENIED = "denied"  # a person said: no common cause
        MISTAKE = "mistake"  # rows that came late show that there was none

    group = models.ForeignKey(Group, models.PROTECT, related_name="incidents")
    cause = models.PositiveSmallIntegerField(choices=Cause)
    began_at = models.DateTimeField()  # by the data's own clock
    at = models.DateTimeField()  # the instant it could be recognised
    over_at = models.DateTimeField(null=True)  # when the data say that it was over
    recognised_at = models.DateTimeField()  # when it was written down
    hold_until = models.DateTimeField()  # its members' silences are held no longer than this
    members = models.PositiveIntegerField()  # homes of the group that report at all
    is_told = models.BooleanField()  # False: another incident hit the same homes, more clearly
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=8, choices=End, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "at"], name="one_incident_per_group_and_at"),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(ended_at=None),
                name="one_open_incident_per_group",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="")
                | Q(ended_at__isnull=False) & ~Q(ended_how=""),
                name="an_ended_incident_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["-at"], name="newest_incidents_first"),
        ]


class GroupMember(models.Model):  # 함께 조용해진 가구
    """A home that an incident hit, as it stood when it was recognised."""

    incident = models.ForeignKey(GroupIncident, models.PROTECT, related_name="hit")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "household"], name="a_home_is_hit_once_per_incident"
            )
        ]
        indexes = [models.Index(fields=["household"], name="incidents_of_a_home")]


class HeldSilence(models.Model):  # 보류된 조용함
    """A silence that rings later, because its home's group has one cause. Never dropped."""

    class End(models.TextChoices):
        RANG = "rang"
        SIGN = "sign"  # a life sign, a person or a device that fell blind ended the silence

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    incident = models.ForeignKey(GroupIncident, models.PROTECT, related_name="held")
    due_at = models.DateTimeField()  # when it would have rung
    held_at = models.DateTimeField()
    rings_at = models.DateTimeField()  # at the latest
    long_s = models.PositiveIntegerField()  # what is usual in this home at most
    lag_s = models.PositiveIntegerField(default=0)  # how old its newest reading is when all is well
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=8, choices=End, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(ended_at=None),
                name="one_held_silence_per_home",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="")
                | Q(ended_at__isnull=False) & ~Q(ended_how=""),
                name="a_released_silence_says_how",
            ),
        ]
        indexes = [models.Index(fields=["incident", "rings_at"], name="silences_of_an_incident")]
