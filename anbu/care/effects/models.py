from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff

from .rules import Kind


class Template(models.Model):  # 문안
    """The words of one kind of message from one moment on. Rows are only ever added."""

    kind = models.CharField(max_length=12, choices=[(v.value, v.name) for v in Kind])
    version = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    subject = models.CharField(max_length=40, blank=True)
    kakao = models.CharField(max_length=50, blank=True)  # what Kakao calls the same words
    ways = models.JSONField(default=list)  # in which order the providers are tried
    valid_from = models.DateTimeField()
    loaded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_template_per_version")
        ]


class Subscription(models.Model):  # 알림 받는 기기
    """One browser of a colleague that asked to be told when a signal comes to its duty post."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    endpoint = models.CharField(max_length=500)  # at its push service; a secret in itself
    public = models.CharField(max_length=100)  # its keys: we seal, it alone reads
    secret = models.CharField(max_length=40)
    name = models.CharField(max_length=40)  # what its owner knows it by
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ended_at=None), name="one_owner_per_browser"
            )
        ]


class Notice(models.Model):  # 알림
    """A word to one browser. It names nobody: a telephone lies open on a table."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=new_id)  # also what makes it one
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="+")
    cause = models.UUIDField()  # the first alarm it tells of
    text = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True)
    queued_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", settled_at=None)
                | ~Q(status="queued") & Q(settled_at__isnull=False),
                name="a_settled_notice_says_when",
            )
        ]
        indexes = [
            models.Index(
                fields=["queued_at"], name="notices_on_their_way", condition=Q(status="queued")
            )
        ]
