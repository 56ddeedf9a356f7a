from django.db import models


class Trace(models.Model):  # 열람·처리 기록
    """One thing that somebody did or saw. Rows are only ever added; a trigger refuses the rest."""

    at = models.DateTimeField()
    by = models.CharField(max_length=80)  # "staff:<id>", "device:<id>", "system:clock"
    verb = models.CharField(max_length=40)
    household = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(by=""), name="a_trace_names_its_author")
        ]
        indexes = [models.Index(fields=["household", "-at"], name="traces_of_a_household")]


class Pulse(models.Model):  # 살아 있음
    """When something that must never stand still last did its work, by the database's own clock."""

    name = models.CharField(max_length=60, primary_key=True)  # web, ingest, clock/silence, …
    beat_at = models.DateTimeField()
