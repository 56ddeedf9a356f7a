"""How alarms were answered and what they turned out to be: counted from their timelines."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)

from anbu.care.people import queries as people
from anbu.care.readings import queries as readings
from anbu.care.staff.models import Staff

from ..models import Alarm, FieldJob, LookBack, Step
from ..rules import (
    ANSWERED_WITHIN,
    CRISES,
    OUTCOME_GROUPS,
    DoorWay,
    Outcome,
    Share,
    on_site,
    quantile,
)
from .incident import rule_of

BY_HAND = (
    Step.Kind.OWNER,
    Step.Kind.CALL,
    Step.Kind.MESSAGE,
    Step.Kind.STATE,
    Step.Kind.SHELVED,
    Step.Kind.CLOSED,
)
SEES_THE_CITY = (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR, Staff.Role.ANALYST)
FEWEST = 5  # a shown number is none, or at least so many: as in files that leave (exports.rules)
GROUP_OF = {outcome: group for group, outcomes in OUTCOME_GROUPS.items() for outcome in outcomes}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How soon a person began with what waited for one, and how soon it ended."""

    raised: int
    by_machine: int  # a sign or an answer ended the machine's question: no person was needed
    waited: int  # for a person
    within: tuple[tuple[timedelta, Share], ...]
    mean: timedelta | None  # to the first deed of a person (MTTA)
    median: timedelta | None
    p90: timedelta | None
    to_outcome: timedelta | None  # median
    untouched: int  # wait for a person at this moment, and nobody has begun


@dataclass(frozen=True, kw_only=True)
class Precision:
    """What the alarms of one rule, source, provider or district turned out to be."""

    name: str
    closed: int
    crises: Share
    groups: tuple[tuple[str, int], ...]  # outcome group -> how many
    reasons: tuple[tuple[str, int], ...]  # the commonest outcomes that were no crisis
    delay: timedelta | None  # median, from the last sign to the alarm
    hands_on: timedelta | None  # median, from a person's first deed to the end


@dataclass(frozen=True, kw_only=True)
class OnSite:
    """How soon somebody stood at the door, from an alarm's first sending to the first arrival."""

    sent: int
    arrived: int
    within: tuple[tuple[timedelta, Share], ...]
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, kw_only=True)
class LookBackCount:
    """How many; None: some, but too few to be told."""

    opened: int | None
    signed: int | None
    to_found: timedelta | None  # median, from the last life sign


@dataclass(frozen=True, kw_only=True)
class Figures:
    since: datetime
    until: datetime
    answered: Answered
    on_site: OnSite
    look_backs: LookBackCount
    by: tuple[tuple[str, tuple[Precision, ...]], ...]  # rule, source, provider, district


def figures(*, since: datetime, until: datetime, seen_by: Staff) -> Figures:
    """Return the figures of the alarms raised in this time, as far as this person's area goes."""
    rows = list(_timelines(_area(seen_by).filter(raised_at__gte=since, raised_at__lt=until)))
    ways = _ways(_area(seen_by), since, until)
    return Figures(
        since=since,
        until=until,
        answered=_answered(rows),
        on_site=_on_site(ways, until=until),
        look_backs=_look_backs(_area(seen_by), since, until),
        by=_by(rows),
    )


def _ways(area: QuerySet[Alarm], since: datetime, until: datetime) -> list[DoorWay]:
    """Return each alarm's way to the door, if somebody was first sent in this time."""
    jobs = FieldJob.objects.filter(alarm__in=area, alarm__closed_at=None) | FieldJob.objects.filter(
        alarm__in=area, alarm__closed_at__gte=since
    )
    rows = (
        jobs.order_by()
        .values("alarm", "alarm__closed_at")
        .annotate(
            sent=Min("sent_at"),
            came=Min("arrived_at"),
            off=Max("withdrawn_at"),
            going=Count("pk", filter=Q(withdrawn_at=None)),
        )
        .filter(sent__gte=since, sent__lt=until)
    )
    return [
        DoorWay(
            sent_at=row["sent"],
            arrived_at=row["came"],
            ended_at=row["alarm__closed_at"] or (None if row["going"] else row["off"]),
        )
        for row in rows
    ]


def _on_site(ways: Sequence[DoorWay], *, until: datetime) -> OnSite:
    spans = [span for way in ways if (span := way.span()) is not None]
    return OnSite(
        sent=len(ways),
        arrived=len(spans),
        within=on_site(ways, until=until),
        median=quantile(spans, 0.5),
        p90=quantile(spans, 0.9),
    )


def _area(seen_by: Staff) -> QuerySet[Alarm]:
    """Return the alarms this person may count: names are told to nobody here."""
    if seen_by.role in SEES_THE_CITY and seen_by.is_active:
        return Alarm.objects.all()
    return Alarm.objects.filter(household__in=people.within_sight(seen_by=seen_by))


