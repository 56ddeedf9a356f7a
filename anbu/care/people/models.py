from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Dong


class Household(models.Model):  # 가구
    class Tier(models.TextChoices):
        HIGH = "high", "고위험"
        MID = "mid", "중위험"
        LOW = "low", "저위험"

    id = models.UUIDField(primary_key=True, default=new_id)
    dong = models.ForeignKey(Dong, models.PROTECT)
    address = models.CharField(max_length=120)  # road-name address
    unit = models.CharField(max_length=60, blank=True)  # 다세대 3층 302호
    building = models.CharField(max_length=80, blank=True)  # 승강기 없음 · 골목 안쪽
    door_note = models.CharField(max_length=200, blank=True)  # opened by a click, and logged
    key_holder = models.CharField(max_length=120, blank=True)
    hazard_note = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=4, choices=Tier)
    patience_hours = models.PositiveSmallIntegerField()  # how long still before an alarm
    registered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # 24-50 h is the city's practice (domain 1.2); a rehearsal may go down to an hour.
            models.CheckConstraint(
                condition=Q(patience_hours__range=(1, 72)),
                name="patience_is_1_to_72_hours",
            )
        ]


class Person(models.Model):  # 사람
    household = models.ForeignKey(Household, models.PROTECT, related_name="people")
    name = models.CharField(max_length=40)
    birth_year = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=1, choices=[("f", "여"), ("m", "남")])
    phone = models.CharField(max_length=20, blank=True)
    health_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["household"], name="one_person_lives_alone")]


class Contact(models.Model):  # 연락할 사람
    household = models.ForeignKey(Household, models.PROTECT, related_name="contacts")
    rank = models.PositiveSmallIntegerField()  # 1 is asked first
    name = models.CharField(max_length=40)
    relation = models.CharField(max_length=20)
    phone = models.CharField(max_length=20)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "rank"], name="one_contact_per_rank")
        ]


class Consent(models.Model):  # 동의
    class Kind(models.TextChoices):
        MONITORING = "monitoring", "안부확인"
        NIGHT = "night", "야간 확인"

    household = models.ForeignKey(Household, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind)
    obtained_how = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(withdrawn_at=None),
                name="one_open_consent_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="a_consent_ends_after_it_began",
            ),
        ]
