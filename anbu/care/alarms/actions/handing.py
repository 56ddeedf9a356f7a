"""What people do with a hand-over: ask for it, read it, accept it in their own words, or not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.errands import actions as errands
from anbu.care.errands.rules import Need
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import new_id
from anbu.care.people.queries import LISTS
from anbu.care.people.rules import clean
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Alarm, Board, Handover, Step
from ..queries.handover import (
    BoardPage,
    HandRow,
    addressed,
    board_page,
    rows_waiting_for,
    within,
)
from ..rules import REQUEST_LENGTH, HandState, NotAllowed, TakenByAnother, UnknownAlarm, said_back
from .boards import HANDED, post_of, send
from .duty import roster
from .ledger import Change, give, lock, lock_open, write


@transaction.atomic
def hand_over(*, alarm_id: UUID, request: str, by: Staff, now: datetime) -> Handover:
    """Ask the other side to take an open signal over at once, not only when duty passes."""
    alarm = lock_open(alarm_id=alarm_id, by=by)
    if alarm.owner_staff_id not in (None, by.pk) and alarm.owner_staff is not None:
        raise TakenByAnother(alarm.owner_staff.name, alarm.owner_since)
    _nothing_waits(alarm)
    if by.post_id != post_of(alarm):
        raise NotAllowed("지금 맡은 쪽만 넘길 수 있습니다.")
    asked = clean(request, what="부탁", at_most=REQUEST_LENGTH, needed=True)
    change = Change(alarm, "hand_over", by)
    item = send(change, sender=by.post_id, to=_other_side(alarm, by, now), request=asked, now=now)
    write(change, now=now)
    return item


@transaction.atomic
def ask_after(*, alarm_id: UUID, need: str, request: str, by: Staff, now: datetime) -> None:
    """Leave a request about a closed signal with the dong office, to be accepted like any other."""
    alarm = lock(alarm_id=alarm_id, by=by)
    if alarm.closed_at is None:
        raise NotAllowed("끝난 사건만 부탁으로 남길 수 있습니다. 열린 사건은 인계해 주세요.")
    _nothing_waits(alarm)
    change = Change(alarm, "ask_after", by)
    leave_request(change, need=need, request=request, by=by, now=now)
    write(change, now=now)


def leave_request(change: Change, *, need: str, request: str, by: Staff, now: datetime) -> None:
    """Ask the dong office for what the person needs; an office asks nobody, it has it to do."""
    alarm = change.alarm
    if need not in set(Need):
        raise NotAllowed("무엇에 대한 부탁인지 골라 주세요.")
    asked = clean(request, what="부탁", at_most=REQUEST_LENGTH, needed=True)
    dong = Post.objects.get(dong=alarm.household.dong_id)
    if by.post_id is None:
        raise NotAllowed("당직 자리가 있는 사람이 부탁합니다.")
    if by.post_id != dong.pk:
        send(change, sender=by.post_id, to=dong, request=asked, need=need, now=now)
        return
    errands.make(
        household=alarm.household,
        cause=new_id(),
        need=need,
        request=asked,
        promise=asked,
        post=dong,
        by=by,
        now=now,
    )
    change.step(Step.Kind.HANDOVER, what="kept", to=dong.name, request=asked, need=need)


def end_waiting(alarm: Alarm, *, now: datetime) -> None:
    """Take back what was asked of another post about a signal that ends here."""
    waiting = Handover.objects.filter(alarm=alarm, state=HandState.WAITING, need="")
    waiting.update(state=HandState.WITHDRAWN, settled_at=now)


@transaction.atomic
def open_board(*, switch_at: datetime | None = None, seen_by: Staff, now: datetime) -> BoardPage:
    """Return a board as this person may see it; what is addressed to them is then seen."""
    page = board_page(switch_at=switch_at, seen_by=seen_by, now=now)
    _note_opened(page.rows, seen_by, now)
    return page


@transaction.atomic
def open_waiting(*, seen_by: Staff, now: datetime) -> tuple[HandRow, ...]:
    """Return what this person should answer; it is then seen."""
    rows = rows_waiting_for(seen_by=seen_by, now=now)
    _note_opened(rows, seen_by, now)
    return rows


def _note_opened(rows: Sequence[HandRow], seen_by: Staff, now: datetime) -> None:
    mine = addressed(seen_by=seen_by).filter(id__in=[row.id for row in rows])
    mine.filter(opened_at=None).update(opened_at=now, opened_by=seen_by)
    shown = [row.id for row in rows if row.is_waiting]
    effects.acknowledge(HANDED, shown, by=seen_by, now=now, at_post=True)
    if rows:
        homes = sorted({row.row.household for row in rows})
        record(by=seen_by.actor, verb="list_handovers", at=now, homes=homes, purpose=LISTS)


@transaction.atomic
def accept_handover(*, handover: UUID, read_back: str, by: Staff, now: datetime) -> None:
    """Take it over, having said back what is asked; an open signal is the receiver's from now on.

    Of one that has ended the request becomes an errand of the office. Somebody of the district
    accepts in the name of the dong office.
    """
    alarm, item = _lock(handover, by)
    _for_me(item, by)
    told = said_back(read_back, request=item.request)
    change = Change(alarm, "accept_handover", by)
    if item.passes:
        if alarm.closed_at is not None:
            raise NotAllowed("이미 끝난 사건입니다.")
        to: Staff | Post = by if by.post_id == item.to_post_id else item.to_post
        give(change, to=to, now=now, how="handover")
    else:
        errands.make(
            household=alarm.household,
            cause=item.pk,
            need=item.need,
            request=item.request,
            promise=told,
            post=item.to_post,
            by=by,
            now=now,
        )
    change.step(Step.Kind.HANDOVER, what="accepted", to=item.to_post.name, answer=told)
    _settle(item, HandState.ACCEPTED, told, by, now)
    write(change, now=now)


@transaction.atomic
def refuse_handover(*, handover: UUID, reason: str, by: Staff, now: datetime) -> None:
    """Do not take it over, and say why: it stays with who sent it."""
    alarm, item = _lock(handover, by)
    _for_me(item, by)
    why = clean(reason, what="받지 않는 까닭", at_most=REQUEST_LENGTH, needed=True)
    change = Change(alarm, "refuse_handover", by)
    change.step(Step.Kind.HANDOVER, what="refused", to=item.to_post.name, answer=why)
    _settle(item, HandState.REFUSED, why, by, now)
    write(change, now=now)


@transaction.atomic
def withdraw_handover(*, handover: UUID, by: Staff, now: datetime) -> None:
    """Take it back before anybody accepted it: the sender goes on."""
    alarm, item = _lock(handover, by)
    _from_me(item, by)
    change = Change(alarm, "withdraw_handover", by)
    change.step(Step.Kind.HANDOVER, what="withdrawn", to=item.to_post.name)
    _settle(item, HandState.WITHDRAWN, "", by, now)
    write(change, now=now)


@transaction.atomic
def word_request(*, handover: UUID, request: str, by: Staff, now: datetime) -> None:
    """Change what is asked, as long as nobody has accepted it."""
    alarm, item = _lock(handover, by)
    _from_me(item, by)
    item.request = clean(request, what="부탁", at_most=REQUEST_LENGTH, needed=True)
    item.save(update_fields=["request"])
    change = Change(alarm, "word_request", by)
    change.step(Step.Kind.HANDOVER, what="asked", to=item.to_post.name, request=item.request)
    write(change, now=now)


@transaction.atomic
def sign_board(*, switch_at: datetime, by: Staff, now: datetime) -> None:
    """Sign for the side that leaves: this is what we hand over."""
    board = Board.objects.select_for_update().filter(switch_at=switch_at).first()
    if board is None:
        raise NotAllowed("아직 인계판이 없습니다.")
    if by.post is None or by.post.kind in (board.towards, Post.VENDOR):
        raise NotAllowed("보내는 쪽이 서명합니다.")
    if board.signed_at is not None:
        raise NotAllowed("이미 서명했습니다.")
    board.signed_at, board.signed_by = now, by
    board.save(update_fields=["signed_at", "signed_by"])
    record(by=by.actor, verb="sign_board", at=now, switch_at=switch_at.isoformat())


def _lock(handover: UUID, by: Staff) -> tuple[Alarm, Handover]:
    """Return the alarm and its waiting hand-over, both ours until the transaction ends.

    The alarm is locked first, as everywhere.
    """
    found = within(seen_by=by).filter(id=handover).values_list("alarm_id", flat=True).first()
    if found is None:
        raise UnknownAlarm(str(handover))
    alarm = Alarm.objects.select_for_update(of=("self",)).select_related("household").get(id=found)
    item = Handover.objects.select_for_update(of=("self",)).select_related("to_post")
    row = item.get(id=handover)
    if row.state != HandState.WAITING:
        raise NotAllowed("이미 끝난 인계입니다.")
    return alarm, row


def _for_me(item: Handover, by: Staff) -> None:
    if not addressed(seen_by=by).filter(id=item.pk).exists():
        raise NotAllowed("받는 쪽이 확인합니다.")


def _from_me(item: Handover, by: Staff) -> None:
    if by.post_id != item.from_post_id:
        raise NotAllowed("보낸 쪽만 바꿀 수 있습니다.")


def _nothing_waits(alarm: Alarm) -> None:
    if Handover.objects.filter(alarm=alarm, state=HandState.WAITING).exists():
        raise NotAllowed("이미 인계해 확인을 기다리고 있습니다.")


def _other_side(alarm: Alarm, by: Staff, now: datetime) -> Post:
    """Return who else may answer for this home: its dong office, or from there the centre.

    A vendor hands over to the city's post on duty.
    """
    dong = Post.objects.get(dong=alarm.household.dong_id)
    if by.post is not None and by.post.kind == Post.VENDOR:
        home = (alarm.household_id, alarm.household.dong_id)
        return (
            roster(homes=[home], now=now)
            .chair(
                household=home[0],
                dong=home[1],
                level=alarm.level,
                cried=alarm.kind == Alarm.Kind.SOS,
            )
            .post
        )
    return Post.objects.get(kind=Post.CENTRE) if by.post_id == dong.pk else dong


def _settle(item: Handover, state: HandState, answer: str, by: Staff, now: datetime) -> None:
    item.state, item.answer, item.settled_at, item.settled_by = state, answer, now, by
    item.save(update_fields=["state", "answer", "settled_at", "settled_by"])
    effects.acknowledge(HANDED, [item.pk], by=by, now=now)
