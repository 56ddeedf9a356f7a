"""One cause for many homes becomes one signal that somebody owns, until it is over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import LISTS, for_actor
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.readings import actions as readings
from anbu.care.readings.models import GroupIncident, GroupMember
from anbu.care.staff.models import Shift, Staff

from ..models import GroupSignal
from ..queries.groups import GroupPage, group_page, visible_groups
from ..rules import GROUP_OUTCOMES, GroupOutcome, Level, NotAllowed, TakenByAnother, UnknownAlarm
from .ledger import SYSTEM, announce_causes

AT_ONCE = 100


@transaction.atomic
def raise_next_groups(*, now: datetime) -> bool:
    """Give each common cause that is told a signal and an owner; end those that are over."""
    changed = _raise(now) + _recover(now) + _release(now)
    if changed:
        announce_causes()
    return bool(changed)


def _raise(now: datetime) -> int:
    has_one = GroupSignal.objects.filter(incident=OuterRef("pk"))
    told = GroupIncident.objects.filter(~Exists(has_one), is_told=True, ended_at=None)
    new = list(told.order_by("at", "id")[:AT_ONCE])
    for incident in new:
        post = _post(incident, now)
        signal = GroupSignal.objects.create(
            incident=incident,
            raised_at=now,
            owner_post=post,
            owner_since=now,
            centre_owned=post.kind == Post.CENTRE,
        )
        _trace(signal, "raise_group", SYSTEM, now)
        _tell(signal, post, now)
    return len(new)


def _recover(now: datetime) -> int:
    """End the signals of causes that are over, unless a person has taken them on."""
    over = GroupSignal.objects.select_for_update().filter(
        closed_at=None, owner_staff=None, incident__ended_at__isnull=False
    )
    rows = list(over.order_by("id")[:AT_ONCE])
    for signal in rows:
        signal.closed_at, signal.outcome = now, GroupOutcome.RECOVERED
        signal.save()
        _trace(signal, "group_recovered", SYSTEM, now)
    effects.over([Cause.GROUP], [signal.id for signal in rows], now=now)
    return len(rows)


def _release(now: datetime) -> int:
    """Give back what is owned by people who went home or were shut out."""
    gone = Shift.objects.filter(
        staff=OuterRef("owner_staff"), ended_at__gte=OuterRef("owner_since")
    )
    back = Shift.objects.filter(staff=OuterRef("owner_staff"), ended_at=None)
    rows = list(
        GroupSignal.objects.select_for_update(of=("self",))
        .filter(closed_at=None, owner_staff__isnull=False)
        .filter(Q(owner_staff__is_active=False) | Exists(gone) & ~Exists(back))
        .order_by("id")[:AT_ONCE]
    )
    for signal in rows:
        post = _post(signal.incident, now)
        signal.owner_staff, signal.owner_post, signal.owner_since = None, post, now
        signal.centre_owned |= post.kind == Post.CENTRE
        signal.save()
        _trace(signal, "release_group", SYSTEM, now)
        _tell(signal, post, now)
    return len(rows)


@transaction.atomic
def claim_group(*, signal_id: UUID, by: Staff, now: datetime) -> None:
    """Become the owner of a group's signal; of two who try at once, one gets it."""
    signal = _lock(signal_id, by)
    if signal.owner_staff_id == by.pk:
        return
    if signal.owner_staff is not None:
        raise TakenByAnother(signal.owner_staff.name, signal.owner_since)
    signal.owner_staff, signal.owner_post, signal.owner_since = by, None, now
    signal.centre_owned |= by.post is not None and by.post.kind == Post.CENTRE
    signal.save()
    _trace(signal, "claim_group", by.actor, now)
    effects.acknowledge([Cause.GROUP], [signal.id], by=by, now=now)
    announce_causes()


@transaction.atomic
def close_group(*, signal_id: UUID, outcome: str, by: Staff, now: datetime) -> None:
    """End a group's signal; what it held rings in its time, or at once if there was no cause."""
    # The incident is locked before the signal, as the look at the groups does.
    incident = visible_groups(seen_by=by).filter(id=signal_id).values_list("incident", flat=True)
    if not incident:
        raise UnknownAlarm(str(signal_id))
    if outcome not in GROUP_OUTCOMES:
        raise NotAllowed("결과를 골라 주세요.")
    readings.end_incident(
        incident=incident[0],
        denied=outcome == GroupOutcome.NO_COMMON_CAUSE,
        by=by.actor,
        now=now,
    )
    signal = _lock(signal_id, by)
    if signal.owner_staff is not None and signal.owner_staff_id != by.pk:
        raise TakenByAnother(signal.owner_staff.name, signal.owner_since)
    signal.closed_at, signal.closed_by, signal.outcome = now, by, outcome
    signal.save()
    _trace(signal, "close_group", by.actor, now, outcome=outcome)
    effects.acknowledge([Cause.GROUP], [signal.id], by=by, now=now)
    announce_causes()


@transaction.atomic
def open_group(*, signal_id: UUID, seen_by: Staff, now: datetime) -> GroupPage | None:
    """Return the page of one group, and write down who saw which homes."""
    page = group_page(signal_id=signal_id, seen_by=seen_by, now=now)
    if page is not None:
        homes = [member.household for member in page.members]
        record(
            by=seen_by.actor,
            verb="list_group",
            at=now,
            homes=homes,
            purpose=LISTS,
            signal=str(signal_id),
        )
        effects.acknowledge([Cause.GROUP], [signal_id], by=seen_by, now=now, at_post=True)
    return page


def _lock(signal_id: UUID, by: Staff) -> GroupSignal:
    rows = visible_groups(seen_by=by).select_for_update(of=("self",))
    signal = rows.filter(id=signal_id).first()
    if signal is None:
        raise UnknownAlarm(str(signal_id))
    if signal.closed_at is not None:
        raise NotAllowed("이미 끝난 사건입니다.")
    return signal


def _post(incident: GroupIncident, now: datetime) -> Post:
    """Return who answers: by day the dong whose homes alone were hit, else the centre."""
    hit = GroupMember.objects.filter(incident=incident).values("household")
    sight = for_actor(machine("clock"), Purpose("machine", "groups"))
    dongs = set(sight.households.filter(id__in=hit).values_list("dong_id", flat=True))
    if len(dongs) == 1:
        return Post.objects.get(id=places.post_on_duty(next(iter(dongs)), now))
    return Post.objects.get(id=places.centre())


def _tell(signal: GroupSignal, post: Post, now: datetime) -> None:
    thing = Thing(kind=Cause.GROUP, id=signal.id, post=post.pk, level=Level.CAUTION)
    effects.tell([thing], now=now)


def _trace(signal: GroupSignal, verb: str, by: str, now: datetime, **detail: Any) -> None:
    record(by=by, verb=verb, at=now, signal=str(signal.id), **detail)
