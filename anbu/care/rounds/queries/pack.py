"""오늘의 짐: what a telephone holds of today. Own homes only, and no word of an illness."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people
from anbu.care.people.models import Household, Person
from anbu.care.places import queries as places
from anbu.care.places.models import Organisation
from anbu.care.places.rules import SEOUL

from ..models import Contact as LogLine
from ..models import Promise, Standing, Task, Worker
from ..rules import (
    FIRST_HOUR,
    Month,
    Pay,
    Result,
    Way,
    after,
    dues,
    first_of,
    lines_of,
    minutes_left,
    month_of,
    next_round_day,
)
from ..rules.hours import SURE_TRIES
from .cadences import cadence_of
from .hazards import hazards_in_force
from .months import PAY, worked
from .reach import actor_of_worker
from .visits import OnPhone, visit_on_phone

MOODS = 2  # so many of the last talks say how the person was


@dataclass(frozen=True, kw_only=True)
class Last:
    """When and by what this person was really reached the last time, by anyone."""

    at: datetime | None
    kind: str
    days: int | None  # since then, counted in days of Seoul


@dataclass(frozen=True, kw_only=True)
class Card:
    """One home of today. `door` and `unit` only where somebody goes to the door."""

    home: UUID
    name: str
    age: int
    sex: str
    way: str
    because: str
    is_high: bool
    hour: int
    is_own_hour: bool  # known of this person, not of everybody
    minutes: int
    at: int | None  # minute of the day that was promised
    walk_min: int
    partner: int | None
    partner_name: str
    phone: str
    address: str
    is_protected: bool  # the address is told by the office, not here
    door: str
    hazards: tuple[str, ...]
    last: Last
    moods: tuple[str, ...]  # of the last talks, the newest first
    next_on: date  # the day of the round on which the next word is due, if reached today
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """One of the worker's own, as the list of them says it."""

    home: UUID
    name: str
    last: Last


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The worker's month so far."""

    month: Month
    days: tuple[tuple[date, int], ...]
    today_min: int
    left_min: int  # today, by the limits of day, week and month
    full_min: int
    full_krw: int


@dataclass(frozen=True, kw_only=True)
class Number:
    """Whom to telephone."""

    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Everything a telephone needs for one day without a network."""

    day: date
    made_at: datetime
    worker: int
    name: str
    tasks: tuple[Card, ...]
    neighbours: tuple[Neighbour, ...]
    hours: Hours
    partners: tuple[tuple[int, str], ...]  # who may come along to a door
    numbers: tuple[Number, ...]
    inside: OnPhone | None
    has_pin: bool  # a number that calls an alarm off

    @property
    def homes(self) -> list[UUID]:
        """Return whose homes stand in it."""
        today = {each.home for each in self.tasks}
        return sorted(today | {each.home for each in self.neighbours})

    @property
    def doors(self) -> list[UUID]:
        """Return of which homes the way in was handed out."""
        return [each.home for each in self.tasks if each.door]


def pack_of(*, worker: Worker, day: date, now: datetime) -> Pack:
    """Return what this worker's telephone is given for a day: their own homes, as `reach` says."""
    actor = actor_of_worker(worker.staff, now)
    sight = people.for_actor(actor, Purpose("visit", f"round-{day.isoformat()}"))
    mine = Q(worker=worker) | Q(partner=worker)
    tasks = list(
        Task.objects.filter(mine, day=day)
        .select_related("worker__staff", "partner__staff")
        .order_by("place", "id")
    )
    own = list(
        Standing.objects.filter(worker=worker, ended_at=None).values_list("household_id", flat=True)
    )
    homes = {each.household_id for each in tasks} | set(own)
    present = {row.id: row for row in sight.households.filter(id__in=homes, left_at=None)}
    names = {one.household_id: one for one in sight.people.filter(household__in=present)}
    last = _last(present, day)
    return Pack(
        day=day,
        made_at=now,
        worker=worker.pk,
        name=worker.staff.name,
        tasks=_cards(worker, tasks, present, names, last, now),
        neighbours=tuple(
            Neighbour(home=home, name=names[home].name, last=last[home])
            for home in sorted(set(own) & set(names), key=lambda each: (names[each].name, each))
        ),
        hours=hours_of(worker=worker, day=day),
        partners=_partners(worker, day),
        numbers=_numbers(worker),
        inside=visit_on_phone(worker=worker, now=now),
        has_pin=bool(worker.own_pin),
    )


def hours_of(*, worker: Worker, day: date) -> Hours:
    """Return what the log claims of this worker's month, and what of it is paid.

    The month is the office's, line for line (queries/months.py), so that nobody sees another sum
    than will be signed. What is left of today goes by the hours this worker agreed to.
    """
    first = first_of(day)
    since = min(first, day - timedelta(days=day.weekday()))
    lines = lines_of(worked(workers=[worker.pk], since=since, until=after(first))[worker.pk])
    minutes = {line.day: line.minutes for line in lines}
    of_month = [(on, told) for on, told in minutes.items() if on >= first]
    return Hours(
        month=month_of(of_month, PAY),
        days=tuple(one for one in of_month if one[1]),
        today_min=minutes.get(day, 0),
        left_min=minutes_left(
            list(minutes.items()), today=day, pay=Pay(full_min=worker.month_min or PAY.full_min)
        ),
        full_min=PAY.full_min,
        full_krw=PAY.full_krw,
    )


