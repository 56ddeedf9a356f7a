"""What a home agreed to: to whom, what for, when, on which form. Rows are ended, never changed."""

from django.db import models
from django.db.models import F, Q

from anbu.care.places.models import Organisation

from ..rules.consents import KIND_OF, Agreement, Aim, Data, Recipient, Terms, Window
from .homes import Household
from .past import Enrolment


class Consent(models.Model):  # 동의
    class Kind(models.TextChoices):
        """The lines of our forms; rules.KINDS says what each means."""

        MONITORING = "monitoring", "안부확인"
        NIGHT = "night", "야간 확인"
        RESCUE = "rescue", "119·112에 알림"
        AGENCY = "agency", "전담기구에 알림"
        VENDOR = "vendor", "서비스 업체가 확인"

    household = models.ForeignKey(Household, models.PROTECT, related_name="consents")
    service = models.CharField(max_length=16, choices=Enrolment.Service, blank=True)  # "": all
    data = models.CharField(max_length=8, choices=[(d.value, d.name) for d in Data], blank=True)
    recipient = models.CharField(max_length=9, choices=[(r.value, r.name) for r in Recipient])
    aim = models.CharField(max_length=8, choices=[(a.value, a.name) for a in Aim])
    window = models.CharField(max_length=6, choices=[(w.value, w.name) for w in Window])
    # which vendor may know; of every other recipient there is one
    vendor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", db_index=False
    )
    form = models.CharField(max_length=20, blank=True, default="")  # version; "": not written down
    obtained_how = models.CharField(max_length=120)
    obtained_by = models.CharField(max_length=80, blank=True, default="")  # an actor
    evidence = models.CharField(max_length=120, blank=True, default="")  # where the paper lies
    evidence_hash = models.CharField(max_length=64, blank=True, default="")  # SHA-256 of its scan
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # it runs out by itself; None: until withdrawn
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_how = models.CharField(max_length=120, blank=True, default="")
    withdrawn_by = models.CharField(max_length=80, blank=True, default="")
    renewed_at = models.DateTimeField(null=True)  # a newer form took its place

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "service", "data", "recipient", "aim", "window", "vendor"],
                condition=Q(withdrawn_at=None, renewed_at=None),
                nulls_distinct=False,
                name="one_open_consent_per_scope",
            ),
            models.CheckConstraint(
                condition=Q(recipient="vendor", vendor__isnull=False)
                | ~Q(recipient="vendor") & Q(vendor=None),
                name="consent_to_a_vendor_names_it",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="a_consent_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("given_at")),
                name="a_consent_runs_out_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(renewed_at=None),
                name="a_consent_ends_in_one_way",
            ),
            models.CheckConstraint(
                condition=Q(evidence_hash="") | Q(evidence_hash__regex="^[0-9a-f]{64}$"),
                name="evidence_has_a_sha256",
            ),
        ]
        indexes = [models.Index(fields=["household", "given_at"], name="consents_of_a_home")]

    @property
    def terms(self) -> Terms:
        """Return to whom, what for and when."""
        return Terms(Recipient(self.recipient), Aim(self.aim), Window(self.window))

    @property
    def kind(self) -> str:
        """Return which line of the form it is; "" for one no form of today has."""
        return KIND_OF.get(self.terms, "")

    @property
    def agreement(self) -> Agreement:
        """Return it as the rules read it."""
        return Agreement(
            terms=self.terms,
            service=self.service,
            data=self.data,
            given_at=self.given_at,
            until=self.until,
            ended_at=self.withdrawn_at or self.renewed_at,
            withdrawn=self.withdrawn_at is not None,
        )
