"""A small part of Seoul, made with the same actions as the real one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm
from anbu.care.people import actions as people
from anbu.care.people.actions import NewContact, NewPerson
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions as readings
from anbu.care.readings.models import Device
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading, Sos
from tests.seoul import seoul

MONDAY = datetime(2026, 11, 23, tzinfo=SEOUL)
BEFORE = MONDAY - timedelta(days=10)
HERE, THERE = "1162058500", "1162059500"  # two dongs of Gwanak-gu
REPORTS = timedelta(hours=6)  # how often the plugs of these tests speak: blind after 36 h
BY = "system:test"


@dataclass
class World:
    """What a test needs to make a home fall silent or cry out, and people who look after it."""

    operator: Staff
    second: Staff
    supervisor: Staff
    planner: Staff
    next_planner: Staff
    _names: count = field(default_factory=count)

    def home(
        self,
        *,
        still_at: datetime,
        tier: str = "mid",
        night: bool = True,
        dong: str = HERE,
        phone: str = "010-0000-4321",
        contacts: int = 2,
    ) -> UUID:
        """Register a home that falls silent at this moment, unless it is heard from."""
        began = still_at - timedelta(hours=24)
        home = people.register_household(
            dong=dong,
            address="관악구 은천로00길 12",
            unit="다세대 3층 302호",
            tier=tier,
            patience_hours=24,
            person=NewPerson(
                name="윤정례",
                birth_year=1945,
                sex="f",
                phone=phone,
                health_note="심부전 · 이뇨제 복용",
            ),
            contacts=[
                NewContact(name=f"윤O{n}", relation="딸", phone=f"010-0000-100{n}")
                for n in range(contacts)
            ],
            door_note="1234*",
            by=BY,
            now=began,
        )
        for kind in ["monitoring", "night"] if night else ["monitoring"]:
            people.give_consent(household=home, kind=kind, obtained_how="서면", by=BY, now=began)
        readings.add_device(
            code=f"plug-{next(self._names)}",
            household=home,
            provider="plugs",
            interval=REPORTS,
            channels=["power_w", "lux"],
            by=BY,
            now=began,
        )
        self.report(home, at=began + timedelta(minutes=1))
        self.report(home, at=began + timedelta(hours=18))
        return home

    def report(self, home: UUID, *, at: datetime, watts: float = 0, lux: float = 0) -> None:
        """Let the home's plug say something."""
        self._send(
            home,
            at,
            readings=(
                Reading(BY_NAME["power_w"].code, at.timestamp(), watts),
                Reading(BY_NAME["lux"].code, at.timestamp(), lux),
            ),
        )

    def cry(self, home: UUID, *, at: datetime, words: str = "살려줘") -> None:
        """Let the person at home cry for help."""
        self._send(home, at, sos=Sos(at.timestamp(), words))

    def _send(self, home: UUID, at: datetime, **told: object) -> None:
        code = Device.objects.get(household=home).code
        message = Message(id=f"m{next(self._names)}", device=code, **told)  # type: ignore[arg-type]
        verdicts = readings.take_in(messages=[message], provider="plugs", now=at)
        assert [str(v.verdict) for v in verdicts] == ["accepted"], verdicts

    def silent(self, *, at: datetime, **told: object) -> Alarm:
        """Raise the alarm of one more home that is silent at this moment."""
        home = self.home(still_at=at, **told)  # type: ignore[arg-type]
        sweep(actions.raise_next_silence, at + timedelta(seconds=1))
        return Alarm.objects.get(household=home)


def sweep(step: Callable[..., bool], now: datetime) -> int:
    """Call a step until it finds nothing more; return how often it found something."""
    times = 0
    while step(now=now):
        times += 1
        assert times < 1000, "a sweep that never ends"
    return times


def make_world() -> World:
    seoul(now=BEFORE)
    readings.add_provider(code="plugs", name="플러그", source="smart_plug", by=BY, now=BEFORE)
    here, there = where.dong_post(HERE), where.dong_post(THERE)
    assert here is not None
    assert there is not None
    taken_on = [
        ("moon", "문가람", "operator", where.centre()),
        ("han", "한지우", "operator", where.centre()),
        ("noh", "노아름", "supervisor", where.centre()),
        ("lee", "이하늘", "planner", here.id),
        ("kim", "김바다", "planner", there.id),
    ]
    people_on = [
        staffing.add_staff(login=login, name=name, role=role, post=post, by=BY, now=BEFORE)[0]
        for login, name, role, post in taken_on
    ]
    return World(*people_on)
