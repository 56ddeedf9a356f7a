"""What happens by itself when nobody takes a step in time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from anbu.care.effects import queries as effects
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.places.models import Post
from anbu.care.staff.models import Shift

from ..models import Alarm, Handover, Message, Step
from ..rules import HELD, HandState, WhyNot, is_about_worker, thaw
from .duty import Chair, Roster, roster
from .ledger import CLOCK, Change, give, stand, write_all
from .outbox import ask_home, post_messages, send_at_last, tell_duty

type Staying = Mapping[UUID, Post]

AT_ONCE = 200
NOT_BEGUN = ("morning", HELD)  # until the office opens, or the mass brake does


@transaction.atomic
def advance_next_overdue(*, now: datetime) -> bool:
    """Move the alarms whose step nobody took in time one rung up, the most overdue first."""
    alarms = list(
        Alarm.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("household")
        .filter(closed_at=None, shelved_until=None, rung_due_at__lte=now)
        .order_by("rung_due_at", "id")[:AT_ONCE]
    )
    changes = [Change(alarm, "overdue") for alarm in alarms]
    climb(changes, now=now, why="overdue")
    write_all(changes, now=now)
    return bool(alarms)


@transaction.atomic
def unshelve_next(*, now: datetime) -> bool:
    """Bring back the alarms whose time of being put off is over."""
    alarms = list(
        Alarm.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(closed_at=None, shelved_until__lte=now)
        .order_by("shelved_until", "id")[:AT_ONCE]
    )
    changes = [Change(alarm, "unshelve") for alarm in alarms]
    for change in changes:
        bring_back(change, now=now)
    write_all(changes, now=now)
    return bool(alarms)


@transaction.atomic
def release_next_absent(*, now: datetime) -> bool:
    """Give back to the post on duty what is owned by people who went home or were shut out."""
    gone = Shift.objects.filter(
        staff=OuterRef("owner_staff"), ended_at__gte=OuterRef("owner_since")
    )
    back = Shift.objects.filter(staff=OuterRef("owner_staff"), ended_at=None)
    alarms = list(
        Alarm.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("household")
        .filter(closed_at=None, owner_staff__isnull=False)
        .filter(Q(owner_staff__is_active=False) | Exists(gone) & ~Exists(back))
        .order_by("rung_due_at", "id")[:AT_ONCE]
    )
    if not alarms:
        return False
    known = _roster(alarms, now)
    staying = _staying(alarms, known)
    changes = [Change(alarm, "release") for alarm in alarms]
    for change in changes:
        _seat_again(change, known, staying, now=now)
    write_all(changes, now=now)
    return True


@transaction.atomic
def release_next_from_vendors(*, now: datetime) -> bool:
    """Give to the city at once what a vendor's post may not, or cannot, answer for any more."""
    held = Q(owner_post__kind=Post.VENDOR) | Q(owner_staff__post__kind=Post.VENDOR)
    rows = Alarm.objects.filter(held, closed_at=None).select_related("household")
    near = list(rows.select_related("household", "owner_post", "owner_staff__post"))
    if not near:
        return False
    known = _roster(near, now)
    leaving = [alarm.pk for alarm in near if _why_it_leaves(alarm, known) is not None]
    alarms = list(
        rows.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=leaving[:AT_ONCE])
        .order_by("rung_due_at", "id")
    )
    changes = []
    for alarm in alarms:
        why = _why_it_leaves(alarm, known)
        if why is not None:
            change = Change(alarm, "release")
            go_up(change, known, why, now=now)
            changes.append(change)
    write_all(changes, now=now)
    tell_duty(changes, now=now)
    return bool(changes)


def vendor_holding(alarm: Alarm) -> int | None:
    """Return the vendor's post at which this signal is, by a person there or none; else None."""
    post = alarm.owner_staff.post if alarm.owner_staff else alarm.owner_post
    return post.pk if post is not None and post.kind == Post.VENDOR else None


