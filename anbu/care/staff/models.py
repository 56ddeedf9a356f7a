from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from anbu.care.places.models import Organisation, Post


class Staff(AbstractBaseUser):  # 직원
    class Role(models.TextChoices):
        """What somebody works as; what each may see and do stands in one table (access)."""

        OPERATOR = "operator", "관제사"
        SUPERVISOR = "supervisor", "관제 책임자"
        PLANNER = "planner", "복지플래너"
        NURSE = "nurse", "방문간호사"
        CARE_CORPS = "care_corps", "돌봄단"
        CASE_MANAGER = "case_manager", "사례관리사"
        PROVIDER = "provider", "프로그램 기관 담당"
        RESPONDER = "responder", "서비스 업체 상담원"  # answers the signals of a vendor's service
        COUNCIL = "council", "협의체 참여기관 담당"
        COUNSELLOR = "counsellor", "상담사"
        OFFICER = "officer", "시·구 직원"  # the organisation says whether of a district or the city
        ANALYST = "analyst", "분석가"
        PRIVACY_OFFICER = "privacy_officer", "개인정보 보호 담당"
        SYSTEM_OPERATOR = "system_operator", "시스템 운영자"

    login = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    # Role, organisation and post are what the standing grant says; only `actions` changes them.
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True)  # the chair that can own signals
    is_active = models.BooleanField(default=True)
    round = models.PositiveIntegerField(default=1)  # counted up, every session of before dies

    password_is_first = models.BooleanField(default=False)  # to be replaced at the first sign-in

    objects = BaseUserManager()
    USERNAME_FIELD = "login"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=["operator", "supervisor", "planner", "nurse", "responder"])
                | Q(post__isnull=False),
                name="who_answers_signals_has_a_post",
            ),
        ]

    @property
    def actor(self) -> str:
        """Return the name under which this person stands in the traces."""
        return f"staff:{self.pk}"

    @property
    def dong_id(self) -> int | None:
        """Return the dong of this person's post, if it has one."""
        return self.post.dong_id if self.post else None

    def get_session_auth_hash(self) -> str:
        """Return what every session of this person must know; a new round ends them all."""
        told = f"{self.password}:{self.round}:{self.is_active}"
        return salted_hmac("anbu.staff.session", told, algorithm="sha256").hexdigest()


class Grant(models.Model):  # 권한 부여
    """A role at an organisation for a time. What has ended stays: who could see what, and when."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Staff.Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    post = models.ForeignKey(Post, models.PROTECT, null=True)
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=80)
    ended_by = models.CharField(max_length=80, blank=True, default="")
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_at=None), name="one_standing_grant_per_person"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__gte=F("granted_at")) & ~Q(ended_by="")),
                name="an_ended_grant_says_by_whom",
            ),
        ]


class SignInAttempt(models.Model):  # 로그인 시도
    """A try that was not right, or whose end is not known yet; a right one takes these back."""

    class Kind(models.TextChoices):
        PASSWORD = "password", "비밀번호"
        CODE = "code", "인증번호"

    login = models.CharField(max_length=40)  # as typed: also of accounts that are not there
    address = models.CharField(max_length=45)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["login", "at"], name="tries_at_an_account"),
            models.Index(fields=["address", "at"], name="tries_from_an_address"),
            models.Index(fields=["at"], name="tries_by_age"),
        ]


class Shift(models.Model):  # 근무
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="shifts")
    post = models.ForeignKey(Post, models.PROTECT)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    extension = models.CharField(max_length=8, blank=True, default="")  # 내선: the seat of tonight

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(ended_at=None),
                name="one_open_shift_per_person",
            )
        ]
