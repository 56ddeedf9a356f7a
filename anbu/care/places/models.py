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


class Post(models.Model):  # 당직 자리
    """A chair that must never stand empty: it can own what no person owns at the moment."""

    CENTRE, DONG = "centre", "dong"
    kind = models.CharField(max_length=10, choices=[(CENTRE, "관제센터"), (DONG, "동주민센터")])
    name = models.CharField(max_length=60)
    dong = models.ForeignKey(Dong, models.PROTECT, null=True, related_name="posts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="centre", dong=None) | Q(kind="dong", dong__isnull=False),
                name="a_dong_post_has_a_dong",
            ),
            models.UniqueConstraint(fields=["dong"], name="one_post_per_dong"),
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
