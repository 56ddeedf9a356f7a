"""The board of what passes on: who asks what of whom, what nobody has accepted, and the shift."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.places import queries as places
from anbu.care.places.models import Dong, Post
from anbu.care.staff.models import Staff

from ..models import Alarm, Board, Handover, Step
from ..rules import OUTCOME_GROUPS, PREPARED_BEFORE, HandState, Outcome, Stair, State
from .cards import Row
from .rows import rows_of

CENTRE = (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR)
WINDOW = timedelta(minutes=10)
BY_WORD = (Outcome.SAFE_CALL, Outcome.SAFE_MESSAGE)


@dataclass(frozen=True, kw_only=True)
class HandRow:
    """One hand-over on the board."""

    id: UUID
    row: Row
    state: str
    stair: str
    need: str
    request: str
    answer: str
    from_name: str
    to_name: str
    dong: str
    sent_at: datetime
    up_at: datetime
    opened_at: datetime | None
    opened_by: str
    settled_at: datetime | None
    settled_by: str
    may_accept: bool
    may_change: bool

    @property
    def passes(self) -> bool:
        """Return whether an open signal passes on, and not a request alone."""
        return not self.need

    @property
    def is_waiting(self) -> bool:
        """Return whether nobody has answered yet."""
        return self.state == HandState.WAITING

    @property
    def is_late(self) -> bool:
        """Return whether somebody further up knows already."""
        return self.is_waiting and self.stair != Stair.OFFICE


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far one receiving post is."""

    name: str
    accepted: int
    asked: int
    late: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the leaving shift had: figures of the alarms raised between two switches."""

    since: datetime
    until: datetime
    alarms: int
    closed: int
    by_word: int  # safe by call or message
    dispatched: int
    feed: int  # devices, networks, numbers
    busiest: int  # alarms in the busiest ten minutes
    homes: int
    most_of_one: int  # alarms of the home that rang most


@dataclass(frozen=True, kw_only=True)
class BoardPage:
    """One switch as one person may see it."""

    switch_at: datetime
    towards: str
    rows: tuple[HandRow, ...]
    places: tuple[Place, ...]
    signed_at: datetime | None
    signed_by: str
    may_sign: bool
    ownerless: int
    summary: Summary
    earlier: datetime | None

    @property
    def accepted(self) -> int:
        """Return how many were accepted."""
        return sum(row.state == HandState.ACCEPTED for row in self.rows)


def present_switch(now: datetime) -> datetime:
    """Return the switch whose board is at hand: the one that comes soon, else the last one."""
    coming = places.next_switch(now)
    return coming if coming - now <= PREPARED_BEFORE else places.last_switch(now)


def within(*, seen_by: Staff) -> QuerySet[Handover]:
    """Return the hand-overs a person may know of: from their post, to it, or in their district."""
    homes = people.within_sight(seen_by=seen_by)
    found = Handover.objects.filter(alarm__household__in=homes)
    if not seen_by.is_active:
        return found.none()
    if seen_by.role in CENTRE:
        return found.filter(Q(from_post__kind=Post.CENTRE) | Q(to_post__kind=Post.CENTRE))
    if seen_by.role in (Staff.Role.PLANNER, Staff.Role.RESPONDER):
        return found.filter(Q(from_post=seen_by.post_id) | Q(to_post=seen_by.post_id))
    if seen_by.role == Staff.Role.OFFICER:
        return found.filter(to_post__kind=Post.DONG)
    return found.none()


def addressed(*, seen_by: Staff) -> QuerySet[Handover]:
    """Return what this person may accept: sent to their post, or gone up to their district."""
    waiting = within(seen_by=seen_by).filter(state=HandState.WAITING)
    if seen_by.role == Staff.Role.OFFICER:
        return waiting.exclude(stair=Stair.OFFICE)
    return waiting.filter(to_post=seen_by.post_id)


def board_page(*, switch_at: datetime | None, seen_by: Staff, now: datetime) -> BoardPage:
    """Return the board of one switch; without a moment the one at hand.

    With the present board stands also what was asked outside of any.
    """
    present = present_switch(now)
    at = switch_at or present
    board = Board.objects.select_related("signed_by").filter(switch_at=at).first()
    belongs = Q(board__switch_at=at)
    if at == present:
        belongs |= Q(state=HandState.WAITING) | Q(board=None, sent_at__gte=at)
    found = _in_order(within(seen_by=seen_by).filter(belongs))
    rows = _rows(found, seen_by, now)
    towards = board.towards if board else places.on_duty(at)
    earlier = Board.objects.filter(switch_at__lt=at).order_by("-switch_at").first()
    leaves = seen_by.post is not None and seen_by.post.kind not in (towards, Post.VENDOR)
    return BoardPage(
        switch_at=at,
        towards=towards,
        rows=rows,
        places=_places(rows),
        signed_at=board.signed_at if board else None,
        signed_by=board.signed_by.name if board and board.signed_by else "",
        may_sign=bool(board and board.signed_at is None and leaves),
        ownerless=Alarm.objects.filter(closed_at=None, owner_staff=None, owner_post=None).count(),
        summary=_summary(at, seen_by, now),
        earlier=earlier.switch_at if earlier else None,
    )


def rows_waiting_for(*, seen_by: Staff, now: datetime) -> tuple[HandRow, ...]:
    """Return the hand-overs this person should answer, the latest on top."""
    return _rows(_in_order(addressed(seen_by=seen_by)), seen_by, now)


def waiting_for(*, seen_by: Staff) -> int:
    """Return how many hand-overs this person should answer."""
    return addressed(seen_by=seen_by).count()


def _in_order(found: QuerySet[Handover]) -> list[Handover]:
    """Return what waits first, the latest on top; then what was answered, the newest first."""
    rows = list(
        found.select_related(
            "alarm__household__dong",
            "from_post",
            "from_staff",
            "to_post",
            "opened_by",
            "settled_by",
        )
    )
    waiting = [one for one in rows if one.state == HandState.WAITING]
    answered = [one for one in rows if one.state != HandState.WAITING]
    waiting.sort(key=lambda one: (-one.told, -one.alarm.level, one.up_at, one.id))
    answered.sort(key=lambda one: (one.settled_at or one.sent_at, one.id), reverse=True)
    return waiting + answered


def _rows(found: Sequence[Handover], seen_by: Staff, now: datetime) -> tuple[HandRow, ...]:
    alarms = Alarm.objects.filter(id__in=[one.alarm_id for one in found])
    rows = {row.id: row for row in rows_of(found=alarms, seen_by=seen_by, now=now)}
    mine = set(addressed(seen_by=seen_by).values_list("id", flat=True))
    return tuple(
        HandRow(
            id=one.id,
            row=rows[one.alarm_id],
            state=one.state,
            stair=one.stair,
            need=one.need,
            request=one.request,
            answer=one.answer,
            from_name=one.from_staff.name if one.from_staff else one.from_post.name,
            to_name=one.to_post.name,
            dong=one.alarm.household.dong.name,
            sent_at=one.sent_at,
            up_at=one.up_at,
            opened_at=one.opened_at,
            opened_by=one.opened_by.name if one.opened_by else "",
            settled_at=one.settled_at,
            settled_by=one.settled_by.name if one.settled_by else "",
            may_accept=one.id in mine,
            may_change=one.state == HandState.WAITING and one.from_post_id == seen_by.post_id,
        )
        for one in found
        if one.alarm_id in rows
    )


def _places(rows: Sequence[HandRow]) -> tuple[Place, ...]:
    """Return each receiving post, the latest first."""
    asked = Counter(row.to_name for row in rows if row.state != HandState.WITHDRAWN)
    accepted = Counter(row.to_name for row in rows if row.state == HandState.ACCEPTED)
    late = Counter(row.to_name for row in rows if row.is_late)
    found = [
        Place(name=name, accepted=accepted[name], asked=n, late=late[name])
        for name, n in asked.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.late, one.accepted - one.asked, one.name)))


def _summary(switch_at: datetime, seen_by: Staff, now: datetime) -> Summary:
    """Count what was raised in the shift that ends, or ended, with this switch."""
    until = min(switch_at, now)
    since = places.last_switch(switch_at - timedelta(seconds=1))
    raised = Alarm.objects.filter(raised_at__gte=since, raised_at__lt=until)
    raised = _of_shift(raised, seen_by)
    out = Step.objects.filter(
        alarm=OuterRef("pk"), kind=Step.Kind.STATE, detail__to=str(State.DISPATCHED)
    )
    counted = raised.aggregate(
        alarms=Count("id"),
        closed=Count("id", filter=Q(closed_at__isnull=False)),
        by_word=Count("id", filter=Q(outcome__in=BY_WORD)),
        feed=Count("id", filter=Q(outcome__in=OUTCOME_GROUPS["feed"])),
        homes=Count("household", distinct=True),
    )
    per_home = raised.values("household").annotate(n=Count("id")).order_by("-n").first()
    return Summary(
        since=since,
        until=until,
        dispatched=raised.filter(Exists(out)).count(),
        busiest=_busiest(list(raised.order_by("raised_at").values_list("raised_at", flat=True))),
        most_of_one=per_home["n"] if per_home else 0,
        **counted,
    )


def _of_shift(raised: QuerySet[Alarm], seen_by: Staff) -> QuerySet[Alarm]:
    if seen_by.role in CENTRE:
        return raised.filter(centre_owned=True)
    dongs = Dong.objects.filter(id__in=people.within_sight(seen_by=seen_by).values("dong"))
    return raised.filter(household__dong__in=dongs)


def _busiest(moments: Sequence[datetime]) -> int:
    """Return how many of these (in order) lie in the busiest ten minutes."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= WINDOW:
            first += 1
        most = max(most, last - first + 1)
    return most
