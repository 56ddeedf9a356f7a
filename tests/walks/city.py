"""One evening in Gwanak-gu: a handful of homes that fell silent, made by the real actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.people import actions as people
from anbu.care.people.actions import NewContact, NewPerson
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.readings import actions as readings
from anbu.care.readings import jobs as reading_jobs
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reading
from tests.care.alarms.world import World, make_world

NOW = datetime(2026, 11, 21, 22, 47, 12, tzinfo=SEOUL)  # Saturday night: the centre is on duty
BY = "system:test"
DAYS = 12
EVERY = timedelta(minutes=10)
PHONE_EVERY = timedelta(minutes=20)
PASSWORD_OF: dict[str, str] = {}
SECRET_OF: dict[str, str] = {}  # of each person's code app


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home of the evening: who lives there and when it fell silent."""

    name: str
    born: int
    sex: str
    dong: str
    unit: str
    building: str = ""
    health: str = ""
    tier: str = "high"
    patience_h: int = 8
    silent_min: float | None = None  # minutes before NOW of the last sign
    wakes: int = 7
    phone_blind_min: float | None = None  # minutes before NOW at which the phone's data ended
    contacts: tuple[NewContact, ...] = (
        NewContact(name="윤OO", relation="딸", phone="010-0000-1234", note="인천 · 50분 거리"),
        NewContact(name="박OO", relation="집주인", phone="010-0000-5678", note="같은 건물 1층"),
    )


HOMES = (
    Home(
        name="윤정례",
        born=1945,
        sex="f",
        dong="은천동",
        unit="다세대 3층 302호",
        building="승강기 없음 · 골목 안쪽 두 번째 건물, 파란 대문",
        health="심부전 · 이뇨제 복용 · 보청기(왼쪽)",
        silent_min=8 * 60 + 30,
    ),
    Home(
        name="강만수",
        born=1959,
        sex="m",
        dong="중앙동",
        unit="고시원 4층",
        patience_h=11,
        silent_min=11 * 60 + 30,
        wakes=6,
    ),
    Home(
        name="서복동",
        born=1952,
        sex="m",
        dong="신림동",
        unit="반지하",
        tier="mid",
        patience_h=7,
        silent_min=7 * 60 + 4,
    ),
    Home(
        name="임춘화",
        born=1956,
        sex="f",
        dong="난곡동",
        unit="다가구 2층",
        tier="mid",
        patience_h=11,
        silent_min=11 * 60 + 14,
        phone_blind_min=187,
    ),
    Home(
        name="오세진",
        born=1968,
        sex="m",
        dong="서원동",
        unit="다세대 1층",
        tier="mid",
        patience_h=5,
        silent_min=5 * 60 + 2,
    ),
    Home(
        name="표은석",
        born=1983,
        sex="m",
        dong="성현동",
        unit="원룸",
        tier="low",
        patience_h=10,
        silent_min=10 * 60 + 6,
        wakes=11,
    ),
    Home(
        name="배순임",
        born=1947,
        sex="f",
        dong="조원동",
        unit="아파트 7층",
        tier="low",
        patience_h=4,
        silent_min=4 * 60 + 3,
    ),
    Home(
        name="마길순",
        born=1944,
        sex="f",
        dong="낙성대동",
        unit="다세대 2층",
        health="당뇨",
        patience_h=6,
        silent_min=6 * 60 - 1,
    ),
    Home(
        name="한말순",
        born=1949,
        sex="f",
        dong="청룡동",
        unit="다세대 2층",
        patience_h=6,
        silent_min=6 * 60 + 75,
    ),
)


@dataclass
class Evening:
    """The evening's people and homes."""

    world: World
    homes: dict[str, UUID]


