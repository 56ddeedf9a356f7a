"""Devices and what they last said. Readings and signs lie in partitions (see 0002)."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from .rules import (
    LEAST_HOURS,
    LEAST_THETA,
    MOST_HOURS,
    MOST_THETA,
    Detector,
    SightOf,
    Through,
    blind_after,
    sight_of,
)


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


class Watch(models.Model):  # 지켜보기: one silence clock per household
    household = models.OneToOneField(Household, models.PROTECT, primary_key=True)
    patience_s = models.FloatField()
    blind_after_s = models.FloatField()  # with the lag in it
    lag_s = models.FloatField(default=0, db_default=0)  # of the quickest device
    sees = models.BooleanField(default=True, db_default=True)  # a silence would be noticed
    # kernel state, moved by every batch: no index may name these
    last_seen = models.FloatField(null=True)
    last_sign = models.FloatField(null=True)
    last_channel = models.PositiveSmallIntegerField(null=True)
    unseen_s = models.FloatField(default=0)  # blind seconds since last_sign: they do not count
    confirmed = models.FloatField(null=True)  # a person made sure; starts the clock anew
    # when the sweep must look again; re-armed lazily, so a reading seldom moves it
    check_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)  # set while the deadline has passed
    blind_since = models.DateTimeField(null=True)
    # of the learned clock, where the policy asks for it; without it the columns above judge alone
    policy = models.ForeignKey("DetectorPolicy", models.PROTECT, null=True)  # null: fixed
    watch_at = models.DateTimeField(null=True)  # when a machine asks softly if nothing comes
    alarm_at = models.DateTimeField(null=True)  # when it is a person's matter if nothing comes
    blind_at = models.DateTimeField(null=True)  # when nothing more can be seen if nothing comes
    asked_since = models.DateTimeField(null=True)  # set while a silence is unusual, and was told

    class Meta:
        indexes = [
            models.Index(
                fields=["check_at"],
                name="watches_to_look_at",
                condition=Q(check_at__isnull=False),
            )
        ]


class DetectorPolicy(models.Model):  # 판정 기준
    """How patient to be with whom. A file is one name; its newest version in force counts whole."""

    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    nth = models.PositiveSmallIntegerField()  # its place in the file
    detector = models.CharField(max_length=8, choices=[(d.value, d.name) for d in Detector])
    theta = models.FloatField(default=1.0)
    hours = models.PositiveSmallIntegerField(null=True)  # null: as each household has it
    settings = models.JSONField(default=dict)
    scope = models.JSONField(default=dict)  # which homes: rules.SCOPES; {} = all
    valid_from = models.DateTimeField()
    loaded_by = models.CharField(max_length=80)
    # where hours change, the sweep looks at all homes again once this is in force, in their order
    is_told = models.BooleanField(default=True)
    told_to = models.UUIDField(null=True)  # the last home that was told

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version", "nth"], name="one_policy_per_version_and_place"
            ),
            models.CheckConstraint(
                condition=Q(theta__gte=LEAST_THETA, theta__lte=MOST_THETA),
                name="theta_is_one_tenth_to_ten",
            ),
            models.CheckConstraint(
                condition=Q(hours=None) | Q(hours__range=(LEAST_HOURS, MOST_HOURS)),
                name="policy_hours_are_1_to_72",
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_from"], condition=Q(is_told=False), name="policies_to_be_told"
            )
        ]


class OwnPatience(models.Model):  # 기다리는 시간, for one person
    """How long one home may be still, as somebody decided for it. Only ever added: the newest
    that is in force counts, and what counted before can be read for ever."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    valid_from = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=80)
    is_told = models.BooleanField(default=False)  # the home's clock was looked at since

    class Meta:
        indexes = [
            models.Index(fields=["household", "-valid_from"], name="patience_of_a_person"),
            models.Index(
                fields=["valid_from"], condition=Q(is_told=False), name="patience_to_be_told"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__range=(LEAST_HOURS, MOST_HOURS)),
                name="own_patience_is_1_to_72_hours",
            )
        ]


class LearnedClock(models.Model):  # 배운 시계
    """What the learned detector remembers of a home. The home's Watch row guards it."""

    household = models.OneToOneField(Household, models.PROTECT, primary_key=True)
    # one packed row of the kernel (anbu.kernel.state), at most 1 KB; empty: nothing heard yet
    state = models.BinaryField(max_length=4096, default=bytes)
    closed_until = models.DateTimeField(null=True)  # the end of the last half hour that was closed
    week = models.BinaryField(max_length=128, default=bytes)  # the running week: kernel.weeks
    turn_at = models.DateTimeField()  # when the next half hour can be closed
    version = models.PositiveIntegerField(default=0)  # counts the turns
    # the last half hours as they stand in the counts of its groups (anbu.kernel.lately)
    lately = models.BinaryField(max_length=1024, default=bytes)
    counted_in = models.JSONField(default=list)  # the groups whose counts hold them, by id

    class Meta:
        indexes = [models.Index(fields=["turn_at"], name="learned_clocks_to_turn")]


