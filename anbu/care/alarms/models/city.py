from django.db import models
from django.db.models import Q


class CityCount(models.Model):  # 시 전체의 수
    """How many homes the whole city has; the clock counts them anew, a page only reads."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    homes = models.PositiveIntegerField()
    watched = models.PositiveIntegerField()  # that have a device
    nights = models.PositiveIntegerField()  # that may be watched at night
    counted_at = models.DateTimeField()  # by the database's clock: a rehearsal's may race

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_city_count")]