def make_evening(now: datetime = NOW) -> Evening:
    """Make the evening: twelve ordinary days, then the silences and what was done about them."""
    world = make_world()
    for provider, name in [("plug", "플러그"), ("carrier-a", "통신 A"), ("carrier-b", "통신 B")]:
        readings.add_provider(code=provider, name=name, source="smart_plug", by=BY, now=_began(now))
    dice = Random(20261121)
    homes = {home.name: _settle(home, now) for home in HOMES}
    blind = [_settle_blind(n, now) for n in range(5)]
    reading_jobs.make_partitions(now=now)
    _live(homes, blind, now, dice)
    while reading_jobs.learn_next_rhythms(now=now):
        pass
    for login in ("moon", "han", "noh"):
        give_keys(login, _staff(world, login), now)
        staffing.start_shift(by=_staff(world, login), now=now - timedelta(hours=4, minutes=47))
    _answer(world, homes, now)
    return Evening(world, homes)


def _began(now: datetime) -> datetime:
    return now - timedelta(days=DAYS)


def _dong(name: str) -> str:
    return next(d.code for d in where.dongs() if d.name == name and d.code.startswith("11620"))


def _settle(home: Home, now: datetime) -> UUID:
    began = _began(now)
    made = people.register_household(
        dong=_dong(home.dong),
        address="은천로00길 12",
        unit=home.unit,
        building=home.building,
        tier=home.tier,
        patience_hours=home.patience_h,
        door_note="공동현관 1234*",
        key_holder="1층 집주인 박OO · 010-0000-5678",
        hazard_note="작은 개 1마리(짖음, 물지 않음)",
        person=NewPerson(
            name=home.name,
            birth_year=home.born,
            sex=home.sex,
            phone="010-0000-4321",
            health_note=home.health,
        ),
        contacts=home.contacts,
        by=BY,
        now=began,
    )
    for kind in ("monitoring", "night", "rescue"):
        people.give_consent(household=made, kind=kind, obtained_how="서면", by=BY, now=began)
    code = f"home-{HOMES.index(home)}"
    readings.add_device(
        code=f"{code}-plug",
        household=made,
        provider="plug",
        interval=EVERY,
        channels=["power_w", "lux"],
        by=BY,
        now=began,
    )
    carrier = "carrier-b" if home.phone_blind_min else "carrier-a"
    readings.add_device(
        code=f"{code}-phone",
        household=made,
        provider=carrier,
        interval=PHONE_EVERY,
        channels=["calls"],
        by=BY,
        now=began,
    )
    return made


def _settle_blind(number: int, now: datetime) -> str:
    began = _began(now)
    made = people.register_household(
        dong=_dong("보라매동"),
        address="보라매로00길 3",
        unit=f"{number + 1}층",
        tier="mid",
        patience_hours=50,
        by=BY,
        now=began,
        person=NewPerson(name=f"조OO{number}", birth_year=1950, sex="m", phone="010-0000-9999"),
    )
    for kind in ("monitoring", "night", "rescue"):
        people.give_consent(household=made, kind=kind, obtained_how="서면", by=BY, now=began)
    readings.add_device(
        code=f"blind-{number}",
        household=made,
        provider="carrier-b",
        interval=PHONE_EVERY,
        channels=["calls"],
        by=BY,
        now=began,
    )
    return f"blind-{number}"


def _live(homes: dict[str, UUID], blind: list[str], now: datetime, dice: Random) -> None:
    for day in range(DAYS):
        start = _began(now) + timedelta(days=day)
        end = min(start + timedelta(days=1), now)
        batch = [m for n, home in enumerate(HOMES) for m in _plug(n, home, start, end, now, dice)]
        batch += [m for n, home in enumerate(HOMES) for m in _phone(n, home, start, end, now, dice)]
        last = now - timedelta(minutes=187)
        batch += [
            _said(code, t, calls=float(9 <= t.hour < 21 and dice.random() < 0.12))
            for code in blind
            for t in _times(start, min(end, last), PHONE_EVERY)
        ]
        verdicts = readings.take_in(messages=batch, provider=None, now=end)
        assert {str(v.verdict) for v in verdicts} == {"accepted"}


def _times(start: datetime, end: datetime, every: timedelta) -> list[datetime]:
    count = max(0, int((end - start) / every))
    return [start + every * (n + 1) for n in range(count)]


