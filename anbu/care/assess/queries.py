"""What was answered and decided in a home, and what waits for somebody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import queries as people
from anbu.care.people.queries import Home, TierLine
from anbu.care.places import queries as places
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from . import rules
from .models import Assessment, Crisis, Decision, Instrument, Request
from .rules import ACTS_NOW, READS, Result

MOST = 100  # rows of one list
SOON = timedelta(days=14)  # how far ahead a re-assessment is listed
CASE = Purpose("case")


@dataclass(frozen=True, kw_only=True)
class AssessmentCard:
    """One assessment with its explanation: each answer and what it counted."""

    id: UUID
    instrument: rules.Instrument
    at: datetime
    by: str
    how: str
    total: int | None
    note: str
    result: Result


@dataclass(frozen=True, kw_only=True)
class DecisionCard:
    tier: str
    at: datetime
    by: str
    assessment: UUID | None
    instrument: rules.Instrument | None


@dataclass(frozen=True, kw_only=True)
class RequestCard:
    id: UUID
    household: UUID
    asks: str
    told_by: str
    words: str
    received_at: datetime
    received_by: str
    due_on: date
    days_left: int  # below nought: too late
    reply: str
    reply_words: str
    replied_at: datetime | None
    replied_by: str


@dataclass(frozen=True, kw_only=True)
class CrisisCard:
    """What cannot wait: whose it is, and until when it may stay with them alone."""

    id: UUID
    household: UUID
    owner: str
    post: str
    is_mine: bool
    raised_at: datetime
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The tab of a home: its tier now and before, answers, decisions, requests."""

    tiers: tuple[TierLine, ...]
    deciders: dict[str, str]  # staff:12 -> name
    assessments: tuple[AssessmentCard, ...]
    decisions: tuple[DecisionCard, ...]
    requests: tuple[RequestCard, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    home: Home
    due_on: date
    days_left: int


@dataclass(frozen=True, kw_only=True)
class Work:
    """What waits for this person, the most pressing first."""

    crises: tuple[tuple[CrisisCard, Home], ...]
    requests: tuple[tuple[RequestCard, Home], ...]
    reviews: tuple[ReviewRow, ...]
    overdue: int  # of the reviews shown
    undated: int  # homes whose tier nobody promised to look at again


@lru_cache(maxsize=64)
def spec(text: str) -> rules.Instrument:
    """Return a loaded file as an instrument; a loaded text never changes."""
    return rules.parse(text)


def instruments() -> tuple[rules.Instrument, ...]:
    """Return the newest version of each instrument, those that can be used first."""
    rows = Instrument.objects.order_by("code", "-id").distinct("code")
    found = [spec(row.text) for row in rows]
    return tuple(sorted(found, key=lambda one: (not one.can_be_used, one.code)))


def instrument(code: str) -> rules.Instrument | None:
    """Return the newest version of one instrument."""
    row = Instrument.objects.filter(code=code).order_by("-id").first()
    return spec(row.text) if row else None


def folder(*, household: UUID, seen_by: Staff, now: datetime) -> Folder | None:
    """Return what was answered and decided here, to whom it is work. Eleven queries at most."""
    if seen_by.role not in READS:
        return None
    past = people.history(household=household, seen_by=seen_by, purpose=CASE)
    if past is None:
        return None
    deciders = {line.decided_by for line in past.tiers}
    ids = [int(each.partition(":")[2]) for each in deciders if each.startswith("staff:")]
    names = Staff.objects.filter(pk__in=ids).values_list("pk", "name")
    return Folder(
        tiers=past.tiers,
        deciders={f"staff:{pk}": name for pk, name in names},
        assessments=_assessments(household),
        decisions=_decisions(household),
        requests=tuple(
            _request(row, now)
            for row in Request.objects.filter(household=household)
            .select_related("received_by", "replied_by")
            .order_by("-received_at", "-id")
        ),
    )


def open_crises(
    *, seen_by: Staff, now: datetime, household: UUID | None = None
) -> tuple[CrisisCard, ...]:
    """Return what cannot wait, of one home or of all this person answers for. Two queries."""
    rows = visible_crises(seen_by=seen_by, now=now).filter(closed_at=None)
    if household is not None:
        rows = rows.filter(household=household)
    shown = rows.select_related("owner", "owner_post").order_by("due_at", "id")[:MOST]
    return tuple(_crisis(row, seen_by, now) for row in shown)


def visible_crises(*, seen_by: Staff, now: datetime) -> QuerySet[Crisis]:
    """Return those of the own area; to the centre, what nobody ended in time out of hours."""
    homes = people.seen(seen_by=seen_by, purpose=CASE).households
    crises = Crisis.objects.filter(household__in=homes)
    if not seen_by.is_active or seen_by.role not in ACTS_NOW:
        return crises.none()
    if seen_by.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR):
        if places.on_duty(now) != "centre":
            return crises.none()
        return crises.filter(due_at__lte=now)
    return crises


