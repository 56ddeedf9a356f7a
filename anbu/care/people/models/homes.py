from typing import Any

from django.db import models
from django.db.models import Lookup, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Dong


class FindKey(models.CharField):
    """What a search compares with. A trigger writes it, so it never lags behind its source.

    Sorted by code point: `begins` finds a prefix in its index, also below row-level security.
    """

    def __init__(self, **more: Any) -> None:
        told: dict[str, Any] = {
            "max_length": 240,
            "default": "",
            "editable": False,
            "db_collation": "C",
        }
        super().__init__(**(told | more))


@models.CharField.register_lookup
class Begins(Lookup):
    """`^@`: unlike LIKE it leaks nothing, so row-level security does not keep it off the index."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the comparison."""
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", (*left_values, *right_values)


class Household(models.Model):  # 가구
    class Tier(models.TextChoices):
        HIGH = "high", "고위험"
        MID = "mid", "중위험"
        LOW = "low", "저위험"

    id = models.UUIDField(primary_key=True, default=new_id)
    dong = models.ForeignKey(Dong, models.PROTECT)  # which office answers for it
    dong_since = models.DateTimeField(null=True)  # None: since it was registered; so below
    address = models.CharField(max_length=120)  # road-name address
    unit = models.CharField(max_length=60, blank=True)  # 다세대 3층 302호
    postcode = models.CharField(max_length=5, blank=True, default="")
    is_protected = models.BooleanField(default=False)  # the address is kept secret (보호 주소)
    address_since = models.DateTimeField(null=True)
    building = models.CharField(max_length=80, blank=True)  # 승강기 없음 · 골목 안쪽
    door_note = models.CharField(max_length=200, blank=True)  # opened by a click, and logged
    key_holder = models.CharField(max_length=120, blank=True)
    hazard_note = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=4, choices=Tier)
    tier_since = models.DateTimeField(null=True)
    tier_reason = models.CharField(max_length=200, blank=True, default="")
    tier_by = models.CharField(max_length=80, blank=True, default="")
    tier_review_on = models.DateField(null=True)  # when an officer looks at it again
    patience_hours = models.PositiveSmallIntegerField()  # how long still before an alarm
    registered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    find_address = FindKey()

    class Meta:
        indexes = [
            models.Index(fields=["find_address"], name="homes_by_address"),
            models.Index(  # the work list of re-assessments
                fields=["tier_review_on"],
                condition=Q(left_at=None, tier_review_on__isnull=False),
                name="tiers_to_look_at_again",
            ),
        ]
        constraints = [
            # 24-50 h is the city's practice (domain 1.2); a rehearsal may go down to an hour.
            models.CheckConstraint(
                condition=Q(patience_hours__range=(1, 72)),
                name="patience_is_1_to_72_hours",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(left_at__isnull=False),
                name="a_merged_home_has_left",
            ),
        ]


class AskBy(models.TextChoices):
    """By what a machine reaches a person."""

    SMS = "sms", "문자"
    VOICE = "voice", "자동 전화"


class Person(models.Model):  # 사람
    household = models.ForeignKey(Household, models.PROTECT, related_name="people")
    name = models.CharField(max_length=40)
    birth_year = models.PositiveSmallIntegerField()
    birth_day = models.CharField(max_length=4, blank=True, default="")  # MMDD, only where needed
    sex = models.CharField(max_length=1, choices=[("f", "여"), ("m", "남")])
    phone = models.CharField(max_length=20, blank=True)
    phone_confirmed_at = models.DateTimeField(null=True)  # somebody answered there
    phone_dead_since = models.DateTimeField(null=True)  # 결번
    health_note = models.CharField(max_length=300, blank=True)
    find_name = FindKey()
    find_given = FindKey()
    find_initials = FindKey()
    find_given_initials = FindKey()
    find_phone = FindKey()
    # how a machine may ask this person; nothing said: as the policy has it
    quiet_from = models.PositiveSmallIntegerField(null=True)  # hours of Seoul, 0-24
    quiet_until = models.PositiveSmallIntegerField(null=True)
    ask_by = models.CharField(max_length=5, blank=True, choices=AskBy)
    ask_hour = models.PositiveSmallIntegerField(null=True)  # when to ask what does not press

    class Meta:
        indexes = [
            models.Index(fields=["find_name"], name="persons_by_name"),
            models.Index(fields=["find_given"], name="persons_by_given_name"),
            models.Index(fields=["find_initials"], name="persons_by_initials"),
            models.Index(fields=["find_given_initials"], name="persons_by_given_initials"),
            models.Index(fields=["find_phone"], name="persons_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["household"], name="one_person_lives_alone"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__range=(0, 24), quiet_until__range=(0, 24)),
                name="quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(ask_hour=None) | Q(ask_hour__range=(0, 23)),
                name="ask_hour_is_an_hour",
            ),
        ]


class Contact(models.Model):  # 연락할 사람
    household = models.ForeignKey(Household, models.PROTECT, related_name="contacts")
    rank = models.PositiveSmallIntegerField()  # 1 is asked first
    name = models.CharField(max_length=40)
    relation = models.CharField(max_length=20)
    phone = models.CharField(max_length=20)
    confirmed_at = models.DateTimeField(null=True)
    dead_since = models.DateTimeField(null=True)
    note = models.CharField(max_length=120, blank=True)
    find_phone = FindKey()

    class Meta:
        indexes = [models.Index(fields=["find_phone"], name="contacts_by_phone")]
        constraints = [
            models.UniqueConstraint(fields=["household", "rank"], name="one_contact_per_rank")
        ]
