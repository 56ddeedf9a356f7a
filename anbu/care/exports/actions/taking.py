"""Handing the file out to who asked for it, its password once, and deleting it in time."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record, unseal
from anbu.care.foundation.rules import Purpose
from anbu.care.staff.models import Staff

from ..models import Export, ExportFile
from ..queries import code_of
from ..rules import MOST_FETCHES, NotAllowed, State, UnknownExport
from .making import PASSWORD


@transaction.atomic
def fetch(*, export: UUID, by: Staff, now: datetime) -> tuple[str, bytes]:
    """Return the file's name and the file, to who asked for it, while it lives."""
    row = _lock_ready(export, by, now)
    if row.fetches >= MOST_FETCHES:
        raise NotAllowed("%(most)d번 받은 파일입니다. 다시 청해 주세요.", most=MOST_FETCHES)
    body = bytes(ExportFile.objects.get(pk=row.pk).body)
    row.fetches += 1
    row.save(update_fields=["fetches"])
    _trace("export_file", row, by, now)
    return f"{code_of(row.pk)}.zip", body


@transaction.atomic
def show_password(*, export: UUID, by: Staff, now: datetime) -> str:
    """Return the password of the file once, and forget it."""
    row = _lock_ready(export, by, now)
    if not row.password:
        raise NotAllowed("암호는 한 번만 보입니다. 잊었으면 다시 청해 주세요.")
    password = unseal(row.password, what=PASSWORD)
    row.password = ""  # nosec B105
    row.save(update_fields=["password"])
    _trace("see_export_password", row, by, now)
    return password


@transaction.atomic
def end_next(*, now: datetime) -> bool:
    """Delete the file whose time is over for longest; return whether there was one."""
    rows = Export.objects.select_for_update(skip_locked=True)
    row = rows.filter(state=State.READY, expires_at__lte=now).order_by("expires_at", "id").first()
    if row is None:
        return False
    ExportFile.objects.filter(pk=row.pk).delete()
    row.state, row.password = State.OVER, ""
    row.save(update_fields=["state", "password"])
    record(by="system:clock", verb="end_export", at=now, export=str(row.pk), fetches=row.fetches)
    return True


def _lock_ready(export: UUID, by: Staff, now: datetime) -> Export:
    row = Export.objects.select_for_update().filter(id=export, asked_by=by).first()
    if row is None:
        raise UnknownExport(export)
    if row.state != State.READY or row.expires_at is None or row.expires_at <= now:
        raise NotAllowed("받을 수 있는 파일이 없습니다. 기한이 지났으면 다시 청해 주세요.")
    return row


def _trace(verb: str, row: Export, by: Staff, now: datetime) -> None:
    purpose = Purpose("reason", ref=str(row.pk), text=row.reason)
    record(
        by=by.actor,
        verb=verb,
        at=now,
        purpose=purpose,
        export=str(row.pk),
        rows=row.rows,
        sha256=row.sha256,
    )
