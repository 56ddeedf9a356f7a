"""Studies: a rule held against the past of many homes. Who asked, how far it is, what came out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from anbu.care.people.queries import within_sight
from anbu.care.staff.models import Staff

from ..models import Device, Feed, Study
from ..rules import MAY_STUDY
from .learned import FeedRow


@dataclass(frozen=True, kw_only=True)
class StudyCard:
    """One study, as its page shows it."""

    id: UUID
    asked_by: str
    asked_at: datetime
    scope: dict[str, str]
    draft: dict[str, Any]
    state: str
    part: str
    done: int
    total: int
    why: str
    ended_at: datetime | None
    result: dict[str, Any] | None
    adopted: str  # name and version of the policy it became; "" = none
    adopted_from: datetime | None

    @property
    def percent(self) -> int:
        """Return how much of the present part is done."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_open(self) -> bool:
        """Return whether it still waits or runs."""
        return self.state in (Study.State.WAITING, Study.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Told:
    """What one feed said in a time."""

    household: UUID
    feed: FeedRow
    at: NDArray[np.float64]  # seconds since 1970, ends of the intervals
    value: NDArray[np.float64]


def studies(*, seen_by: Staff, at_most: int = 20) -> tuple[StudyCard, ...]:
    """Return the newest studies this person may see: the own; who reaches the city, all."""
    return tuple(_card(row) for row in _visible(seen_by).defer("result")[:at_most])


def study(*, study: UUID, seen_by: Staff) -> StudyCard | None:
    """Return one study, or None where it does not exist for this person."""
    row = _visible(seen_by).filter(id=study).first()
    return _card(row, with_result=True) if row else None


def _visible(seen_by: Staff) -> Any:
    rows = Study.objects.select_related("asked_by", "adopted").order_by("-asked_at", "-id")
    if not seen_by.is_active or seen_by.role not in MAY_STUDY:
        return rows.none()
    return rows if seen_by.role == Staff.Role.SUPERVISOR else rows.filter(asked_by=seen_by)


def _card(row: Study, *, with_result: bool = False) -> StudyCard:
    adopted = row.adopted
    return StudyCard(
        id=row.pk,
        asked_by=row.asked_by.name,
        asked_at=row.asked_at,
        scope=row.scope,
        draft=row.draft,
        state=row.state,
        part=row.part,
        done=row.done,
        total=row.total,
        why=row.why,
        ended_at=row.ended_at,
        result=row.result if with_result else None,
        adopted=f"{adopted.name} {adopted.version}" if adopted else "",
        adopted_from=adopted.valid_from if adopted else None,
    )


def homes_in(*, scope: dict[str, str], seen_by: Staff) -> list[UUID]:
    """Return the homes of a scope that have a clock, as far as this person reaches. One query."""
    homes = within_sight(seen_by=seen_by).filter(watch__isnull=False)
    paths = {
        "household": "id",
        "dong": "dong__code",
        "district": "dong__district__code",
        "tier": "tier",
        "provider": "devices__provider__code",
    }
    for key, value in scope.items():
        homes = homes.filter(**{paths[key]: value})
    return list(homes.order_by("id").distinct().values_list("id", flat=True))


def settled(*, households: Collection[UUID], before: datetime) -> list[UUID]:
    """Return which of these homes had a device before that moment, by id. One query."""
    rows = Device.objects.filter(household__in=households, enrolled_at__lt=before, revoked_at=None)
    return list(rows.order_by("household_id").distinct().values_list("household_id", flat=True))


HEARD = """
SELECT channel, string_agg(float8send(extract(epoch FROM at)::float8), ''::bytea ORDER BY at),
       string_agg(float8send(value::float8), ''::bytea ORDER BY at)
FROM reading WHERE device_id = %s AND at > %s AND at <= %s GROUP BY channel
"""


def told_by(*, households: Collection[UUID], since: datetime, until: datetime) -> Iterator[Told]:
    """Yield what the feeds of these homes said, home by home; a query for every device."""
    of: dict[int, list[Feed]] = {}
    found = Feed.objects.filter(household__in=households)
    for each in found.order_by("household_id", "device_id", "id"):
        of.setdefault(each.device_id, []).append(each)
    for device, feeds in of.items():
        with connection.cursor() as cursor:
            cursor.execute(HEARD, [device, since, until])
            said = {channel: (at, value) for channel, at, value in cursor.fetchall()}
        for feed in feeds:
            if feed.channel in said:
                at, value = (
                    np.frombuffer(bytes(b), ">f8").astype(float) for b in said[feed.channel]
                )
                row = FeedRow(
                    id=feed.pk, channel=feed.channel, interval_s=max(round(feed.interval_s), 1)
                )
                yield Told(feed.household_id, row, at, value)
