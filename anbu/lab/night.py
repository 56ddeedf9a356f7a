"""A night of the Lunar New Year, played: three operators, a vendor that is lost, a power cut.

The last night of the holiday, from 18:00 until the dong offices have been open for an hour: only
after it does work pass to them. A city is drawn and lives its last days (`seeding`); then the
night is played minute by minute, as fast as the machine can, through the same doors as real life.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from anbu.care.alarms import queries
from anbu.care.alarms.models import Alarm, GroupSignal, Handover, Step
from anbu.care.alarms.rules import HandState
from anbu.care.staff import actions as staffing
from anbu.care.staff import queries as staff
from anbu.care.staff.models import Staff
from anbu.channels.gateway import Gateway
from anbu.lab import city as drawing
from anbu.lab import gateway, rehearsal, seeding
from anbu.lab.answers import Residents
from anbu.lab.bench_desk import at as at_part
from anbu.lab.city import SEOUL, City
from anbu.lab.night_clock import sweep_all, sweep_due
from anbu.lab.night_crew import Crew, Hand

BEGINS = datetime(2027, 2, 9, 18, tzinfo=SEOUL)  # the substitute holiday after 설날, 7 February
ENDS = datetime(2027, 2, 10, 10, tzinfo=SEOUL)  # Wednesday; the offices opened at nine
MINUTE = timedelta(minutes=1)
DEVICES_SPEAK = timedelta(minutes=10)
ANSWERED_BY_NIGHT = timedelta(hours=14, minutes=50)  # what is raised later is the morning's
AI_VENDOR, AI_LOST_H = "speaker", (3.0, 9.0)  # 21:00 - 03:00
CUT_H = (7.2, 9.2)  # 01:12 - 03:12, in the feeder with the most homes
OPERATORS = ("gwanje", "gwanje2", "gwanje3")
ASKED = (Alarm.Kind.WATCH, Alarm.Kind.RETURN, Alarm.Kind.SILENCE)  # whoever gets a text reads it

type Say = Callable[[str, int, int], None]


def night(
    commit: str,
    *,
    homes: int = 8_500,
    seed: int = 1,
    begins: datetime = BEGINS,
    say: Say | None = None,
) -> dict[str, object]:
    """Play the night and return its figures. The database is empty at the beginning."""
    told = say or _say
    drawn = draw(homes, seed, begins)
    seeding.seed(households=homes, seed=seed, now=begins, progress=told, drawn=drawn)
    crew = _come_in(drawn, begins)
    ownerless = _play(drawn, crew, begins, told)
    return {"name": "night", "commit": commit, "homes": homes, **_report(crew, begins, ownerless)}


def draw(homes: int, seed: int, begins: datetime) -> City:
    """Draw the city of this night: an AI vendor is lost, and one feeder is dark for two hours."""
    city = drawing.plan(homes, seed, begins)
    from_h, until_h = AI_LOST_H
    return replace(city, failing=AI_VENDOR, fails_from_h=from_h, fails_until_h=until_h)


def dark_feeder(city: City) -> str:
    """Return the power line on which most homes hang."""
    lines = Counter(m.feeder for home in city.homes for m in home.machines if m.feeder)
    return max(lines, key=lambda line: (lines[line], line))


def _come_in(city: City, begins: datetime) -> Crew:
    people = [person for login in OPERATORS if (person := staff.find_staff(login))]
    for person in people:
        if staff.on_shift(staff=person) is None:
            staffing.start_shift(by=person, now=begins)
    ids = rehearsal.recalled_homes()
    return Crew(city, ids, [Hand(person, begins) for person in people], begins)


def _play(city: City, crew: Crew, begins: datetime, say: Say) -> int:
    """Play minute by minute; return in how many minutes something open had no owner."""
    minutes = round((ENDS - BEGINS) / MINUTE)
    residents, ownerless = Residents(city, crew.ids, kinds=ASKED, sleep=True), 0
    with gateway.standing() as address, Gateway(url=address) as telephones:
        for nth in range(1, minutes + 1):
            now = begins + nth * MINUTE
            if nth % (DEVICES_SPEAK // MINUTE) == 0:
                _speak(city, now)
                sweep_all(now)
            else:
                sweep_due(now)
            seeding.post(now, telephones)
            residents.work(now)
            crew.work(now)
            crew.look_after_causes(now)
            crew.answer_handovers(now)
            ownerless += _has_no_owner()
            say("the night", nth, minutes)
    return ownerless


def _has_no_owner() -> bool:
    """Say whether anything open has nobody, or two, to answer for it."""
    open_ones = Alarm.objects.filter(closed_at=None)
    nobody = Q(owner_staff=None, owner_post=None)
    two = Q(owner_staff__isnull=False, owner_post__isnull=False)
    return open_ones.filter(nobody | two).exists()


def _speak(city: City, now: datetime) -> None:
    """Let the devices say what they say of the last minutes; those without power say nothing."""
    until = now.timestamp()
    hours = (now - city.starts_at).total_seconds() / 3600
    lit = city
    if CUT_H[0] < hours <= CUT_H[1]:
        line = dark_feeder(city)
        lit = replace(city, homes=tuple(home for home in city.homes if not _hangs_on(home, line)))
    seeding.speak(lit, until - DEVICES_SPEAK.total_seconds(), until)


def _hangs_on(home: drawing.Home, line: str) -> bool:
    return any(machine.feeder == line for machine in home.machines)


def _report(crew: Crew, begins: datetime, ownerless: int) -> dict[str, object]:
    until = begins + (ENDS - BEGINS)
    by_night = begins + ANSWERED_BY_NIGHT
    lead = Staff.objects.filter(role=Staff.Role.SUPERVISOR).earliest("id")
    told = queries.figures(since=begins, until=by_night, seen_by=lead).answered
    loads = sorted(n for hand in crew.hands for n in _loads(hand, begins, until))
    handed = Handover.objects.filter(sent_at__gte=begins)
    raised = Alarm.objects.filter(raised_at__gte=begins, raised_at__lt=until)
    return {
        "value": round(told.within[0][1].percent or 0.0, 1),
        "unit": "% of what waited for a person begun within 60 s",
        "n": told.waited,
        "raised": told.raised,
        "by_machine": told.by_machine,
        "within_180_s": round(told.within[1][1].percent or 0.0, 1),
        "mtta_s": _seconds(told.mean),
        "p90_s": _seconds(told.p90),
        "to_outcome_s": _seconds(told.to_outcome),
        "untouched": told.untouched,
        "alarms_per_operator_10min": {
            "mean": round(sum(loads) / len(loads), 2),
            "p95": at_part(loads, 0.95),
            "max": loads[-1],
        },
        "played_every_s": MINUTE.total_seconds(),
        "ownerless_minutes": ownerless,
        "owner_gaps": owner_gaps([alarm.pk for alarm in raised]),
        "broken": queries.broken_invariants(until),
        "common_causes": sorted(
            f"{s.incident.group.kind} {s.incident.group.name}: {s.outcome or 'open'}"
            for s in GroupSignal.objects.filter(raised_at__gte=begins).select_related(
                "incident__group"
            )
        ),
        "handovers": handed.count(),
        "handovers_went_up": handed.filter(told__gt=0).count(),
        "handovers_unacknowledged": handed.filter(state=HandState.WAITING).count(),
    }


def owner_gaps(alarms: Sequence[UUID]) -> int:
    """Return in how many alarms the timeline does not say at each instant who the owner was.

    The first owner is there in the instant it is raised, each one until the next; and who owns an
    open alarm now is who the timeline named last.
    """
    gaps = 0
    rows = Alarm.objects.filter(id__in=alarms).select_related("owner_staff", "owner_post")
    for alarm in rows.prefetch_related("steps"):
        owners = sorted(
            (step.at, step.pk, step.detail["to"])
            for step in alarm.steps.all()
            if step.kind == Step.Kind.OWNER
        )
        present = alarm.owner_staff or alarm.owner_post
        is_told = bool(owners) and owners[0][0] == alarm.raised_at
        is_last = alarm.closed_at is not None or (
            bool(owners) and present is not None and owners[-1][2] == present.name
        )
        gaps += not (is_told and is_last)
    return gaps


def _loads(hand: Hand, begins: datetime, until: datetime) -> list[int]:
    """Return how many alarms this operator took in each ten minutes, also the quiet ones."""
    ten = timedelta(minutes=10)
    return [hand.taken[begins + n * ten] for n in range(round((until - begins) / ten))]


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds(), 1)


def _say(part: str, done: int, whole: int) -> None:
    if done >= whole or done % 100 == 0:
        print(f"  {part}: {done:,} of {whole:,}", file=sys.stderr)
