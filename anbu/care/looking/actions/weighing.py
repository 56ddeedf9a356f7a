"""Weighing what the chain has just sealed: who looked at whom, and does it look odd?"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

import structlog
from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.models import Seal, Trace
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.foundation.rules.actors import TASKS
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.staff.models import Shift, Staff

from ..models import Residence, Suspicion, Weighed
from ..rules import Behind, Finding, Look, Rule, family_name, month_of, road_of, weigh
from ..rules.snooping import IN_A_DAY, IN_A_WEEK

log = structlog.get_logger()

AT_ONCE = 10  # seals in one step: as many as come between two, or 50,000 traces
CLOCK = machine("clock")
MISSED = "search_behind_glass"  # a search that named nobody is a look too
REMEMBERED = 500  # traces that a suspicion lists
COUNT = """
INSERT INTO looking_tally (month, staff_id, household, looks, without_task)
SELECT month, staff, household, looks, free FROM unnest(
    %s::date[], %s::bigint[], %s::uuid[], %s::int[], %s::int[]
) told (month, staff, household, looks, free)
ON CONFLICT ON CONSTRAINT one_tally_of_a_month DO UPDATE
SET looks = looking_tally.looks + excluded.looks,
    without_task = looking_tally.without_task + excluded.without_task
"""


@transaction.atomic
def weigh_next(*, now: datetime) -> bool:
    """Weigh the looks of the next seals; return whether there were any.

    Every trace comes under exactly one seal, however late its transaction ended: so none is
    passed over, and none is counted twice.
    """
    place, _ = Weighed.objects.select_for_update().get_or_create(pk=1)
    rows = Seal.objects.filter(number__gt=place.seal).order_by("number")
    seals = list(rows.values_list("number", "ids")[:AT_ONCE])
    if not seals:
        return False
    looks = _looks([id for _, ids in seals for id in ids])
    by_staff: dict[int, list[Trace]] = {}
    for trace in looks:
        by_staff.setdefault(int(trace.by.removeprefix("staff:")), []).append(trace)
    _count(by_staff)
    for staff, new in by_staff.items():
        try:
            with transaction.atomic():
                _weigh(staff, new, now)
        except Exception:  # one person's looks never hide another's
            log.exception("weighing_failed", staff=staff)
    place.seal = seals[-1][0]
    place.save(update_fields=["seal"])
    return True


def _looks(ids: Collection[int]) -> list[Trace]:
    """Return those of these traces with which a person looked at a person, or looked in vain."""
    rows = Trace.objects.filter(pk__in=ids, by__startswith="staff:").exclude(kind="write")
    return [trace for trace in rows.order_by("id") if _is_look(trace)]


def _is_look(trace: Trace) -> bool:
    sees_one = trace.kind in (Trace.Kind.READ, Trace.Kind.PRINT) and trace.household is not None
    return sees_one or _is_miss(trace)


def _is_miss(trace: Trace) -> bool:
    return trace.verb == MISSED and trace.household is None


def _has_task(trace: Trace) -> bool:
    return trace.purpose.partition(":")[0] in TASKS


def _count(by_staff: Mapping[int, Iterable[Trace]]) -> None:
    """Add these looks to the month's tally."""
    told: dict[tuple[object, int, UUID], list[int]] = {}
    for staff, traces in by_staff.items():
        for trace in traces:
            if trace.household is not None:
                row = told.setdefault((month_of(trace.at), staff, trace.household), [0, 0])
                row[0] += 1
                row[1] += not _has_task(trace)
    if told:
        columns = [list(each) for each in zip(*told, strict=True)]
        counts = [list(each) for each in zip(*told.values(), strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [*columns, *counts])


def _weigh(staff: int, new: list[Trace], now: datetime) -> None:
    """Weigh one person's new looks beside those of the day, and of the week for the same homes."""
    person = Staff.objects.select_related("post", "organisation").filter(pk=staff).first()
    if person is None:
        return
    since = min(trace.at for trace in new)
    past = Trace.objects.filter(by=person.actor).exclude(kind="write")
    same = {trace.household for trace in new if trace.household and not _has_task(trace)}
    rows = {trace.pk: trace for trace in new}
    for some in (
        past.filter(at__gt=since - IN_A_DAY),
        past.filter(at__gt=since - IN_A_WEEK, household__in=same) if same else past.none(),
    ):
        rows |= {trace.pk: trace for trace in some if _is_look(trace)}
    told = Residence.objects.filter(staff=person).first()
    who = Behind(
        name=person.name,
        road=told.road if told else "",
        dong=told.dong_id if told else None,
        works_in={person.dong_id} if person.dong_id else frozenset(),
    )
    judged = Suspicion.objects.filter(staff=person).exclude(reviewed_at=None)
    settled: dict[Rule, int] = {}
    for rule, traces in judged.values_list("rule", "traces"):
        settled[Rule(rule)] = max([settled.get(Rule(rule), 0), *traces])
    for finding in weigh(_as_looks(list(rows.values()), person), who, settled=settled):
        _flag(person, finding, now)


def _as_looks(traces: list[Trace], person: Staff) -> list[Look]:
    """Return what the rules need to know of each look. Three queries."""
    ids = {trace.household for trace in traces if trace.household}
    sight = homes.for_actor(CLOCK, Purpose("machine", "weighing"))
    told = sight.people.filter(household__in=ids).values_list(
        "household", "name", "household__address", "household__dong"
    )
    facts = {id: (name, road_of(address), dong) for id, name, address, dong in told}
    made_up = homes.made_up(actor=CLOCK)
    shifts = list(
        Shift.objects.filter(staff=person, started_at__lte=max(trace.at for trace in traces))
        .order_by("-started_at")
        .values_list("started_at", "ended_at")[:20]
    )
    return [
        Look(
            trace=trace.pk,
            at=trace.at,
            household=trace.household,
            has_task=_has_task(trace),
            on_shift=any(a <= trace.at and (b is None or trace.at < b) for a, b in shifts),
            is_bait=trace.household in made_up,
            family=family_name(facts[trace.household][0]) if trace.household in facts else "",
            road=facts[trace.household][1] if trace.household in facts else "",
            dong=facts[trace.household][2] if trace.household in facts else None,
        )
        for trace in traces
    ]


def _flag(person: Staff, finding: Finding, now: datetime) -> None:
    """Put it before a reviewer; what is open already grows. Nobody is shut out by a machine."""
    last = max(look.at for look in finding.looks)
    traces = [look.trace for look in finding.looks]
    row, is_new = Suspicion.objects.select_for_update().get_or_create(
        staff=person,
        rule=finding.rule,
        reviewed_at=None,
        defaults={
            "found_at": now,
            "last_at": last,
            "traces": traces[-REMEMBERED:],
            "homes": list(finding.homes)[-REMEMBERED:],
        },
    )
    if not is_new:
        all_traces = sorted({*row.traces, *traces})
        if all_traces[-REMEMBERED:] == row.traces:
            return
        row.traces = all_traces[-REMEMBERED:]
        row.homes = list(dict.fromkeys([*row.homes, *finding.homes]))[-REMEMBERED:]
        row.last_at = max(row.last_at, last)
        row.save(update_fields=["traces", "homes", "last_at"])
    record(
        by=CLOCK.name,
        verb="flag_looking",
        at=now,
        suspicion=row.pk,
        rule=str(finding.rule),
        looks=len(row.traces),
    )
    people.tell_screens()
