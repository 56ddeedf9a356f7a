"""A year of rounds at any size: neighbours who go round, people they look after, and the log.

The people are made up. What can be counted of the real service is kept: how often each tier is
tried, by what, at which hours, how many answer, how long it takes (domain.md 3).
"""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from anbu.care.foundation.actions import act_as, insert_all
from anbu.care.foundation.rules import machine
from anbu.care.people.actions import NewPerson, register_households
from anbu.care.people.models import Enrolment
from anbu.care.places.models import Dong, Organisation
from anbu.care.places.rules import SEOUL
from anbu.care.rounds.models import Standing, Worker
from anbu.care.rounds.rules import BINS, FIRST_HOUR
from anbu.care.staff.models import Grant, Staff
from anbu.lab.bench_homes import a_home
from anbu.lab.rounds_bare import bare, in_no_hurry, sweep_up
from anbu.lab.rounds_clocks import count_clocks

US = machine("lab")
AT_ONCE = 5_000
WRITTEN_AT_ONCE = 100_000  # rows of the log in one transaction
# Seoul looks after 70,000 people with 1,200 neighbours, who make 2.36 million contacts a year.
PEOPLE, WORKERS, CONTACTS = 70_000, 1_200, 2_400_000
TIERS, SHARES = ("high", "mid", "low"), (0.04, 0.16, 0.80)
TRIES = {"high": 104.0, "mid": 52.0, "low": 26.0}  # a year, before they are brought to the count
ROADS = ("은성로", "은천로", "봉천로", "낙관로", "신정로", "청림로", "대학로", "남부로")
# What was tried, how often of all, and what came of it: kind, share, result if reached, else.
KINDS = (
    ("call", 0.780, "reached", "no_answer"),
    ("visit", 0.155, "reached", "no_answer"),
    ("message", 0.025, "reached", "no_answer"),
    ("note", 0.015, "left", "left"),
    ("programme", 0.015, "reached", "reached"),
    ("ai_call", 0.010, "reached", "reached"),
)
ALONE = ("programme", "ai_call")  # no worker tried
DECLINES = 0.0008  # of all tries
LEARNS = 0.30  # how much likelier somebody answers at their own hour than at the worst
MOODS, MOOD_SHARES = ("good", "so_so", "worry"), (0.62, 0.30, 0.08)
NOTES = (
    "",
    "",
    "",
    "식사 잘 하신다고 함",
    "무릎이 아프다고 하심",
    "병원 다녀오심",
    "목소리 밝으심",
    "보일러가 잘 안 된다고 하심",
    "복지관 다녀오심",
    "말수가 적으심",
)
HEARD = ("{}", "{}", "{ate}", "{ate,medicine}", "{pain}", "{lonely}", "{out}", "{repair}")
LINKS = (("benefit", "기초생활보장 안내", 0), ("emergency", "긴급복지 연계", 300_000))
LINKS += (("private", "반찬 나눔", 30_000), ("private", "이불 후원", 50_000))  # type: ignore[assignment]
ONE_LINK_IN = 50

