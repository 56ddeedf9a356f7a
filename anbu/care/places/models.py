from django.db import models
from django.db.models import Q


class District(models.Model):  # 자치구
    code = models.CharField(max_length=5)  # 행정구역 코드, e.g. 11620
    name = models.CharField(max_length=40)
    shape = models.JSONField(default=dict)  # GeoJSON geometry, EPSG:4326, simplified to 40 m
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="one_district_per_code_and_start"
            )
        ]


class Dong(models.Model):  # 행정동
    code = models.CharField(max_length=10)  # adm_cd2
    name = models.CharField(max_length=40)
    district = models.ForeignKey(District, models.PROTECT, related_name="dongs")
    lat = models.FloatField()
    lon = models.FloatField()
    shape = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], name="one_dong_per_code_and_start"
            )
        ]


class Succession(models.Model):  # 행정동 개편
    """One dong's homes passed to another on a day: it split, merged or took another name."""

    before = models.ForeignKey(Dong, models.PROTECT, related_name="heirs")
    after = models.ForeignKey(Dong, models.PROTECT, related_name="forebears")
    on = models.DateField()
    roads = models.JSONField(default=list)  # of a split: road names whose homes went this way

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="one_succession_of_two_dongs"),
            models.CheckConstraint(
                condition=~Q(before=models.F("after")), name="a_dong_does_not_follow_itself"
            ),
        ]


class Post(models.Model):  # 당직 자리
    """A chair that must never stand empty: it can own what no person owns at the moment."""

    CENTRE, DONG, VENDOR = "centre", "dong", "vendor"
    kind = models.CharField(
        max_length=10,
        choices=[(CENTRE, "관제센터"), (DONG, "동주민센터"), (VENDOR, "서비스 업체")],
    )
    name = models.CharField(max_length=60)
    dong = models.ForeignKey(Dong, models.PROTECT, null=True, related_name="posts")
    vendor = models.ForeignKey("Organisation", models.PROTECT, null=True, related_name="posts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="centre", dong=None, vendor=None)
                | Q(kind="dong", dong__isnull=False, vendor=None)
                | Q(kind="vendor", dong=None, vendor__isnull=False),
                name="a_post_has_whom_it_is_of",
            ),
            models.UniqueConstraint(fields=["dong"], name="one_post_per_dong"),
            models.UniqueConstraint(fields=["vendor"], name="one_post_per_vendor"),
        ]


class Organisation(models.Model):  # 기관
    """Somebody staff belong to. It begins and ends on a day; what ended stays to be read."""

    class Kind(models.TextChoices):
        CITY = "city", "시"
        CENTRE = "centre", "고립예방센터"
        TEAM = "team", "팀"
        DISTRICT = "district", "구청"
        DONG_OFFICE = "dong_office", "동주민센터"
        AGENCY = "agency", "전담기구"
        MEMBER = "member", "고립예방협의체 참여기관"
        VENDOR = "vendor", "안부확인 서비스 업체"
        PROVIDER = "provider", "프로그램 기관"

    class MemberType(models.TextChoices):
        """Who sits on a district's council: domain.md section 8."""

        NONE = "", "해당 없음"
        WELFARE = "welfare_centre", "복지관"
        POLICE = "police", "경찰"
        FIRE = "fire", "소방"
        DOCTORS = "doctors", "의사회"
        CLINIC = "clinic", "병원·의원"
        ESTATE = "estate_agent", "공인중개사"
        DELIVERY = "delivery", "배달"
        HOUSING = "housing_manager", "임대주택 관리"
        METER = "meter_reader", "검침"
        OTHER = "other", "그 밖"

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="organisations")
    dong = models.ForeignKey(Dong, models.PROTECT, null=True, related_name="organisations")
    member_type = models.CharField(
        max_length=16, choices=MemberType, blank=True, default=MemberType.NONE
    )
    postcode = models.CharField(max_length=5, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "district", "dong"],
                condition=Q(valid_until=None),
                nulls_distinct=False,
                name="one_standing_organisation_of_a_name",
            ),
            models.CheckConstraint(
                condition=Q(kind="dong_office", dong__isnull=False)
                | (~Q(kind="dong_office") & Q(dong=None)),
                name="a_dong_office_has_a_dong",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["district", "member", "dong_office"])
                | Q(district__isnull=False),
                name="what_belongs_to_a_district_names_it",
            ),
            models.CheckConstraint(
                condition=(Q(kind="member") & ~Q(member_type=""))
                | (~Q(kind="member") & Q(member_type="")),
                name="a_council_member_has_a_type",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="an_organisation_ends_after_it_begins",
            ),
        ]


class Holiday(models.Model):  # 공휴일·대체공휴일
    on = models.DateField(unique=True)
    name = models.CharField(max_length=60)
    valid_from = models.DateField()  # the day it became law: a temporary holiday is announced late


class DutyHours(models.Model):  # 근무시간
    """When the dong office is on duty on working days; at all other times the centre is."""

    opens = models.TimeField()
    closes = models.TimeField()
    valid_from = models.DateField(unique=True)


class Tally(models.Model):  # 셈
    """How many there were in a dong and a month: what is left when the rows themselves are gone."""

    dong = models.ForeignKey(Dong, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day, in Seoul
    data_set = models.CharField(max_length=20)  # a name of the table of retention
    what = models.CharField(max_length=40, blank=True)  # of what kind; "" = all
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dong", "month", "data_set", "what"], name="one_tally_per_dong_and_month"
            )
        ]


class Contract(models.Model):  # 업체 계약
    """A vendor's post answers the signals of one service in one district, at its hours.

    A line is ended, never changed; the next one begins another. Days are of Seoul.
    """

    class Days(models.TextChoices):
        ALL = "", "늘"
        WORKING = "working", "평일"
        OFF = "off", "주말·공휴일"

    post = models.ForeignKey(Post, models.PROTECT, related_name="contracts")
    service = models.CharField(max_length=16)  # of people.models.Enrolment.Service
    provider = models.CharField(max_length=60, blank=True)  # whose devices; "": of anybody
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    days = models.CharField(max_length=8, choices=Days, blank=True, default=Days.ALL)
    opens = models.TimeField()  # it answers from then …
    closes = models.TimeField()  # … until just before then, over midnight too; alike: all day
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # exclusive
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)  # an actor
    ended_at = models.DateTimeField(null=True)  # when its end was written down
    ended_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="a_contract_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | Q(ended_at__isnull=False, valid_until__isnull=False) & ~Q(ended_by=""),
                name="an_ended_contract_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["service", "provider", "district", "days"],
                condition=Q(valid_until=None),
                name="one_standing_contract_of_a_kind_in_a_district",
            ),
        ]
