"""Finding people who stand twice in the register; a person says whether they are one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor, NotHere, machine
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.queries import LISTS, for_actor
from anbu.care.people.rules import find_phone
from anbu.care.readings.models import Device

from ..models import Double, DoubleRun, Joining
from ..rules import Card, pairs
from .bringing import NotPossible

AT_ONCE = 2_000


class UnknownPair(NotHere):
    """There is no such pair, or not for this person."""


@transaction.atomic
def find_doubles(*, now: datetime) -> bool:
    """Search the register if somebody asked; decided pairs stay decided. Say if there was work."""
    runs = DoubleRun.objects.select_for_update(skip_locked=True).filter(ended_at=None)
    run = runs.order_by("id").first()
    if run is None:
        return False
    cards = _cards()
    fresh = [
        Double(
            one_id=min(one.id, other.id),
            other_id=max(one.id, other.id),
            score=found.score,
            grounds=[[ground.points, ground.sentence] for ground in found.grounds],
            found_at=now,
        )
        for one, other, found in pairs(cards)
    ]
    # What is no longer alike, and nobody decided, is no longer asked.
    Double.objects.filter(decision=Double.Decision.OPEN).delete()
    Double.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    run.ended_at, run.homes, run.found = now, len(cards), len(fresh)
    run.save(update_fields=["ended_at", "homes", "found"])
    record(by=run.asked_by, verb="find_doubles", at=now, searched=len(cards), found=len(fresh))
    return True


@transaction.atomic
def say_different(*, pair: int, by: Actor, now: datetime) -> None:
    """Write down that these are two people; they are not asked about again."""
    found = _lock(pair, by, Double.Decision.OPEN)
    _decide(found, Double.Decision.DIFFERENT, by, now)
    for household in (found.one_id, found.other_id):
        record(by=by.name, verb="say_different", at=now, household=household, pair=pair)


@transaction.atomic
def join(*, pair: int, keep: UUID, by: Actor, now: datetime) -> None:
    """Join two records of one person: one stays, the other leaves and points to it."""
    found = _lock(pair, by, Double.Decision.OPEN)
    if keep not in (found.one_id, found.other_id):
        raise NotPossible("둘 가운데 하나를 골라 주세요.")
    gone_id = found.other_id if keep == found.one_id else found.one_id
    _check_free(gone_id)
    try:
        filled, copied = people.join_homes(kept=keep, gone=gone_id, by=by, now=now)
    except people.UnknownHome:
        raise NotPossible("둘 가운데 하나가 이미 떠난 가구입니다.") from None
    Joining.objects.create(
        pair=found,
        kept_id=keep,
        gone_id=gone_id,
        filled=filled,
        copied=copied,
        joined_at=now,
        joined_by=by.name,
    )
    _decide(found, Double.Decision.JOINED, by, now)


@transaction.atomic
def part(*, pair: int, by: Actor, now: datetime) -> None:
    """Undo a joining: the record that left comes back, what was copied goes."""
    found = _lock(pair, by, Double.Decision.JOINED)
    joining = found.joinings.select_for_update().get(undone_at=None)
    people.part_homes(
        kept=joining.kept_id,
        gone=joining.gone_id,
        filled=joining.filled,
        copied=joining.copied,
        by=by,
        now=now,
    )
    joining.undone_at, joining.undone_by = now, by.name
    joining.save(update_fields=["undone_at", "undone_by"])
    _decide(found, Double.Decision.DIFFERENT, by, now)


def _cards() -> list[Card]:
    sight = for_actor(machine("doubles"), LISTS)
    contacts: dict[UUID, set[str]] = {}
    for household, phone in sight.contacts.values_list("household", "phone").iterator():
        contacts.setdefault(household, set()).add(find_phone(phone)[::-1])
    rows = sight.people.filter(household__left_at=None).select_related("household")
    made_up = homes.made_up(actor=machine("doubles"))  # bait looks like somebody on purpose
    return [
        Card(
            id=person.household_id,
            name=person.name,
            birth_year=person.birth_year,
            birth_day=person.birth_day,
            sex=person.sex,
            phone=find_phone(person.phone)[::-1],
            contact_phones=frozenset(contacts.get(person.household_id, ())),
            address=person.household.address,
            unit=person.household.unit,
        )
        for person in rows.order_by("household")
        if person.household_id not in made_up
    ]


def _check_free(gone: UUID) -> None:
    """Refuse to let a home go that something hangs on: that must be settled by people first."""
    if Device.objects.filter(household=gone, revoked_at=None).exists():
        raise NotPossible(
            "떠날 기록에 기기가 있습니다. 기기가 있는 쪽을 남기거나 기기를 먼저 옮겨 주세요."
        )
    if Alarm.objects.filter(household=gone).exclude(state="closed").exists():
        raise NotPossible("떠날 기록에 열린 신호가 있습니다. 신호를 먼저 끝내 주세요.")


def _lock(pair: int, by: Actor, decision: str) -> Double:
    homes = for_actor(by, LISTS).households
    found = (
        Double.objects.select_for_update(of=("self",))
        .filter(id=pair, one__in=homes, other__in=homes)
        .first()
    )
    if found is None:
        raise UnknownPair
    if found.decision != decision:
        label = str(Double.Decision(found.decision).label)
        raise NotPossible("이미 정해졌습니다: %(decision)s", decision=label)
    return found


def _decide(found: Double, decision: str, by: Actor, now: datetime) -> None:
    found.decision, found.decided_by, found.decided_at = decision, by.name, now
    found.save(update_fields=["decision", "decided_by", "decided_at"])