def _timelines(alarms: QuerySet[Alarm]) -> Iterable[Any]:
    """Return each alarm with when it began to wait for a person, and when one began with it."""
    steps = Step.objects.filter(alarm=OuterRef("pk")).order_by().values("alarm")
    came = steps.filter(
        Q(kind=Step.Kind.OVERDUE, detail__do="message")
        | Q(kind=Step.Kind.STATE, detail__has_key="began")
    ).annotate(at=Min("at"))
    hand = steps.filter(kind__in=BY_HAND, by__isnull=False).annotate(first=Min("at"))
    began = steps.filter(kind=Step.Kind.STATE, detail__has_key="began").annotate(first=Min("at"))
    return (
        alarms.annotate(
            began=Subquery(began.values("first")),
            is_learned=ExpressionWrapper(Q(facts__has_key="learned"), BooleanField()),
            overdue=Subquery(came.values("at")),
            hand=Subquery(hand.values("first")),
        )
        .annotate(
            waits=Case(
                When(~Q(ladder__0__do="message"), waits_for="morning", then=None),
                When(~Q(ladder__0__do="message"), began__isnull=False, then=F("began")),
                When(~Q(ladder__0__do="message"), then=F("raised_at")),
                default=F("overdue"),
                output_field=DateTimeField(null=True),
            )
        )
        .values_list(
            "household_id",
            "kind",
            "is_learned",
            "raised_at",
            "due_at",
            "last_sign_at",
            "closed_at",
            "closed_by",
            "outcome",
            "hand",
            "waits",
            "household__dong__district__name",
            named=True,
        )
    )


def _answered(rows: Sequence[Any]) -> Answered:
    """Count how soon a person began, from the moment the alarm waited for one."""
    waited = [row for row in rows if row.waits is not None]
    begun = [row for row in waited if row.hand is not None]
    spans = [max(row.hand - row.waits, timedelta()) for row in begun]
    ends = [row.closed_at - row.raised_at for row in rows if row.closed_at and row.closed_by]
    mean = sum(spans, timedelta()) / len(spans) if spans else None
    return Answered(
        raised=len(rows),
        by_machine=sum(row.closed_at is not None and row.closed_by is None for row in rows),
        waited=len(waited),
        within=tuple(
            (limit, Share(sum(span <= limit for span in spans), len(waited)))
            for limit in ANSWERED_WITHIN
        ),
        mean=mean,
        median=quantile(spans, 0.5),
        p90=quantile(spans, 0.9),
        to_outcome=quantile(ends, 0.5),
        untouched=sum(row.hand is None and row.closed_at is None for row in waited),
    )


def _by(rows: Sequence[Any]) -> tuple[tuple[str, tuple[Precision, ...]], ...]:
    """Return the precision by each thing an alarm can be put together by."""
    closed = [row for row in rows if row.closed_at is not None and row.outcome != Outcome.TEST]
    devices = readings.services_of(households={row.household_id for row in closed})
    kinds: dict[str, dict[str, list[Any]]] = {
        name: {} for name in ("rule", "source", "provider", "district")
    }
    for row in closed:
        kinds["rule"].setdefault(_rule(row), []).append(row)
        kinds["district"].setdefault(row.household__dong__district__name, []).append(row)
        seen_by = devices.get(row.household_id, ())
        for source in {service.source for service in seen_by}:
            kinds["source"].setdefault(source, []).append(row)
        for provider in {service.name for service in seen_by}:
            kinds["provider"].setdefault(provider, []).append(row)
    return tuple(
        (kind, tuple(_precision(name, some) for name, some in _largest_first(found)))
        for kind, found in kinds.items()
    )


def _rule(row: Any) -> str:
    return rule_of(row.kind, {} if row.is_learned else None)


def _largest_first(found: dict[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    return sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))


def _precision(name: str, rows: Sequence[Any]) -> Precision:
    outcomes = Counter(Outcome(row.outcome) for row in rows)
    crises = sum(n for outcome, n in outcomes.items() if outcome in CRISES)
    groups = Counter[str]()
    for outcome, n in outcomes.items():
        groups[GROUP_OF.get(outcome, "other")] += n
    reasons = [(str(o), n) for o, n in outcomes.most_common() if o not in CRISES]
    return Precision(
        name=name,
        closed=len(rows),
        crises=Share(crises, len(rows)),
        groups=tuple((group, groups[group]) for group in OUTCOME_GROUPS),
        reasons=tuple(reasons[:3]),
        delay=quantile([r.raised_at - r.last_sign_at for r in rows if r.last_sign_at], 0.5),
        hands_on=quantile([r.closed_at - r.hand for r in rows if r.hand], 0.5),
    )


def _look_backs(alarms: QuerySet[Alarm], since: datetime, until: datetime) -> LookBackCount:
    """Count the look backs opened in this time, of these alarms. One query."""
    rows = list(
        LookBack.objects.filter(alarm__in=alarms, opened_at__gte=since, opened_at__lt=until)
        .order_by("opened_at", "id")
        .values_list("last_sign_at", "found_at", "signed_at")
    )
    spans = [found - last for last, found, _ in rows if last is not None]
    return LookBackCount(
        opened=_told(len(rows)),
        signed=_told(sum(signed is not None for _, _, signed in rows)),
        to_found=_middle(spans),
    )


def _told(n: int) -> int | None:
    return n if n == 0 or n >= FEWEST else None


def _middle(spans: Sequence[timedelta]) -> timedelta | None:
    return quantile(spans, 0.5) if len(spans) >= FEWEST else None
