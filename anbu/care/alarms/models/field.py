from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import AgentKind, Finding
from .alarm import Alarm


class FieldJob(models.Model):  # 현장 출동
    """One person sent to one door: by a link, or told on the telephone."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="field_jobs")
    kind = models.CharField(
        max_length=10, blank=True, choices=[(v.value, v.name) for v in AgentKind]
    )
    name = models.CharField(max_length=40, blank=True)  # "": somebody, not said who
    phone = models.CharField(max_length=20, blank=True)
    call_back = models.CharField(max_length=20, blank=True)  # whom they call: our desk's number
    from_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    token = models.CharField(max_length=64, null=True, unique=True)  # its digest; null: no link
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    signs = models.JSONField(default=dict)  # light, mail, sound, neighbours, smell -> yes, no, …
    finding = models.CharField(
        max_length=10, blank=True, choices=[(v.value, v.name) for v in Finding]
    )
    note = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True)
    # who typed it at the desk for somebody on the telephone; null: they reported it themselves
    typed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=10, blank=True)  # replaced | called_off | closed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="one_open_field_job_per_alarm",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, finding="")
                | Q(done_at__isnull=False, arrived_at__isnull=False) & ~Q(finding=""),
                name="a_done_field_job_says_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | Q(withdrawn_at__isnull=False, done_at=None) & ~Q(withdrawn_why=""),
                name="a_withdrawn_field_job_says_why",
            ),
        ]
        indexes = [models.Index(fields=["alarm", "sent_at"], name="field_jobs_of_an_alarm")]


class FieldText(models.Model):  # 현장 링크 문자
    """The text that carries a link to who goes. It holds the link until it has gone, no longer."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        EXPIRED = "expired"
        CALLED_OFF = "called_off"  # the link died before it went

    id = models.UUIDField(primary_key=True, default=new_id)
    job = models.ForeignKey(FieldJob, models.PROTECT, related_name="texts")
    to = models.CharField(max_length=20)
    text = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    way = models.CharField(max_length=12, blank=True)  # the provider that has it
    key = models.UUIDField(null=True)  # its Idempotency-Key there
    tries = models.PositiveSmallIntegerField(default=0)  # at this provider
    failure = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", settled_at=None) & ~Q(text="")
                | ~Q(status="queued") & Q(settled_at__isnull=False, text=""),
                name="a_link_text_that_has_gone_holds_no_link",
            ),
            models.UniqueConstraint(
                fields=["job"],
                condition=Q(status="queued"),
                name="one_link_text_on_its_way_per_job",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"], name="link_texts_on_their_way", condition=Q(status="queued")
            ),
            models.Index(fields=["key"], name="link_texts_by_key", condition=Q(key__isnull=False)),
        ]


class JointResponse(models.Model):  # 공동 대응
    """When 119 or 112 was told of an alarm, and when they came."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="joint_responses")
    service = models.CharField(max_length=3, choices=[("119", "119"), ("112", "112")])
    called_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    who = models.CharField(max_length=80, blank=True)  # station, crew, receipt number
    noted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm", "service"], name="one_joint_response_per_service"
            ),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(arrived_at__gte=models.F("called_at")),
                name="they_come_after_they_are_called",
            ),
        ]


class Entry(models.Model):  # 문 열기 결정
    """The decision to open a door, signed. Nothing in it changes: see the trigger in 0012."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="entries")
    grounds = models.JSONField()
    evidence = models.JSONField()
    seen = models.CharField(max_length=300)  # what was seen, in words
    decided_by = models.CharField(max_length=60)  # name and office
    police = models.CharField(max_length=80)
    fire = models.CharField(max_length=80)
    damage = models.CharField(max_length=200, blank=True)
    repair = models.CharField(max_length=200, blank=True)  # who repairs, who pays
    signed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(police="") & ~Q(fire=""), name="police_and_fire_attend_an_entry"
            ),
            models.CheckConstraint(
                condition=~Q(grounds=[]) & ~Q(evidence=[]), name="an_entry_has_a_ground_and_a_sign"
            ),
        ]
        indexes = [models.Index(fields=["alarm", "signed_at"], name="entries_of_an_alarm")]


class EntryNote(models.Model):
    """What was added to a signed decision, or corrected in it: a row, never a change."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=300)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
