"""Writing down that a home agreed, or that it no longer does."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anbu.care.foundation.actions import record
from anbu.care.places.models import Organisation

from ..models import Consent, Enrolment, Household
from ..queries.consents import standing
from ..rules import BadInput, clean
from ..rules.consents import KINDS, Data, Recipient, Terms
from .changing import UnknownHome

SHA256 = re.compile(r"[0-9a-f]{64}")
SAME = ("service", "data", "recipient", "aim", "window", "vendor")


@transaction.atomic
def give_consent(
    *,
    household: UUID,
    kind: str,
    obtained_how: str,
    service: str = "",
    data: str = "",
    vendor: int | None = None,
    form: str = "",
    evidence: str = "",
    evidence_hash: str = "",
    until: datetime | None = None,
    by: str,
    now: datetime,
) -> None:
    """Write down that this home agreed: to what, how, on which form, with which evidence.

    The same consent on the same form stays as it is; a newer form takes the place of the older.
    `vendor`: of a consent to a vendor, which organisation it is.
    """
    home = Household.objects.select_for_update().get(id=household)
    made = new_consent(
        home,
        kind,
        obtained_how,
        by,
        now,
        service=service,
        data=data,
        vendor=vendor,
        form=form,
        evidence=evidence,
        evidence_hash=evidence_hash,
        until=until,
    )
    same = {name: getattr(made, name) for name in SAME}
    open_ones = Consent.objects.filter(**same, household=home, withdrawn_at=None, renewed_at=None)
    for before in open_ones:
        if before.agreement.stands(now) and (before.form, before.until) == (made.form, made.until):
            return  # agreed already: saying yes twice changes nothing
        before.renewed_at = now
        before.save(update_fields=["renewed_at"])
    made.save(force_insert=True)
    record(
        by=by,
        verb="give_consent",
        at=now,
        household=household,
        kind=kind,
        consent=made.pk,
        service=made.service,
        data=made.data,
        form=made.form,
    )


@transaction.atomic
def withdraw_consent(*, household: UUID, kind: str, how: str = "", by: str, now: datetime) -> None:
    """Write down that this home no longer agrees to any of this kind, for no service at all.

    What was agreed of this kind ends together: a person who says stop need not name parts.
    """
    Household.objects.select_for_update().get(id=household)
    terms = KINDS[_kind(kind)]
    rows = Consent.objects.filter(
        household_id=household,
        recipient=terms.recipient,
        aim=terms.aim,
        window=terms.window,
    )
    if not _end(rows, how=how, by=by, now=now):
        raise BadInput("거둘 동의가 없습니다.")
    record(by=by, verb="withdraw_consent", at=now, household=household, kind=kind)


@transaction.atomic
def withdraw_one(*, household: UUID, consent: int, how: str, by: str, now: datetime) -> None:
    """Write down that one consent of this home was taken back."""
    Household.objects.select_for_update().get(id=household)
    told = clean(how, what="거둔 방법", at_most=120, needed=True)
    row = Consent.objects.filter(id=consent, household=household)
    kinds = [each.kind for each in row]
    if not kinds:
        raise UnknownHome  # none of this home's: whose it is, and whether, is nobody's to learn
    if not _end(row, how=told, by=by, now=now):
        raise BadInput("거둘 동의가 없습니다.")
    record(
        by=by, verb="withdraw_consent", at=now, household=household, kind=kinds[0], consent=consent
    )


def new_consent(
    household: Household,
    kind: str,
    obtained_how: str,
    by: str,
    now: datetime,
    *,
    service: str = "",
    data: str = "",
    vendor: int | None = None,
    form: str = "",
    evidence: str = "",
    evidence_hash: str = "",
    until: datetime | None = None,
) -> Consent:
    """Return a consent as it is stored, or refuse it."""
    terms = KINDS[_kind(kind)]
    if service and service not in Enrolment.Service.values:
        raise BadInput("서비스를 골라 주세요.")
    if data and data not in set(Data):
        raise BadInput("자료의 종류를 골라 주세요.")
    if until is not None and until <= now:
        raise BadInput("동의가 끝나는 때는 지금보다 뒤여야 합니다.")
    digest = evidence_hash.strip().lower()
    if digest and not SHA256.fullmatch(digest):
        raise BadInput("문서 지문은 SHA-256 예순네 글자로 적어 주세요.")
    return Consent(
        household=household,
        service=service,
        data=data,
        vendor=_vendor(terms, vendor),
        recipient=terms.recipient,
        aim=terms.aim,
        window=terms.window,
        form=clean(form, what="동의서 판", at_most=20),
        obtained_how=clean(obtained_how, what="동의를 받은 방법", at_most=120, needed=True),
        obtained_by=by,
        evidence=clean(evidence, what="동의서가 있는 곳", at_most=120),
        evidence_hash=digest,
        given_at=now,
        until=until,
    )


def _vendor(terms: Terms, vendor: int | None) -> Organisation | None:
    """Return the vendor a consent names; one to a vendor names it, any other names none."""
    if (terms.recipient is Recipient.VENDOR) != (vendor is not None):
        raise BadInput("서비스 업체에 대한 동의에만, 그리고 반드시 업체를 골라 주세요.")
    if vendor is None:
        return None
    kind = Organisation.Kind.VENDOR
    found = Organisation.objects.filter(id=vendor, kind=kind, valid_until=None).first()
    if found is None:
        raise BadInput("업체를 골라 주세요.")
    return found


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise BadInput("동의의 종류를 골라 주세요.")
    return kind


def _end(rows: QuerySet[Consent], *, how: str, by: str, now: datetime) -> int:
    """Withdraw what stands; one that has run out by itself is not withdrawn any more."""
    open_ones = rows.filter(standing(at=now), withdrawn_at=None, renewed_at=None)
    return open_ones.update(withdrawn_at=now, withdrawn_by=by, withdrawn_how=how)
