"""What passes on when duty does: put on a board before the switch, and up when nobody takes it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import act_as
from anbu.care.places import queries as places
from anbu.care.places.models import Post

from ..models import Alarm, Board, Handover, Step
from ..queries.handover import present_switch
from ..rules import (
    HELD,
    UP_AFTER,
    HandState,
    Level,
    NotAllowed,
    Stair,
    State,
    goes_up_at,
    next_stair,
    usual_request,
)
from .duty import roster
from .ledger import CLOCK, Change, write_all

AT_ONCE = 200
HANDED = (Cause.HANDOVER, Cause.RISEN)
STAYS = ("morning", HELD)  # waits for the office, or for the mass brake: nobody hands it on


@transaction.atomic
def fill_next_board(*, now: datetime) -> bool:
    """Ask the other side to take over what is open here when duty passes, some at a time.

    Half an hour before the switch, and until the next one: what comes back later passes too.
    """
    act_as(CLOCK)
    board = _board(now)
    alarms = list(
        _passing(board).select_for_update(of=("self",), skip_locked=True).order_by("id")[:AT_ONCE]
    )
    if not alarms:
        return False
    at = max(now, board.switch_at)
    homes = [(alarm.household_id, alarm.household.dong_id) for alarm in alarms]
    known = roster(homes=homes, now=at)
    changes = []
    for alarm in alarms:
        chair = known.chair(
            household=alarm.household_id,
            dong=alarm.household.dong_id,
            level=alarm.level,
            cried=alarm.kind == Alarm.Kind.SOS,
        )
        change = Change(alarm, "hand_over")
        if chair.post.kind == board.towards:
            sender = post_of(alarm)
            send(change, board=board, sender=sender, to=chair.post, request="", now=now)
            changes.append(change)
    write_all(changes, now=now)
    return len(changes) == AT_ONCE


@transaction.atomic
def raise_next_waiting(*, now: datetime) -> bool:
    """Tell somebody further up of what nobody has accepted in time; end what is over."""
    act_as(CLOCK)
    ended = _end_what_is_over(now)
    late = list(
        Handover.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("alarm", "to_post")
        .filter(state=HandState.WAITING, up_at__lte=now)
        .order_by("up_at", "id")[:AT_ONCE]
    )
    changes = []
    for item in late:
        item.stair = next_stair(Stair(item.stair), towards=item.to_post.kind)
        item.up_at, item.told = now + UP_AFTER, item.told + 1
        item.save(update_fields=["stair", "up_at", "told"])
        change = Change(item.alarm, "hand_up")
        change.step(Step.Kind.HANDOVER, what="up", stair=item.stair, to=item.to_post.name)
        changes.append(change)
    write_all(changes, now=now)
    _tell(late, now)
    return bool(ended or late)


def _end_what_is_over(now: datetime) -> int:
    """End the hand-overs of what a person has closed meanwhile, and the ringing about them."""
    waiting = Handover.objects.select_for_update(of=("self",), skip_locked=True)
    over = waiting.filter(state=HandState.WAITING, need="", alarm__closed_at__isnull=False)
    ids = list(over.values_list("id", flat=True))
    if ids:
        rows = Handover.objects.filter(id__in=ids)
        rows.update(state=HandState.WITHDRAWN, settled_at=now)
        effects.over(HANDED, ids, now=now)
    return len(ids)


def send(
    change: Change,
    *,
    sender: int,
    to: Post,
    request: str,
    now: datetime,
    board: Board | None = None,
    need: str = "",
) -> Handover:
    """Ask a post to take this over; whoever answers for it now goes on doing so until it does.

    `need`: it is a request about a signal that has ended, and this is what the person needs.
    """
    alarm = change.alarm
    asked = request or usual_request(State(alarm.state))
    item = Handover.objects.create(
        alarm=alarm,
        board=board,
        need=need,
        from_post_id=sender,
        from_staff=change.by or alarm.owner_staff,
        to_post=to,
        request=asked,
        sent_at=now,
        up_at=goes_up_at(sent_at=now, switch_at=board.switch_at if board else None),
    )
    alarm.centre_owned = alarm.centre_owned or to.kind == Post.CENTRE  # they must see it to take it
    told = {"need": need} if need else {}
    change.step(Step.Kind.HANDOVER, what="sent", to=to.name, request=asked, **told)
    return item


def post_of(alarm: Alarm) -> int:
    """Return the post that answers for an open alarm: itself, or by the person who sits there."""
    post = alarm.owner_staff.post_id if alarm.owner_staff else alarm.owner_post_id
    if post is None:
        raise NotAllowed("당직 자리가 없는 사람이 맡고 있습니다.")
    return post


def _board(now: datetime) -> Board:
    switch = present_switch(now)
    told = {"towards": places.on_duty(switch), "made_at": now}
    return Board.objects.get_or_create(switch_at=switch, defaults=told)[0]


def _passing(board: Board) -> QuerySet[Alarm]:
    """Return what the leaving side owns and nobody was asked to take yet, or refused to."""
    leaving = Post.CENTRE if board.towards == Post.DONG else Post.DONG
    asked = Handover.objects.filter(alarm=OuterRef("pk"))
    asked = asked.filter(Q(state=HandState.WAITING) | Q(board=board))
    return (
        Alarm.objects.select_related("household", "owner_staff")
        .filter(closed_at=None)
        .filter(Q(owner_post__kind=leaving) | Q(owner_staff__post__kind=leaving))
        .exclude(waits_for__in=STAYS)
        .exclude(Exists(asked))
    )


def _tell(late: Sequence[Handover], now: datetime) -> None:
    """Tell who is on duty at the post, and at the centre what has gone up to the city."""
    things = []
    for item in late:
        level = max(item.alarm.level, Level.CAUTION)
        things.append(Thing(kind=Cause.HANDOVER, id=item.id, post=item.to_post_id, level=level))
        if item.stair == Stair.CITY:
            centre = places.centre()
            things.append(Thing(kind=Cause.RISEN, id=item.id, post=centre, level=level))
    effects.tell(things, now=now)
