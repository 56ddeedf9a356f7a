"""What was true of a household before. What is true now stands on the household itself.

A change costs one row here and one update there; nothing is written twice, so that the 85 % of
at-risk homes that change state within a year stay cheap.
"""

from django.db import models
from django.db.models import F, Q

from anbu.care.places.models import Dong, Organisation

from .homes import Household, Person


class PastTier(models.Model):  # 지난 위험군
    household = models.ForeignKey(Household, models.PROTECT, related_name="past_tiers")
    tier = models.CharField(max_length=4, choices=Household.Tier)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="a_past_tier_ended_after_it_began"
            )
        ]
        indexes = [models.Index(fields=["household", "-until"], name="past_tiers_of_a_home")]


class PastAddress(models.Model):  # 지난 주소
    household = models.ForeignKey(Household, models.PROTECT, related_name="past_addresses")
    address = models.CharField(max_length=120)
    unit = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    is_protected = models.BooleanField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="a_past_address_ended_after_it_began"
            )
        ]


class PastDong(models.Model):  # 지난 담당 동
    household = models.ForeignKey(Household, models.PROTECT, related_name="past_dongs")
    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="a_past_dong_ended_after_it_began"
            )
        ]


class Enrolment(models.Model):  # 서비스 이용
    """A service, or an agency, that takes part in looking after a home, from when until when."""

    class Service(models.TextChoices):
        SMART_PLUG = "smart_plug", "스마트플러그"
        AI_CALL = "ai_checkin_call", "AI안부확인"
        AMI_APP = "ami_telecom_app", "AI안부든든"
        AMI = "ami_telecom", "1인가구 안부살핌"
        PHONE = "phone_activity", "똑똑안부확인"
        SPEAKER = "ai_speaker", "AI스피커"
        CARE_CORPS = "care_corps", "우리동네돌봄단"
        AGENCY = "agency", "전담기구"

    household = models.ForeignKey(Household, models.PROTECT, related_name="enrolments")
    service = models.CharField(max_length=16, choices=Service)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "service"],
                condition=Q(until=None),
                name="one_open_enrolment_per_service",
            ),
            models.CheckConstraint(
                condition=~Q(service="agency") | Q(organisation__isnull=False),
                name="an_agency_is_named",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="an_enrolment_ends_after_it_began",
            ),
        ]


class Refusal(models.Model):  # 거절
    """Somebody said no, to everything or to one service; we ask again on a day, or never."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="refusals")
    service = models.CharField(max_length=16, choices=Enrolment.Service, blank=True)  # "": all help
    reason = models.CharField(max_length=200)
    refused_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)
    ask_again_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)  # the person changed their mind

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "service"],
                condition=Q(ended_at=None),
                name="one_open_refusal_per_service",
            )
        ]


class HealthNote(models.Model):  # 건강 메모
    class Audience(models.TextChoices):
        RESPONDERS = "responders", "신호에 응하는 모든 사람"
        DONG = "dong", "동주민센터"
        NURSE = "nurse", "방문간호사만"

    person = models.ForeignKey(Person, models.PROTECT, related_name="health_notes")
    audience = models.CharField(max_length=10, choices=Audience)
    text = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["person"], condition=Q(ended_at=None), name="health_notes_that_stand"
            )
        ]
