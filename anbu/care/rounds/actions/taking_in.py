"""What telephones tell is written down: each event once, in whatever order and however often it
comes. Nothing that came is lost: what no rule can take is kept as it came, for a person.

The walk: read (`rules/events`), part what is nobody's of this worker, write rows of the log, then
what follows of the new ones (links, questions, requests, signals), then count the clocks anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import transaction

from anbu.care.alarms import actions as alarms
from anbu.care.errands import actions as errands
from anbu.care.errands.rules import WORDS_LENGTH
from anbu.care.foundation.actions import act_as, acting, record, record_all, trace
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Contact, Device, Link, Question, ToldValue, Unread, Worker
from ..queries import present_values, teller
from ..rules import NEED_OF, Guarded, Heard, NotAllowed, Result, crisis_in, is_real
from ..rules.clock import day_of
from ..rules.events import (
    AnyEvent,
    Linked,
    Logged,
    Said,
    Unreadable,
    in_order,
    read_events,
)
from .standing import recount
from .visiting import take_visit

US = machine("rounds")
HEARD_AS = {
    Heard.PAIN: "아프다고 하심",
    Heard.LONELY: "외롭다고 하심",
    Heard.REPAIR: "집에 고장 난 곳이 있음",
    Heard.MONEY: "돈 걱정을 하심",
    Heard.FOOD: "드실 것이 없음",
}


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the telephone may forget, for it is kept here; and how far its count has come."""

    taken: tuple[UUID, ...]
    unread: tuple[UUID, ...]  # kept too, but a person has to look at them
    upto: int


@dataclass(frozen=True)
class _Telephone:
    """Whose words these are, and when they came."""

    device: Device
    worker: Worker
    staff: Staff
    sight: people.Sight  # of the homes they may tell of
    now: datetime


@transaction.atomic
def take_in(*, device: UUID, body: bytes, by: Staff, now: datetime) -> Receipt:
    """Write down what a telephone of this person tells.

    Raises:
        NotAllowed: it is no telephone of this person, or no batch of events.
    """
    actor = teller(by, now)
    act_as(actor, now=now)
    phone = _telephone(
        device, by, people.for_actor(actor, Purpose("visit", f"phone:{device}")), now
    )
    events, strange = read_events(body, now=now)
    known = {UUID(home) for home in actor.reach.ids}
    ours = [event for event in events if event.home in known]
    foreign = [event for event in events if event.home not in known]
    new = _write_contacts([e for e in ours if isinstance(e, Logged)], phone)
    _follow(ours, new, phone)
    _watch_visits(events, phone)
    _keep_unread(strange, foreign, phone)
    phone.device.last_seq = max([phone.device.last_seq, *(event.seq for event in events)])
    phone.device.seen_at = now
    phone.device.save(update_fields=["last_seq", "seen_at"])
    kept = (*_ids(strange), *(event.id for event in foreign))
    return Receipt(
        taken=(*(event.id for event in events), *_ids(strange)),
        unread=kept,
        upto=phone.device.last_seq,
    )


def _telephone(device: UUID, by: Staff, sight: people.Sight, now: datetime) -> _Telephone:
    row = (
        Device.objects.select_for_update(of=("self",))
        .select_related("worker__staff", "worker__dong")
        .filter(pk=device, worker__staff=by)
        .first()
    )
    if row is None:
        raise NotAllowed("이 전화는 다른 분의 것입니다. 다시 로그인해 주세요.")
    return _Telephone(row, row.worker, by, sight, now)


def _write_contacts(told: Sequence[Logged], phone: _Telephone) -> list[Logged]:
    """Write the rows of the log that are new, each once; return their events."""
    there = set(Contact.objects.filter(id__in=[e.id for e in told]).values_list("id", flat=True))
    new = list({event.id: event for event in told if event.id not in there}.values())
    numbers = set(
        Contact.objects.filter(device=phone.device, seq__in=[e.seq for e in new]).values_list(
            "seq", flat=True
        )
    )
    partners = set(
        Worker.objects.filter(pk__in=[e.partner for e in new if e.partner]).values_list(
            "pk", flat=True
        )
    )
    rows = []
    for event in sorted(new, key=lambda one: (one.seq, one.id)):
        row = _contact(event, phone, partners)
        if row.seq in numbers:  # a telephone that counted anew: the row counts, its number not
            row.seq = None
        else:
            numbers.add(event.seq)
        rows.append(row)
    Contact.objects.bulk_create(rows)
    return new


def _contact(event: Logged, phone: _Telephone, partners: set[int]) -> Contact:
    return Contact(
        id=event.id,
        household_id=event.home,
        kind=str(event.kind),
        result=str(event.result),
        is_real=is_real(event.result),
        mood=str(event.mood or ""),
        heard=[str(each) for each in dict.fromkeys(event.heard)],
        note=event.note.strip(),
        at=event.at,
        minutes=event.minutes,
        next_on=event.next_on,
        worker=phone.worker,
        partner_id=event.partner if event.partner in partners else None,
        by=phone.staff.actor,
        device=phone.device,
        seq=event.seq,
        told_at=phone.now,
        replaces=event.replaces,
    )


def _follow(ours: Sequence[AnyEvent], new: Sequence[Logged], phone: _Telephone) -> None:
    """Do what follows of what was told, and count the clocks of these homes anew."""
    for event in ours:
        if isinstance(event, Linked):
            _link(event, phone)
        elif isinstance(event, Said):
            _ask(event.id, event.home, event.field, event.value, event.was, event.at, phone)
    for event in new:
        _request(event, phone)
        _cry(event, phone)
        if event.result == Result.WRONG_NUMBER:
            told = uuid5(event.id, "phone")
            was = present_values([event.home], sight=phone.sight).get(
                (event.home, Guarded.PHONE), ""
            )
            _ask(told, event.home, Guarded.PHONE, "", was, event.at, phone)
    homes = {event.home for event in new}
    recount(homes, now=phone.now)
    record_all(
        trace(
            by=phone.staff.actor,
            verb="log_contact",
            at=phone.now,
            household=home,
            detail={"contacts": [str(event.id) for event in new if event.home == home]},
        )
        for home in sorted(homes)
    )


