from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from .rules import By, Cause, Kind


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


class Order(models.Model):  # 알리는 차례
    """By which ways somebody, or everybody at a post, is told. Rows are only ever added."""

    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField()
    phone = models.CharField(max_length=20, blank=True)  # a colleague's own; none of a post
    turns = models.JSONField()  # empty: as the post, or as Anbu itself, has it
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "version"], name="one_order_per_version"),
            models.UniqueConstraint(fields=["post", "version"], name="one_post_order_per_version"),
            models.CheckConstraint(
                condition=Q(staff=None, post__isnull=False, phone="")
                | Q(staff__isnull=False, post=None),
                name="an_order_is_of_somebody_or_of_a_post",
            ),
        ]


class Telling(models.Model):  # 알림 (사람이 필요한 일 하나)
    """One thing that needs a human, told to people until one of them acknowledges it."""

    class How(models.TextChoices):
        ACKNOWLEDGED = "acknowledged"
        OVER = "over"  # what it was about has ended

    id = models.UUIDField(primary_key=True, default=new_id)
    cause_kind = models.CharField(max_length=10, choices=[(v.value, v.name) for v in Cause])
    cause = models.UUIDField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    told_until = models.DateTimeField(null=True)  # every turn up to here was taken
    rounds = models.PositiveIntegerField(default=0)  # how often the all-call list was told
    round_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, blank=True, choices=How)
    ended_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    # who answered a call without an account: somebody of the all-call list
    answered = models.ForeignKey("Ring", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause_kind", "cause"],
                condition=Q(ended_at=None),
                name="one_open_telling_per_cause",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="", ended_by=None, answered=None)
                & Q(next_at__isnull=False)
                | Q(ended_at__isnull=False, ended_how="acknowledged", next_at=None)
                & (Q(ended_by__isnull=False) | Q(answered__isnull=False))
                | Q(ended_at__isnull=False, ended_how="over", next_at=None),
                name="a_telling_has_a_next_moment_or_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="tellings_in_order", condition=Q(ended_at=None))
        ]


class Ring(models.Model):  # 울림
    """One word to one colleague or telephone, for everything that waits for them just then."""

    class Status(models.TextChoices):
        WAITING = "waiting"  # this telephone rang a moment ago: `goes_at`
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        ANSWERED = "answered"  # somebody pressed a key, or wrote back
        FAILED = "failed"
        EXPIRED = "expired"
        CALLED_OFF = "called_off"  # somebody acknowledged meanwhile

    id = models.UUIDField(primary_key=True, default=new_id)
    by = models.CharField(max_length=4, choices=[(v.value, v.name) for v in By])
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    to = models.CharField(max_length=80, blank=True)  # number or mail; of a browser nothing
    is_all_call = models.BooleanField()
    tellings = ArrayField(models.UUIDField())
    text = models.CharField(max_length=200, blank=True)  # as it went out
    status = models.CharField(max_length=10, choices=Status)
    way = models.CharField(max_length=12, blank=True)  # the provider that has it
    key = models.UUIDField(null=True)  # its Idempotency-Key there
    tries = models.PositiveSmallIntegerField(default=0)  # at this provider
    failure = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    goes_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "queued"], settled_at=None)
                | ~Q(status__in=["waiting", "queued"]) & Q(settled_at__isnull=False),
                name="a_settled_ring_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(to="") | Q(staff__isnull=False, by="push"),
                name="a_ring_goes_to_somebody",
            ),
            # one telephone, one ring on its way: what comes meanwhile goes along
            models.UniqueConstraint(
                fields=["to", "by"],
                condition=Q(status__in=["waiting", "queued"]) & ~Q(by="push"),
                name="one_ring_on_its_way_per_phone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["goes_at"],
                name="rings_on_their_way",
                condition=Q(status__in=["waiting", "queued"]),
            ),
            models.Index(fields=["to", "-goes_at"], name="rings_of_a_phone", condition=~Q(to="")),
            models.Index(fields=["key"], name="rings_by_key", condition=Q(key__isnull=False)),
            GinIndex(fields=["tellings"], name="rings_of_a_telling"),
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
    ring = models.ForeignKey(Ring, models.PROTECT, null=True, related_name="notices")
    cause = models.UUIDField()  # the first thing it tells of
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
