"""The silence clock of each home: what it goes by, what it learned, what it found."""

from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household

from ..rules import LEAST_HOURS, LEAST_THETA, MOST_HOURS, MOST_THETA, Detector
from .devices import Feed


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


class Rhythm(models.Model):  # 평소
    """In how many seen hours of 60 days there was a sign, weekdays and weekends apart."""

    household = models.OneToOneField(Household, models.PROTECT, primary_key=True)
    signs = models.JSONField()  # 48 counts: 24 weekday hours, 24 weekend hours
    seen = models.JSONField()  # 48 counts
    learned_at = models.DateTimeField()


class Gap(models.Model):  # 볼 수 없던 때
    """A time in which one feed said nothing, written down when it spoke again."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="gaps")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["feed", "ended_at"], name="gaps_of_a_feed")]
