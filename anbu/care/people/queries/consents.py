"""What a home agreed to, and what may therefore be done there."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Min, OuterRef, Q, QuerySet

from anbu.care.foundation.rules import Purpose
from anbu.care.staff.models import Staff

from ..models import Bait, Consent, Household
from ..rules.consents import (
    KINDS,
    NEEDS,
    Agreement,
    Basis,
    Deed,
    Leave,
    Loss,
    Terms,
    heard_from,
    leave,
    loss,
)
from .homes import LISTS, seen


@dataclass(frozen=True, kw_only=True)
class ConsentLine:
    kind: str
    label: str
    given_at: datetime | None  # None: not given, withdrawn, or run out
    obtained_how: str


@dataclass(frozen=True, kw_only=True)
class ConsentCard:
    """One consent in the history of a home."""

    id: int
    kind: str
    service: str
    data: str
    recipient: str
    vendor: str  # the name of the vendor, of a consent to one
    aim: str
    window: str
    form: str
    obtained_how: str
    obtained_by: str  # a name; "": a machine, or not written down
    evidence: str
    evidence_hash: str
    given_at: datetime
    until: datetime | None
    withdrawn_at: datetime | None
    withdrawn_how: str
    renewed_at: datetime | None
    stands: bool


def standing(*, at: datetime) -> Q:
    """Return the condition that a consent holds at this moment: rules.STANDS, for the ORM."""
    return (
        Q(given_at__lte=at)
        & (Q(until=None) | Q(until__gt=at))
        & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
        & (Q(renewed_at=None) | Q(renewed_at__gt=at))
    )


def leaves(
    *,
    deed: Deed,
    households: Collection[UUID],
    urgent: Collection[UUID] = (),
    at: datetime,
) -> dict[UUID, Leave]:
    """Return of each home whether this may be done, on which basis, or why not. Two queries.

    Names nobody; for the machine, and for whoever was let in to these homes already.
    `urgent`: homes where somebody's life is at stake.
    """
    held = _terms_of(deed, households).filter(standing(at=at))
    found = {
        home: Leave(Basis.CONSENT, since=since)
        for home, since in held.values_list("household_id").annotate(Min("given_at"))
    }
    others = [home for home in households if home not in found]
    if others:  # few: why it is not so, or whether life is at stake
        rows, hurry = _about(deed, others), set(urgent)
        found |= {home: leave(deed, rows[home], at=at, urgent=home in hurry) for home in others}
    return found


def heard_since(*, households: Collection[UUID], at: datetime) -> dict[UUID, datetime | None]:
    """Return of each home since when its readings may be taken in; None: there was no gap.

    For the intake, of homes where a consent has ended. One query.
    """
    rows = _about(Deed.READING, households)
    return {home: heard_from(rows[home], at=at) for home in households}


def _about(deed: Deed, households: Collection[UUID]) -> dict[UUID, list[Agreement]]:
    found: dict[UUID, list[Agreement]] = defaultdict(list)
    for row in _terms_of(deed, households):
        found[row.household_id].append(row.agreement)
    return found


def _terms_of(deed: Deed, households: Collection[UUID]) -> QuerySet[Consent]:
    terms = NEEDS[deed]
    rows = Consent.objects.filter(
        household__among=households, recipient=terms.recipient, aim=terms.aim, window=terms.window
    )
    return rows.exclude(household__in=_nobodys())


def consents_of_outer(terms: Terms, *, at: datetime | None = None) -> QuerySet[Consent]:
    """Return the consents of these terms to the household of the query around it.

    For `Exists` in a query that is narrowed to a reader already. `at`: only what stands then.
    """
    rows = Consent.objects.filter(
        household=OuterRef("pk"), recipient=terms.recipient, aim=terms.aim, window=terms.window
    )
    return rows if at is None else rows.filter(standing(at=at))


def all_leaves(
    *, household: UUID, urgent: bool = False, seen_by: Staff, at: datetime
) -> dict[Deed, Leave]:
    """Return what may be done in one home, deed by deed. Two queries."""
    rows = [row.agreement for row in _of(household, seen_by)]
    return {deed: leave(deed, rows, at=at, urgent=urgent) for deed in Deed}


def consents(*, household: UUID, seen_by: Staff, at: datetime) -> tuple[ConsentLine, ...]:
    """Return what this home agrees to at this moment, one line for each kind, given or not."""
    given = {row.kind: row for row in _of(household, seen_by).filter(standing(at=at))}
    return tuple(
        ConsentLine(
            kind=kind.value,
            label=str(kind.label),
            given_at=given[kind].given_at if kind in given else None,
            obtained_how=given[kind].obtained_how if kind in given else "",
        )
        for kind in Consent.Kind
    )


def consent_history(*, household: UUID, seen_by: Staff, at: datetime) -> tuple[ConsentCard, ...]:
    """Return every consent of this home, what stands first, then the newest. Two queries."""
    kept = list(_of(household, seen_by).select_related("vendor").order_by("-given_at", "-id"))
    names = _names({row.obtained_by for row in kept})
    rows = [_card(row, names, at) for row in kept]
    return tuple(sorted(rows, key=lambda card: not card.stands))


def lost_with(*, household: UUID, consent: int, seen_by: Staff, at: datetime) -> Loss | None:
    """Return what ends when this consent is taken back; None: there is nothing to take back."""
    rows = {row.pk: row.agreement for row in _of(household, seen_by)}
    if consent not in rows or not rows[consent].stands(at):
        return None
    return loss(rows.values(), rows[consent], at=at)


def vendors_agreed(
    *, households: Collection[UUID], at: datetime
) -> dict[UUID, frozenset[tuple[int, str]]]:
    """Return to which vendor each of these homes agrees, for which service ("": all). One query.

    Names nobody; for the machine.
    """
    terms = KINDS["vendor"]
    rows = Consent.objects.filter(
        standing(at=at),
        household__among=households,
        data="",  # who answers for a home learns what its signal says, whatever it was made of
        recipient=terms.recipient,
        aim=terms.aim,
        window=terms.window,
        vendor__isnull=False,
    ).exclude(household__in=_nobodys())
    found: dict[UUID, set[tuple[int, str]]] = defaultdict(set)
    for home, vendor, service in rows.values_list("household_id", "vendor_id", "service"):
        if vendor is not None:
            found[home].add((vendor, service))
    return {home: frozenset(named) for home, named in found.items()}


def agreed(*, households: Collection[UUID], kind: str, at: datetime) -> set[UUID]:
    """Return which of these homes agree to this at a moment. Names nobody; for the machine."""
    terms = KINDS[kind]
    rows = Consent.objects.filter(
        standing(at=at),
        household__among=households,
        recipient=terms.recipient,
        aim=terms.aim,
        window=terms.window,
    )
    return set(rows.exclude(household__in=_nobodys()).values_list("household_id", flat=True))


def night_consents(*, homes: QuerySet[Household], at: datetime) -> int:
    """Return how many of these homes, narrowed to their reader, may be watched at night."""
    terms = KINDS["night"]
    rows = Consent.objects.filter(
        standing(at=at),
        household__in=homes,
        recipient=terms.recipient,
        aim=terms.aim,
        window=terms.window,
    )
    return rows.values("household").distinct().count()


def _nobodys() -> QuerySet[Bait, UUID]:
    """Return who was made up: they agree to nothing, whatever somebody wrote down for them."""
    return Bait.objects.filter(removed_at=None).values_list("household", flat=True)


def _of(household: UUID, seen_by: Staff, purpose: Purpose = LISTS) -> QuerySet[Consent]:
    sight = seen(seen_by=seen_by, purpose=purpose)
    return sight.consents.filter(household=household, household__left_at=None).order_by(
        F("given_at").asc(), "id"
    )


def _names(actors: set[str]) -> dict[str, str]:
    """Return the names of those actors who are members of staff."""
    ids = [int(each.removeprefix("staff:")) for each in actors if each.startswith("staff:")]
    return {f"staff:{one.pk}": one.name for one in Staff.objects.filter(id__in=ids)}


def _card(row: Consent, names: Mapping[str, str], at: datetime) -> ConsentCard:
    return ConsentCard(
        id=row.pk,
        kind=row.kind,
        service=row.service,
        data=row.data,
        recipient=row.recipient,
        vendor=row.vendor.name if row.vendor else "",
        aim=row.aim,
        window=row.window,
        form=row.form,
        obtained_how=row.obtained_how,
        obtained_by=names.get(row.obtained_by, ""),
        evidence=row.evidence,
        evidence_hash=row.evidence_hash,
        given_at=row.given_at,
        until=row.until,
        withdrawn_at=row.withdrawn_at,
        withdrawn_how=row.withdrawn_how,
        renewed_at=row.renewed_at,
        stands=row.agreement.stands(at),
    )