def _watch_visits(events: Sequence[AnyEvent], phone: _Telephone) -> None:
    """Watch whoever is behind a door, also one that is not theirs."""
    told = [event for event in events if not isinstance(event, (Logged, Linked, Said))]
    if not told:
        return
    with acting(US, now=phone.now):
        there = people.areas(households={event.home for event in told})
        for event in in_order([event for event in told if event.home in there]):
            take_visit(
                event=event, worker=phone.worker, device=phone.device, by=phone.staff, now=phone.now
            )


def _link(event: Linked, phone: _Telephone) -> None:
    made, is_new = Link.objects.get_or_create(
        told=event.id,
        defaults={
            "contact_id": event.contact,
            "household_id": event.home,
            "kind": str(event.kind),
            "what": event.text.strip(),
            "amount_krw": event.amount_krw,
            "on": day_of(event.at),
            "worker": phone.worker,
            "made_at": phone.now,
            "made_by": phone.staff,
        },
    )
    if is_new:
        _trace("link_help", event.home, phone, kind=made.kind, link=made.pk)


def _ask(
    told: UUID,
    home: UUID,
    field: Guarded,
    value: str,
    was: str,
    at: datetime,
    phone: _Telephone,
) -> None:
    """Keep another word about a guarded field beside the register's; a person chooses."""
    if ToldValue.objects.filter(pk=told).exists():
        return
    if _present(home, field, phone) == value:
        return  # everybody says what is written already
    question = _question(home, field, value, at, phone)
    ToldValue.objects.create(
        id=told,
        household_id=home,
        field=str(field),
        value=value.strip()[:200],
        was=was.strip()[:200],
        at=at,
        told_at=phone.now,
        worker=phone.worker,
        question=question,
    )
    _trace("tell_otherwise", home, phone, field=str(field))


def _present(home: UUID, field: Guarded, phone: _Telephone) -> str:
    return present_values([home], sight=phone.sight).get((home, field), "")


def _question(home: UUID, field: Guarded, value: str, at: datetime, phone: _Telephone) -> Question:
    """Return the question that stands open, or was decided later than this was said of it."""
    decided = (
        Question.objects.filter(
            household=home, field=str(field), closed_at__gte=at, told__value=value
        )
        .order_by("closed_at")
        .first()
    )
    if decided is not None:
        return decided
    opened, _ = Question.objects.get_or_create(
        household_id=home,
        field=str(field),
        closed_at=None,
        defaults={"opened_at": phone.now},
    )
    return opened


def _request(event: Logged, phone: _Telephone) -> None:
    """Make what the person wants looked after the dong's errand, each once."""
    wanted = [each for each in dict.fromkeys(event.wants) if each in NEED_OF]
    if not wanted:
        return
    home = phone.sight.households.get(id=event.home)
    posts = places.posts_of([home.dong_id])
    post = Post.objects.get(pk=posts[home.dong_id])
    for want in wanted:
        errands.make(
            household=home,
            cause=uuid5(event.id, str(want)),
            need=NEED_OF[want],
            request=(event.note.strip() or HEARD_AS[want])[:WORDS_LENGTH],
            promise="",
            post=post,
            by=phone.staff,
            now=phone.now,
        )


def _cry(event: Logged, phone: _Telephone) -> None:
    """Let the control room know at once what cannot wait; a person there decides."""
    signs = crisis_in(event.note)
    if not signs and Heard.CRISIS not in event.heard:
        return
    with acting(US, now=phone.now):
        alarms.raise_crisis(
            event=event.id,
            household=event.home,
            signs=signs,
            words=event.note.strip(),
            at_stake=Heard.CRISIS in event.heard,
            heard_by=phone.staff.name,
            at=event.at,
            now=phone.now,
        )


def _keep_unread(
    strange: Sequence[Unreadable], foreign: Sequence[AnyEvent], phone: _Telephone
) -> None:
    rows = [_unread(phone, each.raw, Unread.Why.STRANGE, each.why) for each in strange] + [
        _unread(phone, msgspec.json.encode(each), Unread.Why.NOT_YOURS, "") for each in foreign
    ]
    Unread.objects.bulk_create(rows, ignore_conflicts=True)


def _unread(phone: _Telephone, raw: bytes, why: str, said: str) -> Unread:
    return Unread(
        device=phone.device,
        worker=phone.worker,
        digest=sha256(raw).hexdigest(),
        raw=raw.decode(errors="replace"),
        why=why,
        said=said[:300],
        told_at=phone.now,
    )


def _ids(strange: Sequence[Unreadable]) -> list[UUID]:
    """Return the ids of those that bear one: the telephone may forget them, we have kept them."""
    found = []
    for each in strange:
        try:
            found.append(msgspec.json.decode(each.raw, type=dict[str, Any])["id"])
        except (msgspec.MsgspecError, KeyError):
            continue
    return [UUID(one) for one in found if _is_uuid(one)]


def _is_uuid(told: object) -> bool:
    try:
        UUID(str(told))
    except ValueError:
        return False
    return True


def _trace(verb: str, home: UUID, phone: _Telephone, **detail: Any) -> None:
    record(by=phone.staff.actor, verb=verb, at=phone.now, household=home, **detail)
