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
            models.CheckConstraint(
                condition=~models.Q(by=""), name="a_trace_names_its_author"
            )
        ]
        indexes = [
            models.Index(fields=["household", "-at"], name="traces_of_a_household")
        ]