def go_up(change: Change, known: Roster, why: WhyNot, *, now: datetime) -> None:
    """Give what a vendor has to the city: what lay too long to the centre, if it may know."""
    alarm = change.alarm
    cried = alarm.kind == Alarm.Kind.SOS
    home, level = alarm.household_id, alarm.level
    chair = known.chair(household=home, dong=alarm.household.dong_id, level=level, cried=cried)
    if why is WhyNot.LATE:
        chair = known.above(household=home, level=level, cried=cried) or chair
    give(change, to=chair.post, now=now, how=str(why))
    if chair.opens_at is not None:
        alarm.waits_for = "morning"
        alarm.rung_due_at = chair.opens_at


def _why_it_leaves(alarm: Alarm, known: Roster) -> WhyNot | None:
    vendor = vendor_holding(alarm)
    return None if vendor is None else known.why_it_leaves(alarm, post=vendor)


def _seat_again(change: Change, known: Roster, staying: Staying, *, now: datetime) -> None:
    """Put an alarm whose person has gone, or that begins, back where it was: vendor or city."""
    vendor = vendor_holding(change.alarm)
    if vendor is None:
        _seat(change, known, staying, now=now)
        return
    why = known.why_it_leaves(change.alarm, post=vendor)
    if why is not None:
        go_up(change, known, why, now=now)
    elif change.alarm.owner_post_id != vendor:
        give(change, to=known.vendors[vendor], now=now, how="back")


def climb(changes: Sequence[Change], *, now: datetime, why: str) -> None:
    """Put each alarm on its next rung; the last rung repeats until a person ends it."""
    if not changes:
        return
    alarms = [change.alarm for change in changes]
    known = _roster(alarms, now)
    staying = _staying(alarms, known)
    begun = [change for change in changes if change.alarm.waits_for in NOT_BEGUN]
    for change in changes:
        if change in begun:
            _begin_one(change, known, staying, now)
        else:
            _climb_one(change, known, staying, now, why)
    _ask_homes(begun, now)
    tell_duty(changes, now=now)


def begin(changes: Sequence[Change], *, now: datetime) -> None:
    """Start the first clock of alarms that had to wait, and send what was written for them."""
    climb(changes, now=now, why="begin")


def bring_back(change: Change, *, now: datetime) -> None:
    """End a time of being put off and start the rung's clock anew."""
    change.alarm.shelved_until, change.alarm.shelved_reason = None, ""
    change.step(Step.Kind.SHELVED, until=None, reason="")
    stand(change, rung=change.alarm.rung, now=now)


def _climb_one(change: Change, known: Roster, staying: Staying, now: datetime, why: str) -> None:
    alarm = change.alarm
    ladder = thaw(alarm.ladder)
    following = min(alarm.rung + 1, len(ladder) - 1)
    acted = alarm.acted
    change.step(
        Step.Kind.OVERDUE,
        do=ladder[alarm.rung].do,
        next=ladder[following].do,
        again=following == alarm.rung,
        why=why,
        **({"of": "worker"} if is_about_worker(alarm.facts) else {}),
    )
    passed = alarm.rung
    stand(change, rung=following, now=now)
    vendor = vendor_holding(alarm)
    if vendor is not None:
        # What a machine did, or somebody there, has had its time; what they let lie has not.
        in_time = acted or ladder[passed].do == "message"
        gone = known.why_it_leaves(alarm, post=vendor) or (None if in_time else WhyNot.LATE)
        if gone is not None:
            go_up(change, known, gone, now=now)
        elif alarm.owner_staff_id is not None and not acted:
            give(change, to=known.vendors[vendor], now=now, how="back")
        return
    # Who did the step and waits for its fruit keeps the alarm; who let it lie gives it back.
    if alarm.owner_staff_id is None or not acted:
        _seat(change, known, staying, now=now, passed=passed)


def _begin_one(change: Change, known: Roster, staying: Staying, now: datetime) -> None:
    alarm = change.alarm
    change.step(Step.Kind.STATE, began=alarm.waits_for)
    alarm.waits_for = ""
    stand(change, rung=alarm.rung, now=now)
    if alarm.owner_staff_id is None:
        _seat_again(change, known, staying, now=now)


