"""A believable city of N households: the same seed gives the same city, byte for byte."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from anbu.lab import recordings, words
from anbu.lab.noise import uniform
from anbu.lab.recordings import Recording

SEOUL = ZoneInfo("Asia/Seoul")
STARTS_AT = datetime(2026, 11, 21, 20, 40, tzinfo=SEOUL)  # a Saturday night: the centre is on duty
PLUG_S, METER_S, SPEAKER_S = 600, 3600, 3600

# Shares of the three sources of this release; domain.md section 1.1 reweighted.
SERVICES = {"smart_plug": 0.55, "ami_meter": 0.33, "ai_speaker": 0.12}
TWO_SERVICES = 0.08
ON_THE_MAINS, LINES_OF_A_DONG = frozenset(SERVICES), 2
# Beside them some homes are also heard through …: so that each source is met in a city of 200.
BESIDE = {"telecom": 0.05, "app": 0.04, "door": 0.03, "ai_call_vendor": 0.04}
TIERS = {"high": 0.029, "mid": 0.180, "low": 0.791}  # domain.md section 0, fact 4
PATIENCE = {"high": (24, 30), "mid": (26, 40), "low": (32, 50)}  # hours, 24-50: domain.md 1.2
DECADES = {50: 0.194, 60: 0.361, 70: 0.265, 80: 0.166, 40: 0.014}  # domain.md section 10
MEN = 0.53
NIGHT_CONSENT = 0.79  # 3,213 of 4,071 plug homes
# Why healthy homes fall silent [%], start values of domain.md section 10. The first four leave the
# machines reporting; an unplugged device or a broken feed cannot be seen any more.
CAUSES = {"out": 35, "other_room": 20, "hospital": 6, "travel": 6, "unplugged": 15, "feed": 12}
SILENCES_PER_MONTH = 0.45  # a home; night and holiday signals, all services: domain.md section 10
HISTORY_DAYS, FUTURE_DAYS = 6, 14
TONIGHT = 18  # homes whose patience ends in the last hour or two before the play begins …
LATER = 24  # … and in the night after that, so that the queue never runs dry
LATER_H = 14.0


@dataclass(frozen=True, kw_only=True)
class Supplier:
    code: str
    name: str
    source: str


SUPPLIERS = (
    Supplier(code="plug-a", name="플러그 A", source="smart_plug"),
    Supplier(code="plug-b", name="플러그 B", source="smart_plug"),
    Supplier(code="plug-direct", name="플러그 직결", source="smart_plug"),  # speaks MQTT itself
    Supplier(code="ami", name="전력검침", source="ami_meter"),
    Supplier(code="speaker", name="AI 스피커", source="ai_speaker"),
    Supplier(code="telecom", name="통신사", source="telecom"),
    Supplier(code="care-app", name="안부 앱", source="app"),
    Supplier(code="door-direct", name="문 감지기 직결", source="door"),  # speaks MQTT itself
    Supplier(code="ai-call", name="AI 안부전화", source="ai_call_vendor"),
)
DIRECT = "plug-direct"
OVER_MQTT = frozenset({DIRECT, "door-direct"})
SPEAKS_DIRECTLY = 100  # simulated plugs that use MQTT, beside the recorded ones
FAILING, FAILS_FROM_H, FAILS_UNTIL_H = "plug-b", -3.2, 12.5  # one vendor's feed stops tonight


@dataclass(frozen=True, kw_only=True)
class Machine:
    code: str
    supplier: str
    source: str
    interval_s: int
    channels: tuple[str, ...]
    recording: str = ""
    gateway: str = ""
    lag_s: int = 0
    feeder: str = ""
    cell: str = ""


@dataclass(frozen=True, kw_only=True)
class Kin:
    name: str
    relation: str
    phone: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Spell:
    """A time in which a healthy home shows nothing, by hours from the start of play."""

    cause: str
    from_h: float
    until_h: float

    @property
    def is_blind(self) -> bool:
        return self.cause in ("unplugged", "feed")


@dataclass(frozen=True, kw_only=True)
class Habit:
    wakes_h: float
    sleeps_h: float
    goes_out: float  # chance of an outing on a day
    television_w: float
    watches: float  # share of waking hours with the television on
    cooks: float  # chance that a waking hour uses the microwave or kettle
    lamp_lux: float
    daylight_lux: float
    base_wh: float
    talks: float  # chance that a waking hour has words for the speaker


@dataclass(frozen=True, kw_only=True)
class Place:
    dong: str
    address: str
    unit: str
    building: str
    door_note: str
    key_holder: str
    hazard_note: str


@dataclass(frozen=True, kw_only=True)
class Home:
    index: int
    place: Place
    tier: str
    patience_hours: int
    name: str
    birth_year: int
    sex: str
    phone: str
    health_note: str
    contacts: tuple[Kin, ...]
    night: bool
    machines: tuple[Machine, ...]
    habit: Habit
    spells: tuple[Spell, ...]
    falls_at: float | None = None  # seconds since 1970: from here on only machines draw

    @property
    def recordings(self) -> tuple[str, ...]:
        return tuple(m.recording for m in self.machines if m.recording)


@dataclass(frozen=True, kw_only=True)
class City:
    seed: int
    starts_at: datetime
    homes: tuple[Home, ...]
    suppliers: tuple[Supplier, ...] = SUPPLIERS
    failing: str = FAILING  # this supplier's feed is down, by hours from the start
    fails_from_h: float = FAILS_FROM_H
    fails_until_h: float = FAILS_UNTIL_H


# Recordings that belong to one home. The first is the one that falls in front of the viewer.
RECORDED_HOMES: tuple[tuple[str, ...], ...] = (
    ("refit20-kettle", "refit20-microwave"),
    ("refit2-kettle", "refit2-microwave"),
    ("refit20-spring-kettle",),
    ("refit2-summer-kettle",),
    ("refit20-away-kettle",),
    ("refit2-meter",),
    ("refit20-meter",),
    ("refit2-summer-meter",),
    ("refit20-spring-meter",),
    ("ausgrid12-winter-meter",),
    ("ausgrid12-summer-meter",),
    ("tracebase-tv", "tracebase-kettle"),
    ("tracebase-tube-tv",),
    ("tracebase-screen",),
    ("tracebase-coffee",),
)
FALLS_AFTER_H = 22.0  # so long has the recorded home been still when the play begins …
DUE_IN_H = 1.5  # … and at least so long it may yet be, so that somebody watches it happen


def plan(households: int, seed: int, starts_at: datetime = STARTS_AT) -> City:
    """Draw a city: people, houses, habits, devices, and when healthy homes look silent."""
    chance = np.random.default_rng(seed)
    homes = []
    for index in range(households):
        recorded = RECORDED_HOMES[index] if index < min(len(RECORDED_HOMES), households) else ()
        homes.append(_home(index, chance, recorded, households))
    if homes:
        homes[0] = _let_fall(homes[0], starts_at)
    for index in _restless(homes, chance):
        homes[index] = _gone_since(homes[index], chance, ends_in_h=(-1.0, 0.2))
    for due_in_h in np.linspace(0.4, LATER_H, min(LATER, households // 12)):
        home = _still_later(homes, chance, float(due_in_h))
        homes[home.index] = home
    homes = [_on_a_line(_heard_beside(home, seed)) for home in homes]
    return City(seed=seed, starts_at=starts_at, homes=tuple(homes))


def _home(
    index: int, chance: np.random.Generator, recorded: tuple[str, ...], households: int
) -> Home:
    decade = int(chance.choice(list(DECADES), p=list(DECADES.values())))
    age = decade + int(chance.integers(0, 10 if decade < 80 else 12))
    sex = "m" if chance.random() < MEN + (0.15 if age < 65 else -0.12) else "f"
    tier = str(chance.choice(list(TIERS), p=list(TIERS.values())))
    low, high = PATIENCE[tier]
    machines = _machines(index, chance, recorded, households)
    return Home(
        index=index,
        place=_place(chance),
        tier=tier,
        patience_hours=int(chance.integers(low // 2, high // 2 + 1)) * 2,
        name=_name(chance, sex, age),
        birth_year=2026 - age,
        sex=sex,
        phone=_phone(chance),
        health_note=_health(chance, age),
        contacts=_contacts(chance, age),
        night=bool(chance.random() < NIGHT_CONSENT) or bool(recorded),
        machines=machines,
        habit=_habit(chance, age),
        spells=() if recorded else _spells(chance),
    )


def _place(chance: np.random.Generator) -> Place:
    code, gu, name = words.DONGS[int(chance.integers(len(words.DONGS)))]
    shares = np.array([b[1] for b in words.BUILDINGS], float)
    picked = int(chance.choice(len(shares), p=shares / shares.sum()))
    kind, _, floors, remark = words.BUILDINGS[picked]
    floor = int(chance.integers(1, floors + 1)) if floors else 0
    room = int(chance.integers(1, 9))
    street = str(chance.choice(words.STREETS))
    return Place(
        dong=code,
        address=f"서울특별시 {gu} {street} {int(chance.integers(900, 1000))} ({name})",
        unit=f"{kind} {floor}층 {floor}{room:02d}호" if floor else f"{kind} B{room:02d}호",
        building=remark,
        door_note=str(chance.choice(words.DOOR_NOTES)) if chance.random() < 0.3 else "",
        key_holder=str(chance.choice(words.KEY_HOLDERS)) if chance.random() < 0.3 else "",
        hazard_note=str(chance.choice(words.HAZARDS)) if chance.random() < 0.15 else "",
    )


def _name(chance: np.random.Generator, sex: str, age: int) -> str:
    shares = np.array(list(words.SURNAMES.values()), float)
    surname = str(chance.choice(list(words.SURNAMES), p=shares / shares.sum()))
    given = words.GIVEN[sex, "old" if age >= 64 else "mid"].split()
    return surname + str(chance.choice(given))


def _phone(chance: np.random.Generator) -> str:
    return f"010-0000-{int(chance.integers(0, 10_000)):04d}"


def _health(chance: np.random.Generator, age: int) -> str:
    if chance.random() > 0.35 + (age - 50) * 0.008:
        return ""
    weights = np.array([w for _, w in words.HEALTH], float)
    count = 1 + int(chance.random() < 0.25)
    picked = chance.choice(len(weights), size=count, replace=False, p=weights / weights.sum())
    return " · ".join(words.HEALTH[int(i)][0] for i in sorted(picked))


def _contacts(chance: np.random.Generator, age: int) -> tuple[Kin, ...]:
    weights = np.array([r[1 if age >= 65 else 2] for r in words.RELATIONS], float)
    count = int(chance.choice([0, 1, 2, 3], p=[0.18, 0.47, 0.25, 0.10]))
    picked = chance.choice(len(weights), size=count, replace=False, p=weights / weights.sum())
    kin = []
    for i in picked:
        relation = words.RELATIONS[int(i)][0]
        sex = "m" if relation in ("아들", "집주인") else "f"
        note = "" if chance.random() < 0.8 else "평일 낮에는 받기 어려움"
        name = _name(chance, sex, max(age - 30, 40))
        kin.append(Kin(name=name, relation=relation, phone=_phone(chance), note=note))
    return tuple(kin)


def _habit(chance: np.random.Generator, age: int) -> Habit:
    late = chance.random() < (0.12 if age >= 65 else 0.4)
    wakes = float(chance.normal(9.5 if late else 6.2, 0.8))
    return Habit(
        wakes_h=float(np.clip(wakes, 4.0, 12.0)),
        sleeps_h=float(np.clip(chance.normal(24.5 if late else 22.2, 0.8), 20.5, 26.5)),
        goes_out=float(np.clip(chance.beta(2, 2.5), 0.05, 0.95)),
        television_w=float(chance.uniform(45, 160)),
        watches=float(np.clip(chance.beta(3, 3), 0.12, 0.9)),
        cooks=float(chance.uniform(0.10, 0.35)),
        lamp_lux=float(chance.uniform(60, 260)),
        daylight_lux=float(chance.uniform(4, 90)),
        base_wh=float(chance.uniform(45, 130)),
        talks=float(chance.uniform(0.15, 0.6)),
    )


def _machines(
    index: int, chance: np.random.Generator, recorded: tuple[str, ...], households: int
) -> tuple[Machine, ...]:
    codes = list(SERVICES)
    first = str(chance.choice(codes, p=list(SERVICES.values())))
    second = str(chance.choice(codes)) if chance.random() < TWO_SERVICES else ""
    vendor = "plug-b" if chance.random() < 0.15 else "plug-a"
    if recorded:
        return tuple(_recorded(index, n, name) for n, name in enumerate(recorded))
    direct = index < len(RECORDED_HOMES) + min(SPEAKS_DIRECTLY, households // 10)
    if direct:
        first, vendor = "smart_plug", DIRECT
    services = [first] + ([second] if second and second != first else [])
    return tuple(_machine(index, n, service, vendor) for n, service in enumerate(services))


def _machine(index: int, n: int, service: str, vendor: str) -> Machine:
    if service == "smart_plug":
        return Machine(
            code=f"plug-{index:06d}-{n}",
            supplier=vendor,
            source=service,
            interval_s=PLUG_S,
            channels=("power_w", "lux"),
        )
    if service == "ami_meter":
        return Machine(
            code=f"ami-{index:06d}-{n}",
            supplier="ami",
            source=service,
            interval_s=METER_S,
            channels=("energy_wh",),
            gateway=f"dcu-{index // 40:04d}",
        )
    return Machine(
        code=f"speaker-{index:06d}-{n}",
        supplier="speaker",
        source=service,
        interval_s=SPEAKER_S,
        channels=("presence",),
    )


def _heard_beside(home: Home, seed: int) -> Home:
    """Add what else this home is heard through; nothing else about it changes."""
    is_lost = any(machine.supplier == FAILING for machine in home.machines)
    if home.recordings or home.spells or is_lost:
        return home  # what is lost, still or recorded is to be seen as it is
    u = float(uniform(seed, "beside", home.index)[0])
    for source, share in BESIDE.items():
        if u < share:
            extra = _beside(home.index, len(home.machines), source)
            return replace(home, machines=(*home.machines, extra))
        u -= share
    return home


def _on_a_line(home: Home) -> Home:
    """Say on which power line the machines with a plug hang: each dong has a few."""
    line = f"DL-{home.place.dong[-5:-2]}-{home.index % LINES_OF_A_DONG + 1}"
    machines = (
        replace(machine, feeder=line) if machine.source in ON_THE_MAINS else machine
        for machine in home.machines
    )
    return replace(home, machines=tuple(machines))


def _beside(index: int, n: int, source: str) -> Machine:
    supplier = next(one.code for one in SUPPLIERS if one.source == source)
    interval_s, lag_s, channels = {
        "telecom": (3600, 7200, ("calls", "sms", "data_kb")),
        "app": (3600, 3600, ("steps", "screen", "checkin")),
        "door": (3600, 0, ("door",)),
        "ai_call_vendor": (7 * 86_400, 0, ("checkin",)),
    }[source]
    return Machine(
        code=f"{supplier.split('-')[0]}-{index:06d}-{n}",
        supplier=supplier,
        source=source,
        interval_s=interval_s,
        channels=channels,
        lag_s=lag_s,
        cell=f"cell-{index % 40:02d}" if source in ("telecom", "app") else "",
    )


def _recorded(index: int, n: int, name: str) -> Machine:
    tape = recordings.load(name)
    is_plug = tape.channel == "power_w"
    return Machine(
        code=f"{'plug' if is_plug else 'ami'}-{index:06d}-{n}",
        supplier=DIRECT if is_plug else "ami",
        source="smart_plug" if is_plug else "ami_meter",
        interval_s=int(tape.interval_s),
        channels=(tape.channel,),
        recording=name,
    )


def _spells(chance: np.random.Generator) -> tuple[Spell, ...]:
    """Draw the times in which this home looks dead and is not."""
    days = HISTORY_DAYS + FUTURE_DAYS
    shares = np.array(list(CAUSES.values()), float)
    spells: list[Spell] = []
    for _ in range(int(chance.poisson(SILENCES_PER_MONTH * days / 30))):
        cause = str(chance.choice(list(CAUSES), p=shares / shares.sum()))
        from_h = float(chance.uniform(-24 * HISTORY_DAYS, 24 * FUTURE_DAYS))
        longest = {"out": 62, "other_room": 55, "hospital": 160, "travel": 96}.get(cause, 14)
        shortest = 3 if cause in ("unplugged", "feed") else 26
        length = float(chance.uniform(shortest, longest))
        if not spells or from_h > spells[-1].until_h:
            spells.append(Spell(cause=cause, from_h=from_h, until_h=from_h + length))
    return tuple(spells)


def _restless(homes: Sequence[Home], chance: np.random.Generator) -> list[int]:
    """Choose the homes whose patience ends shortly before the play begins."""
    # their last sign falls into waking hours, so that it is near the moment they left
    fit = [h.index for h in homes if not h.recordings and (h.patience_hours - 24) % 24 <= 10]
    count = min(TONIGHT, len(homes) // 12, len(fit))
    return [int(i) for i in chance.choice(fit, size=count, replace=False)] if count else []


def _still_later(homes: Sequence[Home], chance: np.random.Generator, due_in_h: float) -> Home:
    """Let one home more be gone since its own waking hours, so that its patience ends then."""
    start_hour = STARTS_AT.hour + STARTS_AT.minute / 60
    fit = [
        home
        for home in homes
        if not home.recordings
        and not home.spells
        and home.night
        and 8 <= (start_hour + due_in_h - home.patience_hours) % 24 <= 20
    ]
    if not fit:
        return homes[-1]
    home = fit[int(chance.integers(len(fit)))]
    return _gone_since(home, chance, ends_in_h=(due_in_h, due_in_h + 0.2), for_h=due_in_h + 8)


def _gone_since(
    home: Home,
    chance: np.random.Generator,
    *,
    ends_in_h: tuple[float, float],
    for_h: float = 0.5,
) -> Home:
    cause = str(chance.choice(["out", "other_room", "hospital", "travel"], p=[0.5, 0.3, 0.1, 0.1]))
    from_h = float(chance.uniform(*ends_in_h)) - home.patience_hours
    until_h = float(chance.uniform(for_h, for_h + 40.0))
    return replace(home, spells=(Spell(cause=cause, from_h=from_h, until_h=until_h),))


def _let_fall(home: Home, starts_at: datetime) -> Home:
    """Let this recorded home go still after one of its own signs: its time runs out soon."""
    start = starts_at.timestamp()
    tapes = [recordings.load(name) for name in home.recordings]
    latest = start - FALLS_AFTER_H * 3600
    last_sign = max(_signs_before(tape, latest, starts_at) for tape in tapes)
    patience = int(np.ceil((start - last_sign) / 3600 + DUE_IN_H))
    # a person calls at once in this tier, so there is something to do for whoever watches
    return replace(home, tier="mid", patience_hours=patience, falls_at=last_sign)


def _signs_before(tape: Recording, latest: float, starts_at: datetime) -> float:
    offset = (starts_at.utcoffset() or timedelta()).total_seconds()
    at = np.arange(np.floor(latest / tape.interval_s) - 400, latest // tape.interval_s + 1)
    at *= tape.interval_s
    value = tape.replay(at + offset)
    return float(at[1:][np.diff(value) >= 30][-1])
