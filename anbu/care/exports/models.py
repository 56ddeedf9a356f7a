from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.staff.models import Staff

from .rules import DataSet, State

MADE = ["allowed", "making", "ready", "failed", "over"]


class Export(models.Model):  # 내보내기
    """One file that somebody asked for: why, who allowed it, how far it is, who fetched it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    data_set = models.CharField(max_length=8, choices=[(d.value, d.name) for d in DataSet])
    scope = models.JSONField(default=dict)  # district, dong, tier: codes; since, until: days
    reason = models.CharField(max_length=200)
    homes = models.PositiveIntegerField()  # how many it was about when it was asked for
    state = models.CharField(
        max_length=9, choices=[(s.value, s.name) for s in State], default=State.ASKED
    )
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    why_not = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the archive as it was handed out
    password = models.CharField(max_length=300, blank=True)  # sealed; "" once it was shown
    fetches = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="nobody_allows_the_own_export",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_decided_export_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MADE) | Q(decided_by__isnull=False),
                name="what_leaves_was_allowed",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_export_says_why"),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(made_at__isnull=False, expires_at__isnull=False, rows__isnull=False),
                name="a_made_export_ends",
            ),
            models.CheckConstraint(
                condition=Q(state="ready") | Q(password=""),  # nosec B106
                name="a_password_lives_no_longer_than_its_file",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="exports_of_a_person"),
            models.Index(  # who allows
                fields=["asked_at", "id"], condition=Q(state="asked"), name="exports_to_decide"
            ),
            models.Index(  # the sweep that deletes
                fields=["expires_at"], condition=Q(state="ready"), name="exports_to_end"
            ),
        ]


class ExportFile(models.Model):  # 내보낸 파일
    """The encrypted archive; the sweep deletes it when its time is over."""

    export = models.OneToOneField(Export, models.PROTECT, primary_key=True, related_name="file")
    body = models.BinaryField()
