"""The mass brake opens: what a person chose is done piece by piece, and by itself if nobody did."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from anbu.care.foundation.actions import record
from anbu.care.places import queries as places
from anbu.care.readings import actions as readings
from anbu.care.staff.models import Shift

from ..models import Alarm, Brake, Doubt, Message, Step
from ..queries.brakes import by_risk
from ..rules import CALLED_OFF, HELD, BrakeChoice, Outcome, State, check_move, gone_by
from .climbing import begin
from .ledger import SYSTEM, Change, announce_causes, write_all
from .messages import tell
from .outbox import close_legs

AT_ONCE = 500
CLOSED_AT_ONCE = 100  # the clock of each home is set to nought one by one
ONE_LETS_GO = 0x616E_6272  # of many clocks, by an advisory lock: the shares of a minute add up


def let_go_next(*, now: datetime) -> bool:
    """Do the next piece of what was decided about what brakes hold; say if there was any."""
    if not Brake.objects.filter(ended_at=None).exists():
        return False
    return any([_decide_alone(now), _release_owners(now), _work_off(now)])


@transaction.atomic
def _decide_alone(now: datetime) -> bool:
    """Go on by risk where nobody chose in time: an escalation never ends in silence."""
    rows = Brake.objects.select_for_update(no_key=True).filter(
        choice="", ended_at=None, until__lte=now
    )
    for brake in rows:
        brake.choice, brake.chosen_at = BrakeChoice.BY_RISK, now
        brake.save(update_fields=["choice", "chosen_at"])
        record(by=SYSTEM, verb="brake_by_itself", at=now, brake=str(brake.id))
        announce_causes()
    return bool(rows)


@transaction.atomic
def _release_owners(now: datetime) -> bool:
    """Give back to the centre what is owned by people who went home or were shut out."""
    gone = Shift.objects.filter(
        staff=OuterRef("owner_staff"), ended_at__gte=OuterRef("owner_since")
    )
    back = Shift.objects.filter(staff=OuterRef("owner_staff"), ended_at=None)
    rows = list(
        Brake.objects.select_for_update(of=("self",), no_key=True)
        .filter(ended_at=None, owner_staff__isnull=False)
        .filter(Q(owner_staff__is_active=False) | Exists(gone) & ~Exists(back))
    )
    for brake in rows:
        brake.owner_staff, brake.owner_post_id, brake.owner_since = None, places.centre(), now
        brake.save(update_fields=["owner_staff", "owner_post", "owner_since"])
        record(by=SYSTEM, verb="release_brake", at=now, brake=str(brake.id))
    return bool(rows)


@transaction.atomic
def _work_off(now: datetime) -> bool:
    decided = list(
        Brake.objects.filter(ended_at=None).exclude(choice="").order_by("began_at", "id")
    )
    if not decided or not _is_mine():
        return False
    return any(_piece(brake, now) for brake in decided)  # one piece, and its locks are given back


def _is_mine() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_LETS_GO])
        return bool(cursor.fetchone()[0])


def _piece(brake: Brake, now: datetime) -> bool:
    """Take one step with one brake; it ends when it holds nothing any more."""
    held = Alarm.objects.filter(brake=brake, closed_at=None, waits_for=HELD)
    if brake.choice == BrakeChoice.OUR_FAULT:
        untouched = _untouched(brake)[:CLOSED_AT_ONCE]
        if homes := sorted(untouched.values_list("household_id", flat=True)):
            return _call_off(brake, homes, now)
    may_go = _may_go(brake, held.count(), now)
    if may_go > 0:
        alarms = _locked(by_risk(held), may_go)
        changes = [Change(alarm, "let_go") for alarm in alarms]
        begin(changes, now=now)
        write_all(changes, now=now, brake=str(brake.id))
        return bool(changes)
    return _end(brake, now) if not held.exists() else False


def _may_go(brake: Brake, held: int, now: datetime) -> int:
    """Return how many homes may be let go in this piece."""
    if brake.choice != BrakeChoice.BY_RISK or brake.chosen_at is None:
        return min(held, AT_ONCE)
    total = Alarm.objects.filter(brake=brake).count()
    gone = gone_by(
        total=total,
        since_s=(now - brake.chosen_at).total_seconds(),
        per_minute=settings.BRAKE_PER_MINUTE,
        longest_s=settings.BRAKE_LONGEST_S,
    )
    return min(gone - (total - held), held, AT_ONCE)


def _untouched(brake: Brake) -> QuerySet[Alarm]:
    """Return what nobody has put a hand to: only that may be closed for all at once."""
    by_hand = Step.objects.filter(alarm=OuterRef("pk"), by__isnull=False)
    mine = Alarm.objects.filter(brake=brake, closed_at=None, waits_for__in=[HELD, "morning"])
    alone = mine.filter(owner_staff=None, rung=0, tries=0, shelved_until=None)
    return alone.filter(~Exists(by_hand)).order_by("household_id", "id")


def _call_off(brake: Brake, homes: Sequence[UUID], now: datetime) -> bool:
    """Close these homes' alarms in the name of who chose it, and list every home by name.

    Their clocks begin anew, as after every alarm that a person closes: who stays silent rings
    again. Until somebody has made sure of them they stand among the doubts.
    """
    for home in homes:
        readings.confirm(household=home, at=now)  # the clock is locked before the alarm
    alarms = _locked(_untouched(brake).filter(household__in=homes), len(homes))
    changes = {alarm.id: Change(alarm, "close", brake.chosen_by) for alarm in alarms}
    for change in changes.values():
        alarm = change.alarm
        check_move(State(alarm.state), State.CLOSED)
        alarm.state, alarm.outcome = State.CLOSED, Outcome.OUR_FAULT
        alarm.closed_at, alarm.closed_by = now, brake.chosen_by
        alarm.waits_for, alarm.ask_again_at = "", None
        change.step(Step.Kind.CLOSED, outcome=Outcome.OUR_FAULT, note=brake.reason)
    _take_back_messages(changes, now)
    Doubt.objects.bulk_create(
        [
            Doubt(
                household_id=alarm.household_id,
                cause=Doubt.Cause.OWN,
                brake=brake,
                since=alarm.due_at,
                raised_at=now,
            )
            for alarm in alarms
        ],
        ignore_conflicts=True,
    )
    write_all(list(changes.values()), now=now, outcome=Outcome.OUR_FAULT, brake=str(brake.id))
    return bool(alarms)


def _take_back_messages(changes: dict[UUID, Change], now: datetime) -> None:
    """Call off what nobody needs any more, visibly, and before it went anywhere."""
    rows = Message.objects.select_for_update().filter(
        alarm__in=list(changes), status__in=[Message.Status.WAITING, Message.Status.QUEUED]
    )
    for message in rows:
        tell(changes[message.alarm_id], message, status="called_off", failure=CALLED_OFF)
    ids = [message.id for message in rows]
    Message.objects.filter(id__in=ids).update(
        status=Message.Status.EXPIRED, settled_at=now, failure=CALLED_OFF
    )
    close_legs(ids, now=now)


def _locked(alarms: QuerySet[Alarm], many: int) -> list[Alarm]:
    rows = alarms.select_for_update(of=("self",), skip_locked=True)
    return list(rows.select_related("household")[:many])


def _end(brake: Brake, now: datetime) -> bool:
    """Open the brake, unless somebody has just raised one more alarm under it."""
    row = Brake.objects.select_for_update(no_key=True).get(pk=brake.pk)
    if row.ended_at or Alarm.objects.filter(brake=row, closed_at=None, waits_for=HELD).exists():
        return False
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(by=SYSTEM, verb="end_brake", at=now, brake=str(row.id), choice=row.choice)
    announce_causes()
    return True
