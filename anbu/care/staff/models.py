from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from anbu.care.places.models import Post


class Staff(AbstractBaseUser):  # 직원
    class Role(models.TextChoices):
        OPERATOR = "operator", "관제사"
        SUPERVISOR = "supervisor", "관제 책임자"
        PLANNER = "planner", "복지플래너"

    login = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    role = models.CharField(max_length=20, choices=Role)
    post = models.ForeignKey(Post, models.PROTECT)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager()
    USERNAME_FIELD = "login"

    @property
    def actor(self) -> str:
        """Return the name under which this person stands in the traces."""
        return f"staff:{self.pk}"


class Shift(models.Model):  # 근무
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="shifts")
    post = models.ForeignKey(Post, models.PROTECT)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(ended_at=None),
                name="one_open_shift_per_person",
            )
        ]