TOLD = (
    "CREATE TEMP TABLE told (n int, at double precision, kind text, result text, mood text,"
    " heard text, note text, minutes int, w int, p int) ON COMMIT DROP"
)
COPY = "COPY told FROM STDIN"
WRITE = """
INSERT INTO rounds_contact (id, household_id, kind, result, is_real, mood, heard, note, at,
    minutes, worker_id, partner_id, by, told_at)
SELECT uuidv7(to_timestamp(t.at) - clock_timestamp()), h.id, t.kind, t.result,
    t.result IN ('reached', 'declined'), t.mood, t.heard::varchar[], t.note,
    to_timestamp(t.at), t.minutes, w.id, p.id,
    coalesce('staff:' || w.staff_id, 'system:lab'), to_timestamp(t.at) + interval '1 minute'
FROM told t
JOIN unnest(%(homes)s::uuid[]) WITH ORDINALITY AS h (id, n) ON h.n = t.n + 1
LEFT JOIN rounds_worker w ON w.id = t.w LEFT JOIN rounds_worker p ON p.id = t.p
ORDER BY t.at
"""
LINK = """
INSERT INTO rounds_link (contact_id, household_id, kind, what, amount_krw, "on", worker_id,
    made_at, made_by_id)
SELECT c.id, c.household_id, %(kind)s, %(what)s, %(krw)s,
    (c.at AT TIME ZONE 'Asia/Seoul')::date, c.worker_id, c.at, w.staff_id
FROM rounds_contact c JOIN rounds_worker w ON w.id = c.worker_id
WHERE c.is_real AND mod(('x' || right(c.id::text, 6))::bit(24)::int, %(one_in)s) = %(nth)s
"""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How large a round is made."""

    people: int = PEOPLE
    workers: int = WORKERS
    contacts: int = CONTACTS
    days: int = 365

    @classmethod
    def of(cls, people: int) -> "Scale":
        """Return the city brought down to so many people; two workers at least."""
        share = people / PEOPLE
        workers = max(2, round(WORKERS * share))
        return cls(people=people, workers=workers, contacts=round(CONTACTS * share))


@dataclass(frozen=True, kw_only=True)
class Round:
    """The people of a round, by number, and who looks after each."""

    homes: Sequence[UUID]
    tiers: Sequence[str]
    usual: Sequence[int]  # the worker each knows
    others: Sequence[int]  # another of the same dong, who helps out
    partner: dict[int, int | None]


def found(scale: Scale, *, seed: int, now: datetime) -> Round:
    """Make people, workers, their log of so many days up to a moment, and the clocks of it."""
    act_as(US)
    dice = np.random.default_rng(seed)
    dongs = _dongs(scale)
    born = now - timedelta(days=scale.days)
    workers = hire(scale.workers, dongs, now=born)
    _say("workers", len(workers))
    made = settle(scale.people, dongs, workers, dice, now=born)
    write_log(made, scale, dice, now=now)
    return made


def _dongs(scale: Scale) -> list[Dong]:
    """Return as many dongs as keep two workers or more in each."""
    rows = list(Dong.objects.filter(valid_until=None).select_related("district").order_by("code"))
    return rows[: max(1, min(len(rows), scale.workers // 2))]


def hire(workers: int, dongs: Sequence[Dong], *, now: datetime) -> list[Worker]:
    """Take on so many workers, by pairs; they have no password, for nobody signs in as them."""
    offices = dict(
        Organisation.objects.filter(
            kind=Organisation.Kind.DONG_OFFICE, valid_until=None, dong__in=dongs
        ).values_list("dong_id", "id")
    )
    first = Staff.objects.order_by("-id").values_list("id", flat=True).first() or 0
    of = [dongs[nth // 2 % len(dongs)] for nth in range(workers)]
    staff = [
        Staff(
            login=f"dol-{first}-{nth}",
            name=f"단원{nth}",
            role=Staff.Role.CARE_CORPS,
            organisation_id=offices[dong.pk],
            password="!",  # nosec B106 - no password at all: nobody signs in
        )
        for nth, dong in enumerate(of)
    ]
    Staff.objects.bulk_create(staff, 1_000)
    Grant.objects.bulk_create(
        [
            Grant(
                staff=one, role=one.role, organisation_id=one.organisation_id,
                granted_at=now, granted_by=US.name, why="측정",
            )
            for one in staff
        ],
        1_000,
    )  # fmt: skip
    until = (now + timedelta(days=3 * 365)).date()
    rows = [
        Worker(staff=one, dong=dong, trained_until=until, screened_until=until)
        for one, dong in zip(staff, of, strict=True)
    ]
    Worker.objects.bulk_create(rows, 1_000)
    return _pair_up(rows)


def _pair_up(rows: list[Worker]) -> list[Worker]:
    for nth, row in enumerate(rows):
        other = nth ^ 1
        if other < len(rows) and rows[other].dong_id == row.dong_id:
            row.partner = rows[other]
    Worker.objects.bulk_update(rows, ["partner"], 1_000)
    return rows


def settle(
    people: int,
    dongs: Sequence[Dong],
    workers: Sequence[Worker],
    dice: np.random.Generator,
    *,
    now: datetime,
) -> Round:
    """Register so many people of these dongs, and let each know a worker of their own."""
    tiers = [str(tier) for tier in dice.choice(TIERS, people, p=SHARES)]
    numbers = dice.integers(1, 400, people).tolist()
    homes: list[UUID] = []
    for first in range(0, people, AT_ONCE):
        some = range(first, min(first + AT_ONCE, people))
        homes += register_households(
            homes=[
                a_home(
                    dongs[nth % len(dongs)].code,
                    nth,
                    tier=tiers[nth],
                    address=f"{ROADS[nth % len(ROADS)]} {numbers[nth]}",
                    person=NewPerson(
                        name="측정", birth_year=1935 + nth % 50, sex="fm"[nth % 2],
                        phone="" if nth % 50 == 0 else f"010-0000-{nth % 10_000:04d}",
                    ),
                )
                for nth in some
            ],
            by=US.name,
            now=now,
        )  # fmt: skip
        _say("people", len(homes))
    return look_after(homes, tiers, [dongs[n % len(dongs)].pk for n in range(people)], workers, now)


def look_after(
    homes: Sequence[UUID],
    tiers: Sequence[str],
    dongs: Sequence[int],
    workers: Sequence[Worker],
    now: datetime,
) -> Round:
    """Let these homes be part of the round, each with a worker of its dong."""
    team: dict[int, list[int]] = {}
    for worker in workers:
        team.setdefault(worker.dong_id, []).append(worker.pk)
    usual = [team[dong][nth // len(team) % len(team[dong])] for nth, dong in enumerate(dongs)]
    others = [team[dong][(nth + 1) % len(team[dong])] for nth, dong in enumerate(dongs)]
    on = now.astimezone(SEOUL).date()
    insert_all(
        Standing(household_id=home, began_on=on, worker_id=worker, due_on=on, bound_on=on)
        for home, worker in zip(homes, usual, strict=True)
    )
    service = Enrolment.Service.CARE_CORPS
    insert_all(
        (Enrolment(household_id=home, service=service, since=now) for home in homes),
        skip_conflicts=True,
    )
    partner = {worker.pk: worker.partner_id for worker in workers}
    return Round(homes=homes, tiers=tiers, usual=usual, others=others, partner=partner)


def write_log(made: Round, scale: Scale, dice: np.random.Generator, *, now: datetime) -> None:
    """Write the log of the days up to a moment, the oldest first; and the help brought about."""
    drawn = _draw(made, scale, dice, now)
    total = len(drawn["at"])
    with bare("rounds_contact") if total > WRITTEN_AT_ONCE else nullcontext():
        for first in range(0, total, WRITTEN_AT_ONCE):
            part = slice(first, first + WRITTEN_AT_ONCE)
            _write(made, {key: rows[part] for key, rows in drawn.items()})
            _say("contacts", min(total, part.stop))
    with in_no_hurry(), connection.cursor() as cursor:
        for nth, (kind, what, krw) in enumerate(LINKS):
            told: dict[str, str | int] = {"kind": kind, "what": what, "krw": krw}
            told |= {"one_in": ONE_LINK_IN * 4, "nth": nth}
            cursor.execute(LINK, told)
        cursor.execute("ANALYZE")
    count_clocks(made.homes)
    if not connection.in_atomic_block:
        sweep_up("rounds_contact", "rounds_standing")


def _write(made: Round, rows: dict[str, NDArray[Any]]) -> None:
    with in_no_hurry(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS told")  # of a part before, in one transaction
        cursor.execute(TOLD)
        with cursor.copy(COPY) as copy:
            copy.write("".join(_lines(made, rows)))
        cursor.execute(WRITE, {"homes": list(made.homes)})


def _draw(
    made: Round, scale: Scale, dice: np.random.Generator, now: datetime
) -> dict[str, NDArray[Any]]:
    """Draw who was tried when, by what, and whether they answered; ordered by time."""
    weights = np.array([TRIES[tier] for tier in made.tiers])
    counts = np.floor(weights * scale.contacts / weights.sum() + dice.random(len(weights)))
    counts = counts.astype(int)
    who = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = ((nth + dice.random(len(who))) / counts[who] * scale.days).astype(int)
    local = now.astimezone(SEOUL)
    monday = local.date() - timedelta(days=local.weekday())
    weekday = (day - scale.days + local.weekday()) % 7
    day -= np.where(weekday == 5, 1, 0) + np.where(weekday == 6, 2, 0)
    hour = dice.integers(FIRST_HOUR, FIRST_HOUR + BINS, len(who))
    midnight = datetime.combine(monday, time(), SEOUL).timestamp() - 86_400 * (
        scale.days - local.weekday()
    )
    at = midnight + 86_400.0 * day + 3_600.0 * hour + dice.integers(0, 3_600, len(who))
    own = dice.integers(FIRST_HOUR, FIRST_HOUR + BINS, len(counts))[who]
    answers = dice.random(len(who)) < 0.88 - LEARNS * np.abs(hour - own) / BINS
    kind = dice.choice(len(KINDS), len(who), p=[share for _, share, _, _ in KINDS])
    order = np.argsort(at, kind="stable")
    keep = order[(at[order] < now.timestamp()) & (day[order] >= 0)]
    return {
        "n": who[keep], "at": at[keep], "kind": kind[keep], "answers": answers[keep],
        "declines": (dice.random(len(who)) < DECLINES)[keep],
        "helps": (dice.random(len(who)) < 0.15)[keep],
        "any": dice.integers(0, 1 << 16, len(who))[keep],
        "mood": dice.choice(len(MOODS), len(who), p=MOOD_SHARES)[keep],
    }  # fmt: skip


def _lines(made: Round, rows: dict[str, NDArray[Any]]) -> list[str]:
    columns = (rows[key].tolist() for key in (
        "n", "at", "kind", "answers", "declines", "helps", "any", "mood"
    ))  # fmt: skip
    return [_line(made, *row) for row in zip(*columns, strict=True)]


def _line(
    made: Round, n: int, at: float, kind: int, answers: bool, declines: bool, helps: bool,
    any_: int, mood: int,
) -> str:  # fmt: skip
    name, _, reached, vain = KINDS[kind]
    result = reached if answers else vain
    if declines and name == "call":
        result = "declined"
    met = result == "reached"
    worker: int | None = made.others[n] if helps else made.usual[n]
    if name in ALONE:
        worker = None
    partner = made.partner[worker] if worker is not None and name == "visit" else None
    takes = {"call": 6, "visit": 25}.get(name, 4) + any_ % 9 if worker is not None else 0
    return (
        "\t".join(
            (
                str(n),
                f"{at:.0f}",
                name,
                result,
                MOODS[mood] if met else "",
                HEARD[any_ % len(HEARD)] if met else "{}",
                NOTES[any_ % len(NOTES)],
                str(takes),
                r"\N" if worker is None else str(worker),
                r"\N" if partner is None else str(partner),
            )
        )
        + "\n"
    )


def _say(part: str, done: int) -> None:
    print(f"  {part}: {done:,}", file=sys.stderr)
