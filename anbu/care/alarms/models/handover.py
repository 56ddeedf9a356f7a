from django.db import models
from django.db.models import F, Q

from anbu.care.foundation.rules import new_id
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..rules import HandState, Stair
from .alarm import Alarm


class Board(models.Model):  # 인계판
    """One moment at which duty passes on, and everything that passes with it."""

    class Towards(models.TextChoices):
        DONG = "dong", "동주민센터"
        CENTRE = "centre", "관제센터"

    switch_at = models.DateTimeField(unique=True)
    towards = models.CharField(max_length=6, choices=Towards)
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="a_signed_board_says_by_whom",
            )
        ]


class Handover(models.Model):  # 인계
    """One thing asked of another post: sent, then accepted in the receiver's own words, or not."""

    id = models.UUIDField(primary_key=True, default=new_id)
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="handovers")
    board = models.ForeignKey(Board, models.PROTECT, null=True, related_name="items")
    from_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    from_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    to_post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    request = models.CharField(max_length=120)  # 부탁
    # of a request about what has ended: what is needed (errands.Need). "": the open signal passes
    need = models.CharField(max_length=8, blank=True, default="", db_default="")
    sent_at = models.DateTimeField()
    stair = models.CharField(
        max_length=8, default=Stair.OFFICE, choices=[(v.value, v.name) for v in Stair]
    )
    up_at = models.DateTimeField()  # then somebody further up is told
    told = models.PositiveSmallIntegerField(default=0)  # how often somebody further up was
    opened_at = models.DateTimeField(null=True)  # the receiver has seen it
    opened_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=9,
        default=HandState.WAITING,
        choices=[(v.value, v.name) for v in HandState],
    )
    answer = models.CharField(max_length=120, blank=True)  # 되읽기, or why it was refused
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alarm"], condition=Q(state="waiting"), name="one_waiting_handover"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at=None, settled_by=None, answer="")
                | Q(state__in=["accepted", "refused"])
                & Q(settled_at__isnull=False, settled_by__isnull=False)
                & ~Q(answer="")
                # the sender took it back, or what it was about has ended
                | Q(state="withdrawn", settled_at__isnull=False),
                name="a_settled_handover_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(from_post=F("to_post")), name="a_handover_goes_elsewhere"
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None, opened_by=None)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="an_opened_handover_says_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["up_at"], name="handovers_going_up", condition=Q(state="waiting")),
            models.Index(fields=["to_post", "-sent_at"], name="handovers_of_a_post"),
        ]

    @property
    def passes(self) -> bool:
        """Return whether an open signal passes on, and not a request alone."""
        return not self.need
