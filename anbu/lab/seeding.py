"""Fills an empty database with a city and its last days, through the same actions as real life."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from anbu.care.alarms import actions as answering
from anbu.care.alarms import jobs as alarms
from anbu.care.alarms.models import Message
from anbu.care.people import actions as people
from anbu.care.places import actions as places
from anbu.care.places import queries as posts
from anbu.care.readings import jobs as readings_jobs
from anbu.care.readings.actions import add_provider, load_detectors, take_in
from anbu.care.readings.actions.fleet import NewDevice, add_devices
from anbu.care.readings.actions.policies import FIRST
from anbu.care.staff import actions as staff
from anbu.care.staff import queries as crew
from anbu.care.staff.models import Staff
from anbu.channels.gateway import Gateway
from anbu.lab import city as drawing
from anbu.lab import (
    gateway,
    habits,
    ladders,
    months,
    neighbours,
    rehearsal,
    rosters,
    rounds_demo,
    settled,
    speech,
)
from anbu.lab.answers import Residents
from anbu.lab.city import OVER_MQTT, SEOUL, City, Home
from anbu.lab.colleagues import Colleagues
from anbu.lab.habits import DAY_S, HOUR_S, SEOUL_AHEAD_S
from anbu.sources.registry import SOURCES

BY = "system:seed"
HISTORY = timedelta(hours=124)  # five days, from which a rhythm can be learned; a strip shows 72 h
NIGHT_BEGAN = timedelta(hours=2, minutes=40)  # 18:00
# So long before the end its detectors are in force: what they make of five days is work by then.
JUDGED_SINCE = timedelta(hours=6)
AT_ONCE = 5_000  # messages in one transaction

# The city's old practice, for a rehearsal without the detector that learns.
FIXED = """
name = "도시 전체"
[[policy]]
detector = "fixed"
"""

type Progress = Callable[[str, int, int], None]

# One log-in per role, and two colleagues on the same night; all names are made up.
CREW = (
    ("gwanje", "문가람", "operator"),
    ("gwanje2", "한지우", "operator"),
    ("gwanje3", "노아름", "operator"),
    ("chaegim", "도윤슬", "supervisor"),
    ("planner", "여름빛", "planner"),
    ("ganho", "서나래", "nurse"),
    ("dolbom", "민들레", "care_corps"),
    ("sarye", "고운결", "case_manager"),
    ("program", "차오름", "provider"),
    ("iut", "배마루", "council"),
    ("sangdam", "유다온", "counsellor"),
    ("jiwon", "임하늬", "officer"),
    ("bunseok", "정다솜", "analyst"),
    ("boho", "안새봄", "privacy_officer"),
    ("unyeong", "강버들", "system_operator"),
)
# Two at a vendor that runs the AI speakers of the first district, and answers for them.
VENDOR_CREW = (("eopche", "하랑비", "responder"), ("eopche2", "소슬꽃", "responder"))
VENDOR_RUNS = "ai_speaker"
AT_A_POST = ("operator", "supervisor", "planner", "nurse", "responder")


class NotEmpty(Exception):
    """The database holds a city already."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    households: int
    devices: int
    messages: int
    readings: int
    open_alarms: int
    closed_alarms: int
    seconds: float
    logins: Path

    def as_dict(self) -> dict[str, object]:
        """Return the figures for `--json`."""
        return asdict(self)

    def in_words(self) -> str:
        """Return the figures as one line."""
        return (
            f"{self.households:,} households, {self.devices:,} devices, "
            f"{self.readings:,} readings, {self.open_alarms} open and "
            f"{self.closed_alarms} closed alarms "
            f"in {self.seconds:.0f} s; log-ins: {self.logins}"
        )


