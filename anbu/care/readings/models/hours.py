"""Days as hourly counts, and which of them are archived."""

from django.db import models
from django.db.models import Q

from anbu.care.people.models import Household

from .devices import Feed


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