def _cards(
    worker: Worker,
    tasks: Iterable[Task],
    present: dict[UUID, Household],
    names: dict[UUID, Person],
    last: dict[UUID, Last],
    now: datetime,
) -> tuple[Card, ...]:
    day = now.astimezone(SEOUL).date()
    homes = [each.household_id for each in tasks if each.household_id in names]
    hazards, moods, sure = _hazards(homes, now), _moods(homes), _sure(homes)
    promised = dict(
        Promise.objects.filter(household__in=homes, on=day, ended_at=None).values_list(
            "household_id", "minute"
        )
    )
    following = _following(homes, now)
    cards = []
    for each in tasks:
        home, person = present.get(each.household_id), names.get(each.household_id)
        if home is None or person is None:
            continue
        goes = each.way == Way.VISIT
        other = each.partner if each.worker_id == worker.pk else each.worker
        hides = home.is_protected
        noted = (home.hazard_note,) if goes and home.hazard_note else ()
        cards.append(
            Card(
                home=home.id,
                name=person.name,
                age=day.year - person.birth_year,
                sex=person.sex,
                way=each.way,
                because=each.because,
                is_high=home.tier == Household.Tier.HIGH,
                hour=each.hour,
                is_own_hour=(home.id, each.hour) in sure,
                minutes=each.minutes,
                at=each.at if each.at is not None else promised.get(home.id),
                walk_min=each.walk_min,
                partner=other.pk if other else None,
                partner_name=other.staff.name if other else "",
                phone="" if person.phone_dead_since else person.phone,
                address="" if hides else _address(home, goes=goes),
                is_protected=hides,
                door=home.door_note if goes and not hides else "",
                hazards=(*hazards.get(home.id, ()), *noted),
                last=last[home.id],
                moods=moods.get(home.id, ()),
                next_on=following[home.id],
                is_done=each.done_by_id is not None,
            )
        )
    return tuple(cards)


def _address(home: Household, *, goes: bool) -> str:
    told = (home.address, home.unit, home.building) if goes else (home.address, home.unit)
    return " · ".join(part for part in told if part)


def _last(homes: Collection[UUID], day: date) -> dict[UUID, Last]:
    found = {home: Last(at=None, kind="", days=None) for home in homes}
    rows = Standing.objects.filter(household__in=homes, contact_at__isnull=False)
    for home, at, kind in rows.values_list("household_id", "contact_at", "contact_kind"):
        assert at is not None
        found[home] = Last(at=at, kind=kind, days=(day - at.astimezone(SEOUL).date()).days)
    return found


def _following(homes: Collection[UUID], now: datetime) -> dict[UUID, date]:
    """Return when each of these is asked after next, where they are reached today."""
    day, holidays = now.astimezone(SEOUL).date(), places.calendar(now).holidays
    return {
        home: next_round_day(dues(pace, began=day).contact - timedelta(days=1), holidays)
        for home, pace in cadence_of(homes, day).items()
    }


def _hazards(homes: Collection[UUID], now: datetime) -> dict[UUID, tuple[str, ...]]:
    rows = hazards_in_force(now=now).filter(household__in=homes)
    found: dict[UUID, tuple[str, ...]] = {}
    for home, text in rows.order_by("made_at", "id").values_list("household_id", "text"):
        found[home] = (*found.get(home, ()), text)
    return found


def _moods(homes: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return how the person was in the last talks: a word to choose by, no note."""
    order = Window(RowNumber(), partition_by="household_id", order_by=[F("at").desc(), "id"])
    rows = LogLine.objects.filter(household__in=homes, result=Result.REACHED).exclude(mood="")
    found: dict[UUID, tuple[str, ...]] = {}
    newest = rows.annotate(nth=order).filter(nth__lte=MOODS).order_by("-at", "id")
    for home, mood in newest.values_list("household_id", "mood"):
        found[home] = (*found.get(home, ()), mood)
    return found


def _sure(homes: Collection[UUID]) -> set[tuple[UUID, int]]:
    """Return which hours of which homes were tried often enough to be the person's own."""
    rows = Standing.objects.filter(household__in=homes)
    return {
        (home, FIRST_HOUR + n)
        for home, tried in rows.values_list("household_id", "tried_by_hour")
        for n, times in enumerate(tried)
        if times >= SURE_TRIES
    }


def _partners(worker: Worker, day: date) -> tuple[tuple[int, str], ...]:
    rows = Worker.objects.filter(
        dong=worker.dong_id, ended_at=None, trained_until__gte=day, screened_until__gte=day
    ).exclude(pk=worker.pk)
    return tuple(rows.order_by("staff__name", "pk").values_list("pk", "staff__name"))


def _numbers(worker: Worker) -> tuple[Number, ...]:
    rows = Organisation.objects.filter(
        Q(kind="dong_office", dong=worker.dong_id) | Q(kind="centre"), valid_until=None
    ).exclude(phone="")
    return tuple(
        Number(name=name, phone=phone)
        for name, phone in rows.order_by(F("dong").asc(nulls_last=True), "id").values_list(
            "name", "phone"
        )
    )
