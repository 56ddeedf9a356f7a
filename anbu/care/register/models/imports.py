from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.rules.walls import MACHINE


class Import(models.Model):  # 명단 가져오기
    """A register read from a file: looked at first, brought in row by row, taken back if wrong."""

    class State(models.TextChoices):
        LOOKED_AT = "looked_at", "미리 보기"
        RUNNING = "running", "가져오는 중"
        DONE = "done", "가져옴"
        UNDOING = "undoing", "되돌리는 중"
        UNDONE = "undone", "되돌림"
        DROPPED = "dropped", "그만둠"

    id = models.UUIDField(primary_key=True, default=new_id)
    file_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4)
    encoding = models.CharField(max_length=10, blank=True)
    content_hash = models.CharField(max_length=64)
    header = models.JSONField()
    columns = models.JSONField()  # field: number of its column
    state = models.CharField(max_length=10, choices=State, default=State.LOOKED_AT)
    brought_by = models.CharField(max_length=80)  # who stands in the traces
    reach = models.CharField(max_length=200)  # how far that person reached, when it began
    brought_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # Not even who sees the whole city reads a register that somebody else brings in.
    WALL = f"{MACHINE} OR brought_by = (SELECT current_setting('anbu.actor', true))"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["running", "undoing"]) | Q(started_at__isnull=False),
                name="what_runs_was_started",
            )
        ]
        indexes = [
            models.Index(  # the sweep that brings in and takes back
                fields=["started_at"],
                condition=Q(state__in=["running", "undoing"]),
                name="imports_under_way",
            )
        ]


class ImportRow(models.Model):  # 명단 한 줄
    class State(models.TextChoices):
        READY = "ready", "가져올 수 있음"
        FAULTY = "faulty", "고쳐야 함"
        MADE = "made", "가져옴"
        UNDONE = "undone", "되돌림"
        KEPT = "kept", "되돌리지 않음"

    brought = models.ForeignKey(Import, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # as a person counts, the title is 1
    cells = models.JSONField()  # emptied when the row is brought in, or after two weeks
    formulas = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    state = models.CharField(max_length=6, choices=State)
    household = models.UUIDField(null=True)  # no foreign key: taking back removes the home

    WALL = f"{MACHINE} OR brought_id IN (SELECT id FROM register_import)"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brought", "number"], name="one_row_per_number"),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(household__isnull=False),
                name="a_row_brought_in_has_a_home",
            ),
        ]
        indexes = [models.Index(fields=["brought", "state", "number"], name="rows_by_state")]
