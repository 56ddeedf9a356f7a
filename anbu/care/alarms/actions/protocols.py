"""단계표: proposed by one person, looked at on past alarms, put in force by another."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere
from anbu.care.people.queries import LISTS
from anbu.care.people.rules import clean
from anbu.care.places.models import District
from anbu.care.staff.models import Staff

from ..models import Protocol
from ..queries.book import document_of, rows_in_force
from ..queries.protocols import may_choose
from ..queries.trials import Trial, trial
from ..rules import BadProtocol, Document, Fault, NotAllowed, keep, parse_protocol, ties

WHY_LENGTH = 200
LATEST = timedelta(days=366)
ONE_PROPOSES = 0x616E_6270  # versions of a name are counted one after the other


class UnknownProtocol(NotHere):
    """No such document, as far as this person may know."""


@transaction.atomic
def propose_protocol(*, text: str, by: Staff, now: datetime) -> UUID:
    """Keep a document as a proposal. Nothing changes until somebody else puts it in force."""
    _check_may(by)
    return _write(text, loaded_by=by.actor, by=by, now=now)


@transaction.atomic
def load_protocol(*, text: str, by: str, now: datetime) -> UUID:
    """Keep a document from a file as a proposal: a person at a desk still has to put it in force.

    Raises:
        BadProtocol: it cannot be followed.
    """
    return _write(text, loaded_by=by, by=None, now=now)


@transaction.atomic
def approve_protocol(
    *, protocol: UUID, valid_from: datetime, reason: str, by: Staff, now: datetime
) -> None:
    """Put a proposed document in force from a moment on; never by the one who proposed it."""
    row = _lock_proposed(protocol, by)
    if row.proposed_by_id == by.pk:
        raise NotAllowed("제안한 사람은 켤 수 없습니다. 다른 사람이 살펴보고 켭니다.")
    if valid_from < now:
        raise NotAllowed("지난 때부터 켤 수는 없습니다.")
    if valid_from > now + LATEST:
        raise NotAllowed("한 해 안의 때를 골라 주세요.")
    why = clean(reason, what="까닭", at_most=WHY_LENGTH, needed=True)
    faults = _beyond(document_of(row), by) or _faults_beside(document_of(row), valid_from)
    if faults:
        raise BadProtocol(faults)
    row.state, row.valid_from = Protocol.State.APPROVED, valid_from
    _decide(row, why, by, now)
    record(
        by=by.actor,
        verb="approve_protocol",
        at=now,
        protocol=str(row.pk),
        name=row.name,
        version=row.version,
        valid_from=valid_from.isoformat(),
        why=why,
    )


@transaction.atomic
def drop_protocol(*, protocol: UUID, reason: str, by: Staff, now: datetime) -> None:
    """Take a proposal away: one's own, or one that shall not come into force."""
    row = _lock_proposed(protocol, by)
    row.state = Protocol.State.DROPPED
    why = clean(reason, what="까닭", at_most=WHY_LENGTH, needed=True)
    _decide(row, why, by, now)
    record(by=by.actor, verb="drop_protocol", at=now, protocol=str(row.pk), why=why)


@transaction.atomic
def try_protocol(*, protocol: UUID, days: int, seen_by: Staff, now: datetime) -> Trial | None:
    """Reckon the past alarms on this document, and write down whose were shown."""
    found = trial(protocol=protocol, days=days, seen_by=seen_by, now=now)
    if found is not None:
        record(
            by=seen_by.actor,
            verb="try_protocol",
            at=now,
            purpose=LISTS,
            protocol=str(protocol),
            days=days,
            count=found.chosen,
            homes=[row.household for row in found.changed],
        )
    return found


def _write(text: str, *, loaded_by: str, by: Staff | None, now: datetime) -> UUID:
    document = parse_protocol(text)
    faults = _unknown_places(document) or _faults_beside(document, now)
    faults = (_beyond(document, by) if by else []) or faults
    if faults:
        raise BadProtocol(faults)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_PROPOSES])
    known = Protocol.objects.filter(name=document.name).aggregate(Max("version"))["version__max"]
    row = Protocol.objects.create(
        name=document.name,
        version=(known or 0) + 1,
        source=document.source,
        text=text,
        told=keep(document),
        loaded_by=loaded_by,
        proposed_by=by,
        proposed_at=now,
    )
    told = f"{row.name} {row.version}"
    record(by=loaded_by, verb="propose_protocol", at=now, protocol=str(row.pk), name=told)
    return row.pk


def _unknown_places(document: Document) -> list[Fault]:
    """Return a fault for each line that names a district the city has not."""
    known = set(District.objects.filter(valid_until=None).values_list("name", flat=True))
    said = "모르는 자치구: %(name)s"
    return [
        Fault(line.at, said, (("name", line.district[:30]),))
        for line in document.lines
        if line.district and line.district not in known
    ]


def _beyond(document: Document, by: Staff) -> list[Fault]:
    """Return a fault for each line that holds beyond the district this officer answers for."""
    district = by.organisation.district if by.organisation else None
    if by.role != Staff.Role.OFFICER or district is None:
        return []
    said = "‘%(name)s’ 밖의 줄은 정할 수 없습니다. district를 적어 주세요."
    return [
        Fault(line.at, said, (("name", district.name),))
        for line in document.lines
        if line.district != district.name
    ]


def _faults_beside(document: Document, at: datetime) -> list[Fault]:
    """Return where its lines meet, undecided, lines of others that will hold then or later."""
    later = Protocol.objects.filter(state=Protocol.State.APPROVED, valid_from__gt=at)
    rows = [row for row in (*rows_in_force(now=at), *later) if row.name != document.name]
    others = [(line, row.name) for row in rows for line in document_of(row).lines]
    return ties(document.lines, beside=others)


def _lock_proposed(protocol: UUID, by: Staff) -> Protocol:
    _check_may(by)
    row = Protocol.objects.select_for_update().filter(id=protocol).first()
    if row is None:
        raise UnknownProtocol(protocol)
    if row.state != Protocol.State.PROPOSED:
        raise NotAllowed("이미 켜거나 거둔 단계표입니다.")
    return row


def _decide(row: Protocol, why: str, by: Staff, now: datetime) -> None:
    row.decided_by, row.decided_at, row.why = by, now, why
    row.save(update_fields=["state", "valid_from", "decided_by", "decided_at", "why"])


def _check_may(by: Staff) -> None:
    if not may_choose(seen_by=by):
        raise UnknownProtocol
