from django.db import models
from django.db.models import Q

from anbu.care.foundation.rules import new_id
from anbu.care.people.models import Contact, Household
from anbu.care.places.models import Post
from anbu.care.readings.models import GroupIncident
from anbu.care.staff.models import Staff

from ..rules import BRAKED_KINDS, GroupOutcome, Level, Outcome, State
from .brake import Brake
from .owner import exactly_one_owner
from .protocol import Protocol


class Alarm(models.Model):  # 위기신호
    """One home, one open alarm. A second sign of trouble is evidence, not news."""

    class Kind(models.TextChoices):
        SILENCE = "silence", "조용함"
        SOS = "sos", "도움 요청"
        WATCH = "watch", "살핌"  # a machine asks softly, because the silence is unusual
        RETURN = "return", "귀가 확인"  # an absence is over: is the person back?
        CALL = "call", "걸려 온 전화"  # somebody telephoned about this home
        WORKER = "worker", "돌봄단원 위험"  # of a worker behind this door nobody hears

    id = models.UUIDField(primary_key=True, default=new_id)
    # 26-1121-0087, said on the phone; a day with more than 9,999 takes a fifth digit
    number = models.CharField(max_length=14, unique=True)
    household = models.ForeignKey(Household, models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=8, choices=Kind)
    level = models.PositiveSmallIntegerField(choices=[(v.value, v.name) for v in Level])
    state = models.CharField(max_length=12, choices=[(v.value, v.name) for v in State])
    due_at = models.DateTimeField()  # the instant it became true
    raised_at = models.DateTimeField()  # the instant it was written down
    last_sign_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120)  # one Korean sentence made from the facts
    facts = models.JSONField()
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    owner_since = models.DateTimeField()
    centre_owned = models.BooleanField()  # the centre owns it or once did: it stays in its sight
    ladder = models.JSONField()  # frozen when raised: a change of policy bends no running alarm
    # which document it is of; null: the city's own ladders
    protocol = models.ForeignKey(
        Protocol, models.PROTECT, null=True, related_name="alarms", db_index=False
    )
    # frozen too: a person confirms even what a machine asked and a sign or an answer has ended
    confirms = models.BooleanField(default=False, db_default=False)
    rung = models.PositiveSmallIntegerField(default=0)
    rung_started_at = models.DateTimeField()
    rung_due_at = models.DateTimeField(null=True)
    acted = models.BooleanField(default=False)  # this rung's deed is done; we wait for its fruit
    waits_for = models.CharField(max_length=8, blank=True)  # "" | answer | visit | morning | brake
    sign_returned_at = models.DateTimeField(null=True)  # a life sign came back; a person closes
    tries = models.PositiveSmallIntegerField(default=0)  # calls made so far
    asking = models.JSONField(default=dict)  # how, frozen too
    asked = models.PositiveSmallIntegerField(default=0)  # how often the machine has asked
    ask_again_at = models.DateTimeField(null=True)
    shelved_until = models.DateTimeField(null=True)  # 미룸
    shelved_reason = models.CharField(max_length=120, blank=True)
    # the brake it was raised under, also once that has let it go
    brake = models.ForeignKey(
        Brake, models.PROTECT, null=True, related_name="alarms", db_index=False
    )
    version = models.PositiveIntegerField(default=1)  # counts every change; the screens compare it
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(v.value, v.name) for v in Outcome]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(closed_at=None),
                name="one_open_alarm_per_home",
            ),
            models.UniqueConstraint(
                fields=["household", "kind", "due_at"], name="one_alarm_per_deadline"
            ),
            exactly_one_owner(name="open_alarm_has_exactly_one_owner", over="closed_at"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="") & ~Q(state="closed")
                | Q(closed_at__isnull=False, closed_by__isnull=False, state="closed")
                & ~Q(outcome__in=["", "answered_by_sign"])
                # a machine may end its own question, which never became a person's matter
                | Q(closed_at__isnull=False, closed_by=None, state="closed")
                & Q(
                    kind__in=["watch", "return"],
                    level=1,
                    rung=0,
                    tries=0,
                    outcome="answered_by_sign",
                ),
                name="closed_alarm_has_outcome_and_closer",
            ),
            models.CheckConstraint(
                condition=Q(shelved_until=None) | Q(level__lt=3),
                name="critical_is_never_shelved",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(rung_due_at__isnull=False),
                name="open_alarm_has_a_next_deadline",
            ),
        ]
        indexes = [
            # the queue: gravest first, then what falls due first
            models.Index(
                fields=["-level", "rung_due_at", "raised_at", "id"],
                name="open_alarms_in_order",
                condition=Q(closed_at=None),
            ),
            # the sweep of rungs that nobody took in time
            models.Index(
                fields=["rung_due_at"],
                name="open_alarms_falling_due",
                condition=Q(closed_at=None),
            ),
            models.Index(fields=["-closed_at"], name="alarms_closed_today"),
            # how many are raised in a window: the mass brake
            models.Index(
                fields=["raised_at"],
                name="alarms_a_brake_counts",
                condition=Q(kind__in=BRAKED_KINDS),
            ),
            models.Index(
                fields=["brake"], name="alarms_of_a_brake", condition=Q(brake__isnull=False)
            ),
            # the sweep of second attempts
            models.Index(
                fields=["ask_again_at"],
                name="questions_to_ask_again",
                condition=Q(ask_again_at__isnull=False),
            ),
        ]


