"""What somebody does who holds a link: look, come, report. Each of it is a trace of theirs.

A link that never was, was called off, ran out, or whose alarm has ended, is one answer.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import act_as, record
from anbu.care.foundation.rules import Purpose
from anbu.care.people import queries as people

from ..models import Alarm, FieldJob, Step
from ..queries.field import Door, JobPage, job_page
from ..rules import UnknownLink, agent, link_works
from .fielding import arrive_at, digest, report_on
from .ledger import Change, write


@transaction.atomic
def check_link(*, token: str, now: datetime) -> JobPage:
    """Return what may be said before anybody opened the link: nothing of anybody.

    Raises:
        UnknownLink: there is no such link, or none any more.
    """
    _alarm, job = _found(token, now)
    return job_page(job=job, actor=None)


@transaction.atomic
def open_job(*, token: str, now: datetime) -> JobPage:
    """Show where to go and why, and write down that it was looked at."""
    alarm, job = _found(token, now)
    if job.opened_at is None:
        job.opened_at = now
        job.save(update_fields=["opened_at"])
        change = _change(alarm, job, "open_job")
        change.step(Step.Kind.EVIDENCE, what="field_opened", agent=job.name)
        write(change, now=now, job=str(job.pk))
    else:
        _trace("open_job", alarm, job, now)
    return job_page(job=job, actor=agent(job=job.pk, home=alarm.household_id))


@transaction.atomic
def see_way_in(*, token: str, now: datetime) -> Door:
    """Show whom to call for and how to get in, and write down that it was looked at."""
    alarm, job = _found(token, now)
    sight = _sight(alarm, job)
    home = sight.households.get(id=alarm.household_id)
    _trace("see_way_in", alarm, job, now)
    return Door(
        name=sight.people.get(household=home).name,
        door_note=home.door_note,
        key_holder=home.key_holder,
    )


@transaction.atomic
def arrive(*, token: str, now: datetime) -> None:
    """Write down that they stand at the door; a second tap changes nothing."""
    alarm, job = _found(token, now)
    if job.arrived_at is None and job.done_at is None:
        change = _change(alarm, job, "arrive")
        arrive_at(change, job, at=now)
        write(change, now=now, job=str(job.pk))


@transaction.atomic
def report(
    *, token: str, finding: str, signs: Mapping[str, str], note: str = "", now: datetime
) -> None:
    """Write down what they found, once. It never closes the alarm: the officer decides."""
    alarm, job = _found(token, now)
    if job.done_at is not None:
        return  # the same tap twice, or the back button: the first one counts
    told = {sign: seen for sign, seen in signs.items() if seen}
    change = _change(alarm, job, "report_visit")
    arrive_at(change, job, at=now)
    report_on(change, job, finding=finding, signs=told, note=note, now=now)
    write(change, now=now, job=str(job.pk))


def _found(token: str, now: datetime) -> tuple[Alarm, FieldJob]:
    """Return the alarm and the job of a link, both ours until the transaction ends."""
    found = FieldJob.objects.filter(token=digest(token)).values_list("pk", "alarm_id").first()
    if found is None:
        raise UnknownLink
    # The alarm first, as everywhere. Nobody's reach is needed for either: `act_as` comes after.
    alarm = Alarm.objects.select_for_update(of=("self",)).get(id=found[1])
    job = FieldJob.objects.select_for_update(of=("self",)).get(pk=found[0])
    works = link_works(
        expires_at=job.expires_at,
        withdrawn_at=job.withdrawn_at,
        closed_at=alarm.closed_at,
        now=now,
    )
    if not works or job.token != digest(token):
        raise UnknownLink
    act_as(agent(job=job.pk, home=alarm.household_id), now=now)
    return alarm, job


def _sight(alarm: Alarm, job: FieldJob) -> people.Sight:
    who = agent(job=job.pk, home=alarm.household_id)
    return people.for_actor(who, Purpose("signal", str(alarm.id)))


def _change(alarm: Alarm, job: FieldJob, verb: str) -> Change:
    return Change(alarm, verb, agent=agent(job=job.pk, home=alarm.household_id))


def _trace(verb: str, alarm: Alarm, job: FieldJob, now: datetime) -> None:
    record(
        by=agent(job=job.pk, home=alarm.household_id).name,
        verb=verb,
        at=now,
        household=alarm.household_id,
        purpose=Purpose("signal", str(alarm.id)),
        alarm=str(alarm.id),
        job=str(job.pk),
    )