class HomeWeek(models.Model):  # 한 주
    """A week of a home in 55 bytes (anbu.kernel.weeks): what a slow decline is seen in."""

    pk = models.CompositePrimaryKey("household_id", "began_on")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    began_on = models.DateField()  # a Monday
    summary = models.BinaryField(max_length=64)

    class Meta:
        db_table = "readings_week"
        constraints = [
            models.CheckConstraint(
                condition=Q(began_on__iso_week_day=1), name="a_week_begins_on_monday"
            )
        ]


class Finding(models.Model):  # 찾은 것
    """What the learned clock found when a half hour was closed: replay finds the same."""

    class Level(models.IntegerChoices):
        WATCH = 1, "관심"
        ALARM = 2, "위기"
        BLIND = 3, "볼 수 없음"

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level)
    at = models.DateTimeField()  # the instant it became true
    facts = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "level", "at"], name="one_finding_per_instant_and_level"
            )
        ]


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


class FeedDay(models.Model):  # 하루의 시간들
    """A day of a feed, hour by hour, in 144 bytes (anbu.kernel.hours), for pictures of the past."""

    pk = models.CompositePrimaryKey("feed_id", "lived_on")
    feed = models.ForeignKey(Feed, models.PROTECT, related_name="+", db_index=False)
    lived_on = models.DateField()  # of Seoul
    cells = models.BinaryField(max_length=144)

    class Meta:
        db_table = "readings_feedday"


class LateHours(models.Model):  # 늦게 온 시간
    """Hours of a home that were closed when more came of them: they are counted anew."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "readings_latehours"


class RollLook(models.Model):  # 시간을 셈한 때
    """How far the hours have been counted; its one row lets one worker count at a time."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    rolled_until = models.DateTimeField()  # every closed hour before it is counted, in every home
    # the stretch that is being counted, home by home
    ends_at = models.DateTimeField(null=True)
    after = models.UUIDField(null=True)  # the last home that was counted

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_roll_look")]


class ArchivedDay(models.Model):  # 보관한 날
    """A day of readings that lies in a Parquet file, as it was when it was read back."""

    day = models.DateField(primary_key=True)  # UTC, as the partitions
    held = models.BigIntegerField()  # rows of the partition then: more since, and it is made anew
    rows = models.BigIntegerField()  # rows of the file: of homes that agree
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the file
    archived_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)  # its own time was over

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rows__lte=models.F("held")), name="an_archive_holds_what_was_there"
            )
        ]


class Gap(models.Model):  # 볼 수 없던 때
    """A time in which one feed said nothing, written down when it spoke again."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="gaps")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["feed", "ended_at"], name="gaps_of_a_feed")]


class Rhythm(models.Model):  # 평소
    """In how many seen hours of 60 days there was a sign, weekdays and weekends apart."""

    household = models.OneToOneField(Household, models.PROTECT, primary_key=True)
    signs = models.JSONField()  # 48 counts: 24 weekday hours, 24 weekend hours
    seen = models.JSONField()  # 48 counts
    learned_at = models.DateTimeField()


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


class Study(models.Model):  # 지난 자료로 미리 보기
    """A rule held against the past of many homes, at somebody's request. Runs in its own process.

    A study whose process died is begun anew: same homes, same seed, same figures.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "기다림"
        RUNNING = "running", "셈하는 중"
        DONE = "done", "끝남"
        FAILED = "failed", "셈할 수 없음"
        CANCELLED = "cancelled", "그만둠"

    id = models.UUIDField(primary_key=True, default=new_id)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    scope = models.JSONField(default=dict)  # rules.SCOPES
    draft = models.JSONField()  # detector, hours, theta, watch
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    part = models.CharField(max_length=40, blank=True)  # what is being done
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)  # real time, by the database's own clock
    result = models.JSONField(null=True)
    why = models.CharField(max_length=200, blank=True)  # it could not be done
    ended_at = models.DateTimeField(null=True)
    adopted = models.ForeignKey("DetectorPolicy", models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False),
                name="a_done_study_has_its_figures",
            ),
            models.CheckConstraint(
                condition=Q(adopted=None) | Q(state="done"),
                name="only_a_done_study_is_adopted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                name="studies_to_run",
                condition=Q(state__in=["waiting", "running"]),
            )
        ]