def _ask_homes(begun: Sequence[Change], now: datetime) -> None:
    """Ask the homes whose first step it is; what the brake had written for them goes now."""
    ids = [change.alarm.id for change in begun]
    waiting = Message.objects.select_for_update().filter(
        alarm__in=ids, contact=None, status=Message.Status.WAITING
    )
    written = {message.alarm_id: message for message in waiting}
    by_message = [c for c in begun if c.alarm.ladder[c.alarm.rung]["do"] == "message"]
    send_at_last([(c, written[c.alarm.id]) for c in by_message if c.alarm.id in written], now=now)
    new = [c for c in by_message if c.alarm.id not in written]
    asking = [change for change in new if change.alarm.waits_for == ""]
    homes = [change.alarm.household_id for change in asking]
    sight = people.for_actor(CLOCK, Purpose("machine", "climb"))
    found = {person.household_id: person for person in sight.people.filter(household__in=homes)}
    words = effects.templates_in_force(now=now) if asking else {}
    post_messages(
        [
            ask_home(change, person=found[change.alarm.household_id], wordings=words, now=now)
            for change in asking
        ]
    )


def _seat(
    change: Change, known: Roster, staying: Staying, *, now: datetime, passed: int | None = None
) -> None:
    """Put the alarm with the post on duty, or with the dong's own until its office opens.

    What was handed over and nobody has accepted yet stays at the post that sent it. Once nobody
    took a step after which the ladder goes up (`passed`: the step of this moment), it is the
    centre's, by day too.
    """
    alarm = change.alarm
    chair = known.chair(
        household=alarm.household_id,
        dong=alarm.household.dong_id,
        level=alarm.level,
        cried=alarm.kind == Alarm.Kind.SOS,
    )
    above = None
    if chair.opens_at is None and _went_up(alarm, passed, known.centre.id):
        cried = alarm.kind == Alarm.Kind.SOS
        above = known.above(household=alarm.household_id, level=alarm.level, cried=cried)
    chair = above or chair
    if alarm.pk in staying:
        chair = Chair(staying[alarm.pk])
    if alarm.owner_post_id != chair.post.id:
        give(change, to=chair.post, now=now, how="up" if chair is above else "back")
    if chair.opens_at is not None:
        alarm.waits_for = "morning"
        alarm.rung_due_at = chair.opens_at


def _went_up(alarm: Alarm, passed: int | None, centre: int) -> bool:
    """Say whether nobody took a step after which the centre is asked: now, or before it had it."""
    ladder = thaw(alarm.ladder)
    if passed is not None and ladder[passed].up:
        return True
    return alarm.owner_post_id == centre and any(rung.up for rung in ladder[: alarm.rung])


def _staying(alarms: Sequence[Alarm], known: Roster) -> Staying:
    """Return the posts that go on answering, whoever is on duty.

    Who handed something over, as long as somebody sits there; and the centre for what came to it
    because a vendor had let it lie.
    """
    sits = Shift.objects.filter(post=OuterRef("from_post"), ended_at=None)
    waiting = Handover.objects.filter(
        Exists(sits), alarm__in=alarms, state=HandState.WAITING, need=""
    )
    at_centre = Q(alarm__owner_post=known.centre) | Q(alarm__owner_staff__post=known.centre)
    came_up = Step.objects.filter(
        at_centre,
        alarm__in=[alarm for alarm in alarms if alarm.centre_owned],
        kind=Step.Kind.OWNER,
        detail__how=WhyNot.LATE,
    )
    stays = dict.fromkeys(came_up.values_list("alarm_id", flat=True), known.centre)
    return stays | {item.alarm_id: item.from_post for item in waiting.select_related("from_post")}


def _roster(alarms: Sequence[Alarm], now: datetime) -> Roster:
    homes = [(alarm.household_id, alarm.household.dong_id) for alarm in alarms]
    return roster(homes=homes, now=now)