def seed(
    *,
    households: int,
    seed: int,
    now: datetime,
    progress: Progress,
    waits: float = 1.0,
    policy: str = FIRST,
    drawn: City | None = None,
) -> Summary:
    """Draw a city (or take the `drawn` one) and live its last days up to `now`.

    `waits`: how many times as long as usual each step of the response may take.
    `policy`: the detectors in force in the last hours, as in a file; before, the fixed one.
    """
    began = time.monotonic()
    if crew.find_staff(CREW[0][0]):
        raise NotEmpty("this database holds a city already")
    city = drawn or drawing.plan(households, seed, now.astimezone(SEOUL))
    born, long_ago = now - HISTORY, now - settled.PAST
    _found(city, long_ago, now)
    if waits != 1.0:
        answering.load_policy(text=ladders.slower(waits), by=BY, now=born)
    team = _hire(city, born)
    progress("people", 0, households)
    since = [born] * households
    for index in settled.chosen(city):
        since[index] = long_ago
    ids = _register(city, since)
    neighbours.agree_to_vendor(city, ids, since, service=VENDOR_RUNS, by=BY)
    progress("people", households, households)
    secrets, passwords = _enrol(city, ids, since)
    progress("devices", len(passwords), len(passwords))
    told = settled.live(city, now=now, until=born, speak=speak)
    progress("their last months", 1, 1)
    colleagues = Colleagues(city, ids, team[1:3])
    with gateway.standing() as address, Gateway(url=address) as telephones:
        messages, readings = _live(
            city, now, policy, (colleagues, Residents(city, ids)), telephones, progress
        )
    messages, readings = messages + told[0], readings + told[1]
    progress("their last weeks", 0, 1)
    planner = next(person for person in team if person.role == Staff.Role.PLANNER)
    months.live(city, ids, planner=planner, by=BY, now=now)
    progress("their last weeks", 1, 1)
    rosters.keep(team, now=now)
    rounds_demo.keep(city, ids, team, now=now)
    rehearsal.remember(
        city,
        households=ids,
        hands=[person.login for person in team[1:3]],
        secrets=secrets,
        passwords={code: p for code, p in passwords.items() if p},
    )
    open_now, closed = colleagues.tally()
    return Summary(
        households=households,
        devices=sum(len(home.machines) for home in city.homes),
        messages=messages,
        readings=readings,
        open_alarms=open_now,
        closed_alarms=closed,
        seconds=time.monotonic() - began,
        logins=Path(settings.HOME) / "logins.txt",
    )


def _found(city: City, at: datetime, now: datetime) -> None:
    places.load_seoul(now=at, by=BY)
    places.load_holidays(now=at, by=BY)
    readings_jobs.make_partitions(now=now)


def _hire(city: City, now: datetime) -> list[Staff]:
    """Take on one person per role and two colleagues, and write down their log-ins (0400).

    Each has brought a code app: its secret stands beside the password, and in a rehearsal the
    sign-in page shows the number of the moment.
    """
    places.load_organisations(text=neighbours.organisations(city), by=BY, now=now)
    dong = posts.dong_post(city.homes[0].place.dong)
    assert dong is not None
    lines, team = [], []
    vendor = neighbours.contract(city, service=VENDOR_RUNS, by=BY, now=now)
    for login, name, role in CREW + VENDOR_CREW + rounds_demo.ROUND_CREW:
        chair = dong.id if role in ("planner", "nurse") else posts.centre()
        chair = vendor.post if role == "responder" else chair
        person, password = staff.add_staff(
            login=login,
            name=name,
            role=role,
            post=chair if role in AT_A_POST else None,
            organisation=None if role in AT_A_POST else neighbours.employer(role, city),
            why="연습 도시의 사람",
            by=BY,
            now=now,
        )
        secret = staff.bring_app(staff=person, by=BY, now=now)
        label = Staff.Role(role).label
        lines.append(f"{label:<8} {login:<10} {password:<20} {secret} {name}")
        team.append(person)
    rehearsal.write_secret(Path(settings.HOME) / "logins.txt", "\n".join(lines) + "\n")
    return team


def _register(city: City, since: Sequence[datetime]) -> list[UUID]:
    """Register each home when it joined, the first first; return their ids as the city has them."""
    ids: dict[int, UUID] = {}
    for at in sorted(set(since)):
        some = [home for home, joined in zip(city.homes, since, strict=True) if joined == at]
        made = people.register_households(homes=[_household(h) for h in some], by=BY, now=at)
        ids |= {home.index: each for home, each in zip(some, made, strict=True)}
    return [ids[home.index] for home in city.homes]


def _household(home: Home) -> people.NewHousehold:
    place = home.place
    return people.NewHousehold(
        dong=place.dong,
        address=place.address,
        tier=home.tier,
        patience_hours=home.patience_hours,
        person=people.NewPerson(
            name=home.name,
            birth_year=home.birth_year,
            sex=home.sex,
            phone=home.phone,
            health_note=home.health_note,
        ),
        contacts=[
            people.NewContact(name=k.name, relation=k.relation, phone=k.phone, note=k.note)
            for k in home.contacts
        ],
        unit=place.unit,
        building=place.building,
        door_note=place.door_note,
        key_holder=place.key_holder,
        hazard_note=place.hazard_note,
        consents=("monitoring", "night", "rescue") if home.night else ("monitoring",),
        obtained_how="방문하여 서면으로 받음",
    )


