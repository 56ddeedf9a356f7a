from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from .rules import new_id
from .rules.sealing import Row, signature
from .rules.traces import kind_of


class Traces(models.QuerySet[Any]):
    """Signs what is written, however it is written."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **more: Any) -> list[Any]:
        """Write many traces at once."""
        return super().bulk_create(signed(objs), *args, **more)


def signed(traces: Iterable[Any]) -> list[Any]:
    """Return traces with the signature of the newest key under each."""
    every, keys = list(traces), settings.AUDIT_KEYS.read()
    newest = keys.newest
    for trace in every:
        trace.sign(keys, newest)
    return every


class Trace(models.Model):  # 열람·처리 기록
    """One thing that somebody did or saw. Rows are only ever added; a trigger refuses the rest."""

    class Kind(models.TextChoices):
        READ = "read", "열람"
        LIST = "list", "목록"
        EXPORT = "export", "내보내기"
        PRINT = "print", "인쇄"
        WRITE = "write", "처리"

    at = models.DateTimeField()
    by = models.CharField(max_length=80)  # "staff:<id>", "device:<id>", "system:clock"
    verb = models.CharField(max_length=40)
    household = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    kind = models.CharField(max_length=6, choices=Kind, db_default="write")
    source = models.CharField(max_length=45, blank=True, db_default="")  # address it came from
    purpose = models.CharField(max_length=80, blank=True, db_default="")  # signal:<id>, reason, …
    reason = models.CharField(max_length=300, blank=True, db_default="")  # as it was typed
    homes = ArrayField(models.UUIDField(), null=True)  # whose homes stood in a list
    uid = models.UUIDField(null=True)
    key_no = models.SmallIntegerField(null=True)  # which key signed; null: before there was one
    mac = models.BinaryField(max_length=32, null=True)

    objects = Traces.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(by=""), name="a_trace_names_its_author"),
            models.CheckConstraint(
                condition=Q(key_no=None, mac=None) | Q(key_no__isnull=False, mac__isnull=False),
                name="a_trace_is_signed_by_a_key",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "-at"], name="traces_of_a_household"),
            GinIndex(fields=["homes"], name="lists_with_a_household", condition=Q(kind="list")),
            models.Index(
                fields=["by", "-at"], name="looks_of_a_person", condition=~Q(kind="write")
            ),
        ]

    def sign(self, keys: Any, newest: int | None = None) -> None:
        """Put the signature of the newest key under this row."""
        self.uid = new_id()
        self.kind = self.kind if isinstance(self.kind, str) else kind_of(self.verb)
        self.source, self.purpose, self.reason = (
            value if isinstance(value, str) else ""
            for value in (self.source, self.purpose, self.reason)
        )
        self.key_no = keys.newest if newest is None else newest
        self.mac = signature(keys, self.key_no, self.row())

    def save(self, *args: Any, **more: Any) -> None:
        """Write one trace, signed."""
        self.sign(settings.AUDIT_KEYS.read())
        super().save(*args, **more)

    def row(self) -> Row:
        """Return what is signed."""
        return Row(
            self.uid,
            self.at,
            self.by,
            self.verb,
            self.kind,
            self.source,
            self.purpose,
            self.reason,
            self.household,
            self.homes,
            self.detail,
        )


class Unsealed(models.Model):  # 아직 봉인되지 않은 기록
    """A trace that the chain does not hold yet; a trigger adds it with the trace itself."""

    trace = models.BigIntegerField(primary_key=True)


class Seal(models.Model):  # 봉인
    """One link of the chain: some traces in their order, and the hash of the link before."""

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    ids = ArrayField(models.BigIntegerField())
    marks = models.BinaryField()  # 16 bytes for each id
    key_no = models.SmallIntegerField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)


class Pulse(models.Model):  # 살아 있음
    """When something that must never stand still last did its work, by the database's own clock."""

    name = models.CharField(max_length=60, primary_key=True)  # web, ingest, clock/silence, …
    beat_at = models.DateTimeField()
