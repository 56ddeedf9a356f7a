"""The secret address of one's own calendar: made anew, ended, read."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from anbu.care.foundation.actions import record
from anbu.care.staff.models import Staff

from ..models import Link, Turn
from ..rules import Entry, Part, UnknownTurn, calendar_of

SECRET_BYTES = 32
KEPT = timedelta(days=31)  # so far back a calendar shows, and tells what was withdrawn
MOST_ENTRIES = 2_000


@transaction.atomic
def renew_link(*, by: Staff, now: datetime) -> str:
    """Give somebody's calendar a new address and return its secret; the one before is dead."""
    Staff.objects.select_for_update(no_key=True).get(pk=by.pk)  # two windows make one address
    Link.objects.filter(staff=by, ended_at=None).update(ended_at=now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Link.objects.create(staff=by, digest=_digest(secret), made_at=now)
    record(by=by.actor, verb="renew_calendar_link", at=now)
    return secret


@transaction.atomic
def end_link(*, by: Staff, now: datetime) -> None:
    """Let the address of somebody's calendar lead nowhere."""
    if Link.objects.filter(staff=by, ended_at=None).update(ended_at=now):
        record(by=by.actor, verb="end_calendar_link", at=now)


@transaction.atomic
def read_calendar(*, secret: str, now: datetime) -> bytes:
    """Return the calendar behind a secret, and write down that it was fetched.

    Raises:
        UnknownTurn: the secret opens nothing, or its owner works here no more.
    """
    rows = Link.objects.filter(digest=_digest(secret), ended_at=None, staff__is_active=True)
    link = rows.select_related("staff").first()
    if link is None:
        raise UnknownTurn("calendar")
    turns = Turn.objects.filter(staff=link.staff, ends_at__gt=now - KEPT)
    own = turns.select_related("post").order_by("begins_at", "id")[:MOST_ENTRIES]
    record(by=link.staff.actor, verb="read_calendar", at=now)
    return calendar_of([_entry(turn) for turn in own], title=_("안부 근무"))


def _entry(turn: Turn) -> Entry:
    what = _("호출대기 %(nth)d순위") % {"nth": turn.order}
    title = _("근무") if turn.part == Part.DUTY else what
    return Entry(
        id=turn.pk,
        title=f"{title} · {turn.post.name}",
        begins_at=turn.begins_at,
        ends_at=turn.ends_at,
        sequence=turn.sequence,
        changed_at=turn.changed_at,
        is_withdrawn=turn.withdrawn_at is not None,
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