def _plug(
    n: int, home: Home, start: datetime, end: datetime, now: datetime, dice: Random
) -> list[Message]:
    said, lamp = [], 2.0
    for at in _times(start, end, EVERY):
        still = home.silent_min is not None and at > now - timedelta(minutes=home.silent_min + 3)
        awake = home.wakes <= at.hour < 22 and not still
        busy = dice.random() < (0.11 if awake else 0.003)
        if (awake and dice.random() < 0.07) or (not awake and lamp > 100):
            lamp = 150.0 if awake and lamp < 100 else 2.0
        watts = dice.choice([60, 300, 900]) if busy and not still else 4
        said.append(_said(f"home-{n}-plug", at, power_w=watts, lux=2.0 if still else lamp))
    if home.silent_min is not None and start <= now - timedelta(minutes=home.silent_min) < end:
        at = now - timedelta(minutes=home.silent_min)  # the last sign of all
        said = [m for m in said if abs(m.readings[0].at - at.timestamp()) > 200]
        said.append(_said(f"home-{n}-plug", at, power_w=700.0, lux=2.0))
    return said


def _phone(
    n: int, home: Home, start: datetime, end: datetime, now: datetime, dice: Random
) -> list[Message]:
    if home.phone_blind_min:
        end = min(end, now - timedelta(minutes=home.phone_blind_min))
    still = now - timedelta(minutes=(home.silent_min or 0) + 61)
    return [
        _said(
            f"home-{n}-phone",
            at,
            calls=float(9 <= at.hour < 21 and at < still and dice.random() < 0.14),
        )
        for at in _times(start, end, PHONE_EVERY)
    ]


def _said(device: str, at: datetime, **values: float) -> Message:
    told = tuple(Reading(BY_NAME[name].code, at.timestamp(), v) for name, v in values.items())
    return Message(id=f"{device}-{int(at.timestamp())}", device=device, readings=told)


def _staff(world: World, login: str):
    return {"moon": world.operator, "han": world.second, "noh": world.supervisor}[login]


def give_keys(login: str, person: Staff, now: datetime) -> None:
    """Give somebody a password and a code app, so that a walk can sit them down."""
    PASSWORD_OF[login] = staffing.renew_password(staff=person.pk, by=BY, now=now)
    SECRET_OF[login] = staffing.bring_app(staff=person, by=BY, now=now)
    person.refresh_from_db()


def _answer(world: World, homes: dict[str, UUID], now: datetime) -> None:
    """Let the last ninety minutes pass minute by minute, with what the operators did in them."""

    def act(name: str, deed: Callable[..., object], login: str, **told: object):
        def do(at: datetime) -> None:
            who = _staff(world, login)
            rows = queries.queue(seen_by=who, view="now", now=at).rows
            rows += queries.queue(seen_by=who, view="mine", now=at).rows
            found = next(r for r in rows if r.household == homes[name])
            version = {"version": found.version} if deed is alarms.claim else {}
            deed(alarm_id=found.id, by=who, now=at, **version, **told)

        return do

    call, claim = alarms.record_call, alarms.claim
    missed = {"whom": "person", "result": "no_answer"}
    deeds = {
        29: [act("윤정례", claim, "moon"), act("강만수", claim, "han")],
        20: [act("윤정례", call, "moon", **missed)],
        11: [act("윤정례", call, "moon", **missed)],
        18: [act("강만수", call, "han", **missed)],
        4: [act("강만수", call, "han", **missed)],
        12: [act("임춘화", claim, "moon")],
        74: [act("한말순", claim, "noh")],
        70: [act("한말순", call, "noh", whom="person", result="safe", note="목욕 중이었다고 함")],
        69: [act("한말순", alarms.close, "noh", outcome="safe_call")],
    }
    for minute in range(90, -1, -1):
        at = now - timedelta(minutes=minute)
        for step in (alarms.raise_next_silence, alarms.advance_next_overdue):
            while step(now=at):
                pass
        for deed in deeds.get(minute, []):
            deed(at)
