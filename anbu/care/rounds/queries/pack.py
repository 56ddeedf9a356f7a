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
from anbu.care.places.models import Organisation
from anbu.care.places.rules import SEOUL

from ..models import Contact as LogLine
from ..models import Hazard, Promise, Standing, Task, Visit, Worker
from ..rules import FIRST_HOUR, Month, Pay, Result, Stage, Way, minutes_left, month_of
from ..rules.hours import SURE_TRIES
from .reach import actor_of_worker

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
class Inside:
    """The visit that runs, as the clock of the server has it."""

    id: UUID
    home: UUID
    began_at: datetime
    ends_at: datetime
    stage: str
    times_more: int


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
    inside: Inside | None
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
        tasks=_cards(worker, tasks, present, names, last, day),
        neighbours=tuple(
            Neighbour(home=home, name=names[home].name, last=last[home])
            for home in sorted(set(own) & set(names), key=lambda each: (names[each].name, each))
        ),
        hours=hours_of(worker=worker, day=day),
        partners=_partners(worker, day),
        numbers=_numbers(worker),
        inside=inside(worker=worker),
        has_pin=bool(worker.own_pin),
    )


def hours_of(*, worker: Worker, day: date) -> Hours:
    """Return what the log claims of this worker's month, and what of it is paid."""
    first = day.replace(day=1)
    since = min(first, day - timedelta(days=day.weekday()))
    begins = datetime(since.year, since.month, since.day, tzinfo=SEOUL)
    lines = LogLine.objects.filter(
        Q(worker=worker) | Q(partner=worker), at__gte=begins, at__lt=_midnight(day)
    )
    righted = set(lines.exclude(replaces=None).values_list("replaces", flat=True))
    worked: dict[date, int] = {}
    for id, at, minutes in lines.values_list("id", "at", "minutes"):
        if id not in righted:
            on = at.astimezone(SEOUL).date()
            worked[on] = worked.get(on, 0) + minutes
    pay = Pay(full_min=worker.month_min or Pay().full_min)
    month = month_of([one for one in worked.items() if one[0] >= first], pay)
    return Hours(
        month=month,
        days=tuple(sorted(one for one in worked.items() if one[0] >= first and one[1])),
        today_min=worked.get(day, 0),
        left_min=minutes_left(list(worked.items()), today=day, pay=pay),
        full_min=pay.full_min,
        full_krw=pay.full_krw,
    )


def inside(*, worker: Worker) -> Inside | None:
    """Return the visit this worker is on; the deadline is the server's, whatever a telephone says.

    What a call for help made of it is the control room's: whoever holds the telephone, and may
    have seen it called off, is shown the time and nothing else.
    """
    rows = Visit.objects.filter(worker=worker, out_at=None, ends_at__gt=F("began_at"))
    visit = rows.order_by("-began_at", "id").first()
    if visit is None:
        return None
    return Inside(
        id=visit.id,
        home=visit.household_id,
        began_at=visit.began_at,
        ends_at=visit.ends_at,
        stage=visit.stage if visit.called_at is None else Stage.INSIDE,
        times_more=visit.times_more,
    )


def _cards(
    worker: Worker,
    tasks: Iterable[Task],
    present: dict[UUID, Household],
    names: dict[UUID, Person],
    last: dict[UUID, Last],
    day: date,
) -> tuple[Card, ...]:
    homes = [each.household_id for each in tasks if each.household_id in names]
    hazards, moods, sure = _hazards(homes, day), _moods(homes), _sure(homes)
    promised = dict(
        Promise.objects.filter(household__in=homes, on=day, ended_at=None).values_list(
            "household_id", "minute"
        )
    )
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


def _hazards(homes: Collection[UUID], day: date) -> dict[UUID, tuple[str, ...]]:
    rows = Hazard.objects.filter(household__in=homes, valid_until__gte=day, ended_at=None)
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


def _midnight(day: date) -> datetime:
    """Return when this day is over, in Seoul."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=SEOUL)
