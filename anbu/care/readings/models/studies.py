"""A change of the rules, tried on the past."""

from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff


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