def _enrol(
    city: City, ids: list[UUID], since: Sequence[datetime]
) -> tuple[dict[str, str], dict[str, str]]:
    first = min(since)
    secrets = {
        supplier.code: add_provider(
            code=supplier.code, name=supplier.name, source=supplier.source, by=BY, now=first
        )
        for supplier in city.suppliers
    }
    devices = [
        (
            joined,
            NewDevice(
                code=machine.code,
                household=household,
                provider=machine.supplier,
                interval=timedelta(seconds=machine.interval_s),
                channels=machine.channels,
                gateway=machine.gateway,
                lag=timedelta(seconds=machine.lag_s),
                feeder=machine.feeder,
                cell=machine.cell,
            ),
        )
        for home, household, joined in zip(city.homes, ids, since, strict=True)
        for machine in home.machines
    ]
    passwords: dict[str, str] = {}
    for at in sorted(set(since)):
        some = [device for joined, device in devices if joined == at]
        passwords |= add_devices(devices=some, by=BY, now=at)
    direct = {
        machine.code
        for home in city.homes
        for machine in home.machines
        if machine.supplier in OVER_MQTT
    }
    return secrets, {code: passwords[code] if code in direct else "" for code in passwords}


def _live(
    city: City,
    now: datetime,
    policy: str,
    people_on: tuple[Colleagues, Residents],
    telephones: Gateway,
    progress: Progress,
) -> tuple[int, int]:
    """Let the devices speak and the clock and the people act, moment by moment, up to now."""
    colleagues, residents = people_on
    moments = list(_moments(now))
    messages = readings = 0
    has_begun = is_judged = False
    for number, (from_at, until_at) in enumerate(zip(moments, moments[1:], strict=False), start=1):
        said, values = speak(city, from_at, until_at)
        messages, readings = messages + said, readings + values
        until = datetime.fromtimestamp(until_at, SEOUL)
        if not has_begun and until >= now - NIGHT_BEGAN:
            colleagues.begin_shift(until)
            has_begun = True
        if not is_judged and until >= now - JUDGED_SINCE:
            load_detectors(text=policy, by=BY, now=until)
            is_judged = True
        while is_judged and readings_jobs.turn_learned_clocks(now=until):
            pass
        colleagues.work(until)
        sweep(until)
        post(until, telephones)
        residents.work(until)
        progress("their last days", number, len(moments) - 1)
    colleagues.hold(now)
    while readings_jobs.learn_next_rhythms(now=now):
        pass
    return messages, readings


def _moments(now: datetime) -> Iterator[float]:
    """Yield the moments between which history is lived: first by the day, at last by minutes."""
    end, moment = now.timestamp(), (now - HISTORY).timestamp()
    while moment < end - 1:
        yield moment
        left = end - moment
        step = 12 * HOUR_S if left > DAY_S else HOUR_S if left > 3 * HOUR_S else 600.0
        moment = min(moment + step, end)
    yield end


def speak(city: City, from_at: float, until_at: float) -> tuple[int, int]:
    """Let all devices say what they say of this time; return how many messages and readings."""
    rows = habits.speak(city, city.homes, from_at, until_at)
    if until_at - from_at >= HOUR_S:
        rows = habits.thin(rows)
    until = datetime.fromtimestamp(until_at, SEOUL)
    spoken = speech.messages(rows)
    readings = 0
    for supplier in city.suppliers:
        if supplier.source == "ami_meter":
            bodies = _files(city, from_at, until_at)
        else:
            own = [one for one in spoken if one.machine.supplier == supplier.code]
            bodies = [
                speech.batch(supplier.source, own[first : first + AT_ONCE])
                for first in range(0, len(own), AT_ONCE)
            ]
        for body in bodies:
            parsed = SOURCES[supplier.source](body)
            take_in(messages=parsed, provider=supplier.code, now=until)
            readings += sum(len(getattr(message, "readings", ())) for message in parsed)
    return len(spoken), readings


def _files(city: City, from_at: float, until_at: float) -> list[bytes]:
    """Return the utility's files of this span: each whole day, and the day so far now and then."""
    slot = 2 * HOUR_S if until_at < city.starts_at.timestamp() - 3 * HOUR_S else HOUR_S
    reported = until_at // HOUR_S * HOUR_S
    if from_at // slot == until_at // slot:
        return []
    midnight = (max(from_at, reported - DAY_S) + SEOUL_AHEAD_S) // DAY_S * DAY_S - SEOUL_AHEAD_S
    homes = [h for h in city.homes if any(m.source == "ami_meter" for m in h.machines)]
    lines = list(
        speech.meter_lines(habits.speak(city, homes, midnight, reported), until_at=reported)
    )
    return [speech.file_batch(lines)] if lines else []


def sweep(now: datetime) -> None:
    """Do everything that is due by now."""
    for step in alarms.SWEEPS:
        while step(now):
            pass


def post(now: datetime, telephones: Gateway) -> None:
    """Send what the outbox holds, as the notify role would have done at that hour."""
    for message in Message.objects.filter(status=Message.Status.QUEUED).order_by("id"):
        answering.deliver(message_id=message.id, ports={"gateway": telephones}, now=now)