class GroupSignal(models.Model):  # 한 원인 신호
    """Many homes, one cause: the one signal of level `group`, and who answers for it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    incident = models.OneToOneField(GroupIncident, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    owner_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    owner_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    owner_since = models.DateTimeField()
    centre_owned = models.BooleanField()  # the centre owns it or once did: it stays in its sight
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(v.value, v.name) for v in GroupOutcome]
    )

    class Meta:
        constraints = [
            exactly_one_owner(name="open_group_signal_has_exactly_one_owner", over="closed_at"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(outcome__in=["", "recovered"])
                # what was over by itself, and no person had taken
                | Q(closed_at__isnull=False, closed_by=None, owner_staff=None)
                & Q(outcome="recovered"),
                name="closed_group_signal_has_outcome_and_closer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["raised_at"], name="open_group_signals", condition=Q(closed_at=None)
            )
        ]


class Policy(models.Model):  # 대응 단계표
    """The response ladders from one moment on. Running alarms keep the one they began with."""

    valid_from = models.DateTimeField()
    ladders = models.JSONField()
    loaded_by = models.CharField(max_length=80)


class Step(models.Model):  # 지금까지 한 일
    """One line of the timeline. Rows are only ever added."""

    class Kind(models.TextChoices):
        RAISED = "raised"
        LEVEL = "level"
        OWNER = "owner"
        CALL = "call"
        MESSAGE = "message"
        STATE = "state"
        NOTE = "note"
        EVIDENCE = "evidence"  # a life sign came back, or a second cry
        SHELVED = "shelved"
        HANDOVER = "handover"  # asked of another post, and what it said
        OVERDUE = "overdue"  # nobody took the step in time
        CLOSED = "closed"

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(Staff, models.PROTECT, null=True)  # null: the system
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["alarm", "-at", "-id"], name="timeline_newest_first")]


class Blindness(models.Model):  # 볼 수 없음
    """A home that cannot be seen: a technical ticket, never a life sign and never a silence."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20)  # device | feed
    provider = models.CharField(max_length=30)
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    owner_post = models.ForeignKey(Post, models.PROTECT)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(ended_at=None),
                name="one_open_blindness_per_home",
            )
        ]
        indexes = [
            models.Index(
                fields=["provider", "since"],
                name="open_blindness",
                condition=Q(ended_at=None),
            )
        ]


class Message(models.Model):  # 보낸 문자
    """The outbox: written with the deed that caused it, sent after the commit, never forgotten."""

    class Status(models.TextChoices):
        WAITING = "waiting"  # until the person's quiet hours are over: `goes_at`
        QUEUED = "queued"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        EXPIRED = "expired"
        ANSWERED = "answered"  # the person at home wrote back, or pressed a key

    id = models.UUIDField(primary_key=True, default=new_id)  # also the first Idempotency-Key
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="messages")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True)  # null: the person at home
    to = models.CharField(max_length=20)
    channel = models.CharField(max_length=5, default="sms")  # people.AskBy
    kind = models.CharField(max_length=12, db_default="silence")  # effects.Kind
    template = models.CharField(max_length=24, db_default="", blank=True)  # in which words
    words = models.JSONField(db_default={})  # what stands in their placeholders
    text = models.CharField(max_length=1000)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True)
    queued_at = models.DateTimeField()
    goes_at = models.DateTimeField(null=True)  # null: at once
    expires_at = models.DateTimeField(null=True)  # null: written by a release of before
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "queued"], settled_at=None)
                | ~Q(status__in=["waiting", "queued"]) & Q(settled_at__isnull=False),
                name="a_settled_message_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(goes_at__isnull=False),
                name="a_waiting_message_says_until_when",
            ),
        ]
        indexes = [
            # the sweeps of what may go by now, and of what nobody could send in time
            models.Index(
                fields=["status", "queued_at"],
                name="messages_on_their_way",
                condition=Q(status__in=["waiting", "queued"]),
            )
        ]


class Leg(models.Model):  # 보낸 길
    """One message given to one provider, under one key that stays the same in every try."""

    class State(models.TextChoices):
        OPEN = "open"  # not taken yet, as far as we know
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"  # refused, or it could not be brought
        GIVEN_UP = "given_up"  # nobody knows; somebody else was asked, or its time was over

    key = models.UUIDField(primary_key=True, default=new_id)  # the Idempotency-Key
    message = models.ForeignKey(Message, models.PROTECT, related_name="legs")
    nth = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=12)  # effects.WAYS
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ref = models.CharField(max_length=80, blank=True)  # what the provider calls it
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True)
    began_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    asked = models.PositiveSmallIntegerField(default=0)  # how often its fate was asked for
    ask_at = models.DateTimeField(null=True)  # when it is asked for again

    class Meta:
        constraints = [
            # the same provider never gets a message under two keys
            models.UniqueConstraint(fields=["message", "way"], name="a_message_takes_a_way_once"),
            models.UniqueConstraint(fields=["message", "nth"], name="legs_are_numbered"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | ~Q(state="open") & Q(settled_at__isnull=False),
                name="a_settled_leg_says_when",
            ),
        ]
        indexes = [
            # a receipt that names the letter as the provider does
            models.Index(fields=["way", "ref"], name="legs_by_name", condition=~Q(ref="")),
            # the sweep of letters whose fate nobody has told
            models.Index(
                fields=["ask_at"], name="legs_to_ask_after", condition=Q(ask_at__isnull=False)
            ),
            # what /metrics counts by provider
            models.Index(fields=["settled_at"], name="legs_settled"),
        ]
