"""Who is at the door, what they found, what was decided there: for the desk and for the link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import queries as people
from anbu.care.people.models import Household
from anbu.care.staff.models import Staff

from ..models import Entry, FieldJob, JointResponse
from ..rules import ON_SITE_WITHIN, SIGNS, job_state, offered
from .sight import visible


@dataclass(frozen=True, kw_only=True)
class JobCard:
    """One sending, as the officer sees it."""

    id: UUID
    kind: str
    name: str
    phone: str
    state: str  # rules.JobState
    sent_at: datetime
    sent_by: str
    has_link: bool
    expires_at: datetime
    opened_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_why: str
    finding: str
    signs: tuple[tuple[str, str], ...]
    note: str
    typed_by: str
    text: str  # how the newest text with the link fares: FieldText.Status, or ""


@dataclass(frozen=True, kw_only=True)
class JointCard:
    service: str
    called_at: datetime
    arrived_at: datetime | None
    who: str


@dataclass(frozen=True, kw_only=True)
class EntryCard:
    """A signed decision to open the door, with what was added to it."""

    id: UUID
    grounds: tuple[str, ...]
    evidence: tuple[str, ...]
    seen: str
    decided_by: str
    police: str
    fire: str
    damage: str
    repair: str
    signed_by: str
    signed_at: datetime
    notes: tuple[tuple[datetime, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """Everything about the door of one alarm."""

    jobs: tuple[JobCard, ...]  # the newest first
    joint: tuple[JointCard, ...]
    entries: tuple[EntryCard, ...]
    present: JobCard | None  # on the way, or at the door
    first_sent_at: datetime | None
    arrived_at: datetime | None  # the first of them
    due_at: datetime | None  # of the 45 minutes, while nobody has arrived
    offer: str  # what the last finding makes the next deed: close | joint | ""
    call_back: str  # what this post told to call the last time


def field_of(*, alarm_id: UUID, seen_by: Staff) -> Field:
    """Return what is known of the door, as far as this person may know of the alarm."""
    alarms = visible(seen_by=seen_by).filter(id=alarm_id)
    jobs = tuple(
        _card(job)
        for job in FieldJob.objects.filter(alarm__in=alarms)
        .select_related("sent_by", "typed_by")
        .prefetch_related("texts")
        .order_by("-sent_at", "-id")
    )
    joint = JointResponse.objects.filter(alarm__in=alarms).order_by("called_at", "id")
    present = next((job for job in jobs if job.state in ("sent", "opened", "arrived")), None)
    first = min((job.sent_at for job in jobs), default=None)
    came = min((job.arrived_at for job in jobs if job.arrived_at), default=None)
    return Field(
        jobs=jobs,
        joint=tuple(
            JointCard(
                service=row.service,
                called_at=row.called_at,
                arrived_at=row.arrived_at,
                who=row.who,
            )
            for row in joint
        ),
        entries=entries_of(alarm_id=alarm_id, seen_by=seen_by),
        present=present,
        first_sent_at=first,
        arrived_at=came,
        due_at=first + ON_SITE_WITHIN[0] if first and present and came is None else None,
        offer="" if present else offered(jobs[0].finding if jobs else ""),
        call_back=_call_back(seen_by),
    )


def entries_of(*, alarm_id: UUID, seen_by: Staff) -> tuple[EntryCard, ...]:
    """Return the signed decisions, the first one first."""
    rows = Entry.objects.filter(alarm__in=visible(seen_by=seen_by).filter(id=alarm_id))
    rows = rows.select_related("signed_by").prefetch_related("notes__added_by")
    return tuple(
        EntryCard(
            id=row.id,
            grounds=tuple(row.grounds),
            evidence=tuple(row.evidence),
            seen=row.seen,
            decided_by=row.decided_by,
            police=row.police,
            fire=row.fire,
            damage=row.damage,
            repair=row.repair,
            signed_by=row.signed_by.name,
            signed_at=row.signed_at,
            notes=tuple(
                (note.added_at, note.added_by.name, note.text)
                for note in sorted(row.notes.all(), key=lambda note: (note.added_at, note.pk))
            ),
        )
        for row in rows.order_by("signed_at", "id")
    )


def _call_back(seen_by: Staff) -> str:
    rows = FieldJob.objects.filter(from_post=seen_by.post_id).exclude(call_back="")
    return rows.order_by("-sent_at", "-id").values_list("call_back", flat=True).first() or ""


def _card(job: FieldJob) -> JobCard:
    return JobCard(
        id=job.id,
        kind=job.kind,
        name=job.name,
        phone=job.phone,
        state=_state_of(job),
        sent_at=job.sent_at,
        sent_by=job.sent_by.name,
        has_link=job.token is not None,
        expires_at=job.expires_at,
        opened_at=job.opened_at,
        arrived_at=job.arrived_at,
        done_at=job.done_at,
        withdrawn_at=job.withdrawn_at,
        withdrawn_why=job.withdrawn_why,
        finding=job.finding,
        signs=_in_order(job.signs),
        note=job.note,
        typed_by=job.typed_by.name if job.typed_by else "",
        text=max(job.texts.all(), key=lambda one: one.id).status if job.texts.all() else "",
    )


def _whole_address(home: Household) -> str:
    """Return the address with its district; most registers write it into the address already."""
    district = home.dong.district.name
    return home.address if district in home.address else f"{district} {home.address}"


def _state_of(job: FieldJob) -> str:
    return job_state(
        opened_at=job.opened_at,
        arrived_at=job.arrived_at,
        done_at=job.done_at,
        withdrawn_at=job.withdrawn_at,
    )


def _in_order(signs: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((sign, signs[sign]) for sign in SIGNS if sign in signs)


# ---- what the link shows ---------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class JobPage:
    """What somebody at the door needs; nothing of anybody before they opened the link."""

    job: UUID
    state: str
    expires_at: datetime
    call_back: str
    place: str = ""
    unit: str = ""
    building: str = ""
    hazards: str = ""
    why: str = ""
    finding: str = ""


@dataclass(frozen=True, kw_only=True)
class Door:
    """Whom to call for, and how to get in: behind one tap, which is a trace."""

    name: str
    door_note: str
    key_holder: str


def job_page(*, job: FieldJob, actor: Actor | None) -> JobPage:
    """Return the page of a link; without an actor, or once it was reported, without the home."""
    bare = JobPage(
        job=job.id,
        state=_state_of(job),
        expires_at=job.expires_at,
        call_back=job.call_back,
        finding=job.finding,
    )
    if actor is None or job.done_at is not None:
        return bare
    alarm = job.alarm
    sight = people.for_actor(actor, Purpose("signal", str(alarm.id)))
    home = sight.households.select_related("dong__district").get(id=alarm.household_id)
    return replace(
        bare,
        place=_whole_address(home),
        unit=home.unit,
        building=home.building,
        hazards=home.hazard_note,
        why=alarm.reason,
    )
