"""What the clock counts once for every page that shows it: a city is too large to count often."""

from django.db import models
from django.db.models import Q


class CityCount(models.Model):  # 시 전체의 수
    """How many homes the whole city has; the clock counts them anew, a page only reads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    homes = models.PositiveIntegerField()
    watched = models.PositiveIntegerField()  # that have a device
    nights = models.PositiveIntegerField()  # that may be watched at night
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_city_count")]


class CityFeeds(models.Model):  # 신호 수신 상태
    """The newest reading of each provider; the clock looks through all feeds for it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    facts = models.JSONField()  # readings.queries.FeedFacts, one list each
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_city_feeds")]