def task_at(*, household: UUID, seen_by: Staff, now: datetime) -> Purpose | None:
    """Return what of the work lists waits for this person at this home. Four queries at most."""
    crisis = visible_crises(seen_by=seen_by, now=now).filter(household=household, closed_at=None)
    found = crisis.values_list("id", flat=True).first()
    if found is not None:
        return Purpose("case", f"crisis-{found}")
    if seen_by.role not in READS:
        return None
    asked = Request.objects.filter(household=household, replied_at=None)
    request = asked.order_by("due_on", "id").values_list("id", flat=True).first()
    if request is not None:
        return Purpose("case", f"request-{request}")
    soon = now.astimezone(SEOUL).date() + SOON
    due = people.within_sight(seen_by=seen_by).filter(id=household, tier_review_on__lte=soon)
    return Purpose("case", "tier-review") if due.exists() else None


def work(*, seen_by: Staff, now: datetime) -> Work:
    """Return the work lists of this person's area. Thirteen queries at most, however long."""
    crises = open_crises(seen_by=seen_by, now=now)
    requests: list[RequestCard] = []
    due: list[tuple[UUID, date]] = []
    undated = 0
    today = now.astimezone(SEOUL).date()
    if seen_by.role in READS:
        area = people.within_sight(seen_by=seen_by)
        rows = Request.objects.filter(household__in=area, replied_at=None)
        rows = rows.select_related("received_by").order_by("due_on", "id")[:MOST]
        requests = [_request(row, now) for row in rows]
        due = people.tiers_to_look_at(seen_by=seen_by, on=today + SOON, at_most=MOST)
        undated = area.filter(tier_review_on=None).count()
    homes = _homes(
        {c.household for c in crises} | {r.household for r in requests} | {home for home, _ in due},
        seen_by,
    )
    reviews = tuple(
        ReviewRow(home=homes[home], due_on=on, days_left=(on - today).days)
        for home, on in due
        if home in homes
    )
    return Work(
        crises=tuple((card, homes[card.household]) for card in crises if card.household in homes),
        requests=tuple((r, homes[r.household]) for r in requests if r.household in homes),
        reviews=reviews,
        overdue=sum(row.days_left <= 0 for row in reviews),
        undated=undated,
    )


def own_requests(*, household: UUID, actor: Actor, now: datetime) -> tuple[RequestCard, ...]:
    """Return what was asked about decisions in this home, for the person itself. One query."""
    mine = people.for_actor(actor, Purpose("citizen")).households.filter(id=household)
    rows = Request.objects.filter(household__in=mine.values("id"))
    rows = rows.select_related("received_by", "replied_by").order_by("-received_at", "-id")
    return tuple(_request(row, now) for row in rows[:MOST])


def _homes(households: Collection[UUID], seen_by: Staff) -> dict[UUID, Home]:
    return people.homes(households=households, seen_by=seen_by, purpose=CASE) if households else {}


def _assessments(household: UUID) -> tuple[AssessmentCard, ...]:
    rows = Assessment.objects.filter(household=household).select_related("instrument", "by")
    return tuple(
        AssessmentCard(
            id=row.id,
            instrument=spec(row.instrument.text),
            at=row.at,
            by=row.by.name,
            how=row.how,
            total=row.total,
            note=row.note,
            result=result_of(row),
        )
        for row in rows.order_by("-at", "-id")[:MOST]
    )


def result_of(row: Assessment) -> Result:
    """Return what this row comes to, by the version it was answered with."""
    made = spec(row.instrument.text)
    if row.total is not None:
        return rules.of_total(made, row.total)
    return rules.of_pick(made, row.picked) if row.picked else rules.score(made, row.answers)


def _decisions(household: UUID) -> tuple[DecisionCard, ...]:
    rows = Decision.objects.filter(household=household)
    rows = rows.select_related("by", "assessment__instrument")
    return tuple(
        DecisionCard(
            tier=row.tier,
            at=row.decided_at,
            by=row.by.name,
            assessment=row.assessment_id,
            instrument=spec(row.assessment.instrument.text) if row.assessment else None,
        )
        for row in rows.order_by("-decided_at", "-id")[:MOST]
    )


def _request(row: Request, now: datetime) -> RequestCard:
    return RequestCard(
        id=row.id,
        household=row.household_id,
        asks=row.asks,
        told_by=row.told_by,
        words=row.words,
        received_at=row.received_at,
        received_by=row.received_by.name if row.received_by else "",
        due_on=row.due_on,
        days_left=(row.due_on - now.astimezone(SEOUL).date()).days,
        reply=row.reply,
        reply_words=row.reply_words,
        replied_at=row.replied_at,
        replied_by=row.replied_by.name if row.replied_by else "",
    )


def _crisis(row: Crisis, seen_by: Staff, now: datetime) -> CrisisCard:
    return CrisisCard(
        id=row.id,
        household=row.household_id,
        owner=row.owner.name,
        post=row.owner_post.name if row.owner_post else "",
        is_mine=row.owner_id == seen_by.pk,
        raised_at=row.raised_at,
        due_at=row.due_at,
        is_overdue=row.due_at <= now,
    )
