"""A worker of the care corps with a day before them: some homes to call, one to visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from anbu.care.people import actions as people
from anbu.care.people.actions import NewPerson
from anbu.care.places.models import Organisation
from anbu.care.places.rules import SEOUL
from anbu.care.rounds.models import Contact, Hazard, Promise, Standing, Task, Worker
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, BY, HERE

NAMES = ("채길수", "국영자", "표은석", "임춘화", "한말복")
BORN = (1954, 1943, 1983, 1956, 1949)


@dataclass(frozen=True)
class Round:
    """Who goes round, with whom, and whose homes stand in today's plan."""

    worker: Worker
    partner: Worker
    homes: list[UUID]


def member(login: str, name: str, *, now: datetime = BEFORE) -> Worker:
    """Take on one paid neighbour of the dong, trained and screened."""
    office = Organisation.objects.get(kind="dong_office", dong__code=HERE, valid_until=None)
    staff: Staff = staffing.add_staff(
        login=login, name=name, role="care_corps", organisation=office.pk, by=BY, now=now
    )[0]
    later = (now + timedelta(days=300)).date()
    return Worker.objects.create(
        staff=staff, dong=office.dong, trained_until=later, screened_until=later
    )


def settle(name: str, *, born: int = 1950, phone: str = "010-0000-4321", **more: str) -> UUID:
    """Register one home of the round."""
    return people.register_household(
        dong=HERE,
        address="관악구 은천로00길 12",
        unit="다세대 3층 302호",
        building="파란 대문",
        tier=more.get("tier", "mid"),
        patience_hours=24,
        person=NewPerson(
            name=name, birth_year=born, sex="m", phone=phone, health_note="심부전 · 이뇨제 복용"
        ),
        door_note="1234*",
        by=BY,
        now=BEFORE,
    )


def plan(worker: Worker, home: UUID, place: int, now: datetime, **told: object) -> Task:
    """Put one home into a worker's day, with a clock of contact three days old."""
    day = now.astimezone(SEOUL).date()
    Standing.objects.get_or_create(
        household_id=home,
        defaults={
            "began_on": day - timedelta(days=90),
            "worker": worker,
            "contact_at": now - timedelta(days=3),
            "contact_kind": "call",
            "due_on": day,
            "bound_on": day + timedelta(days=4),
        },
    )
    plain = {"way": "call", "because": "due", "minutes": 10, "hour": 10}
    return Task.objects.create(
        day=day, household_id=home, worker=worker, place=place, **{**plain, **told}
    )


def make_round(now: datetime, *, homes: int = len(NAMES)) -> Round:
    """Make a day: the first is worried about, the second to last is visited by two."""
    Organisation.objects.filter(kind="dong_office", dong__code=HERE).update(phone="02-879-4000")
    worker, partner = member("dol", "고은별"), member("jjak", "노을빛")
    made = []
    for n in range(homes):
        home = settle(NAMES[n % len(NAMES)], born=BORN[n % len(BORN)], tier="high")
        visit = {"way": "visit", "partner": partner, "because": "promise", "at": 660, "walk_min": 6}
        plan(worker, home, n, now, **(visit if n == 3 else {"because": "risk"} if n == 0 else {}))
        made.append(home)
    for n, mood in enumerate(("worry", "good", "so_so")):
        Contact.objects.create(
            household_id=made[0],
            kind="call",
            result="reached",
            is_real=True,
            mood=mood,
            heard=["pain"],
            note="무릎이 아프다고 하심",
            at=now - timedelta(days=3 + n),
            minutes=30,
            worker=worker,
            by=worker.staff.actor,
            told_at=now - timedelta(days=3 + n),
        )
    if homes > 3:
        Hazard.objects.create(
            household_id=made[3],
            text="큰 개가 있음",
            made_at=now,
            made_by=worker.staff,
            valid_until=(now + timedelta(days=30)).date(),
        )
        Promise.objects.create(
            household_id=made[3],
            on=now.astimezone(SEOUL).date(),
            minute=660,
            way="visit",
            made_at=now,
        )
    return Round(worker, partner, made)
