"""Devices, those who send for them, and what was refused. Names no person."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count

from anbu.kernel.evidence import BY_CODE, SEES

from ..models import Device, Feed, Provider, Quarantine
from ..rules import moment


@dataclass(frozen=True, slots=True)
class DeviceLogin:
    """What the broker's door needs to know of a device."""

    is_revoked: bool
    secret_hash: str


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    code: str
    source: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHealth:
    """How fresh one provider's whole feed is."""

    provider: str
    name: str
    last_at: datetime | None
    late: bool


class Service(NamedTuple):
    """A kind of check-in, and whose it is."""

    source: str  # a folder in anbu.sources
    name: str  # the provider's


def device_logins(*, codes: Collection[str]) -> dict[str, DeviceLogin]:
    """Return the log-ins of these devices; unknown ones are left out."""
    rows = Device.objects.filter(code__in=codes).values_list("code", "revoked_at", "secret_hash")
    return {code: DeviceLogin(revoked is not None, kept) for code, revoked, kept in rows}


def sources_of(*, codes: Collection[str]) -> dict[str, str]:
    """Return in whose language each of these devices speaks; unknown ones are left out."""
    rows = Device.objects.filter(code__in=codes).values_list("code", "provider__source")
    return dict(rows)


def services_of(*, households: Collection[UUID]) -> dict[UUID, tuple[Service, ...]]:
    """Return through which services each of these homes is watched now."""
    rows = Device.objects.filter(household__among=households, revoked_at=None).values_list(
        "household_id", "provider__source", "provider__name"
    )
    found: dict[UUID, list[Service]] = defaultdict(list)
    for home, source, name in rows.order_by("provider__name", "id"):
        found[home].append(Service(source, name))
    return {home: tuple(dict.fromkeys(services)) for home, services in found.items()}


def seen_through(*, households: Collection[UUID], now: datetime) -> dict[UUID, tuple[str, ...]]:
    """Return through which channels each of these homes can be seen at this moment."""
    rows = Feed.objects.filter(
        household__in=households, device__revoked_at=None, last_at__isnull=False
    ).values_list("household_id", "channel", "last_at", "device__interval", "device__lag")
    found: dict[UUID, list[str]] = defaultdict(list)
    for home, channel, last, interval, lag in rows.order_by("channel", "id"):
        long_ago = now.timestamp() - (last or 0.0) - lag.total_seconds()
        if SEES[channel] and long_ago <= _longest(interval.total_seconds()).total_seconds():
            found[home].append(BY_CODE[channel].name)
    return {home: tuple(dict.fromkeys(names)) for home, names in found.items()}


def devices_revoked_since(*, since: datetime) -> list[str]:
    """Return the codes of devices revoked at or after a moment."""
    revoked = Device.objects.filter(revoked_at__gte=since).order_by("revoked_at", "id")
    return list(revoked.values_list("code", flat=True))


def provider_keys(*, code: str) -> ProviderKeys | None:
    """Return the live signing secrets of a provider."""
    row = Provider.objects.filter(code=code).values_list("code", "source", "secrets").first()
    return ProviderKeys(row[0], row[1], tuple(row[2])) if row else None


FRESHNESS = """
SELECT p.code, p.name, max(g.last)::float8, min(extract(epoch FROM g.since))::float8,
       max(g.every)::float8, max(extract(epoch FROM g.lag))::float8, array_agg(g.channel)
FROM readings_provider p JOIN (
    SELECT d.provider_id, f.channel, max(f.last_at) AS last, min(d.enrolled_at) AS since,
           max(f.interval_s) AS every, max(d.lag) AS lag
    FROM readings_device d JOIN readings_feed f ON f.device_id = d.id
    WHERE d.revoked_at IS NULL GROUP BY d.provider_id, f.channel
) g ON g.provider_id = p.id
GROUP BY p.id ORDER BY p.code
"""


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What the freshness of one provider's whole feed is judged by; moments in s since 1970."""

    provider: str
    name: str
    last_at: float | None
    since: float
    interval_s: float
    lag_s: float
    channels: list[int]


def feed_health(now: datetime) -> list[FeedHealth]:
    """Return how fresh each provider's feed is. Names no home."""
    return health_of(feed_facts(), now=now)


def feed_facts() -> list[FeedFacts]:
    """Return the newest reading of each provider; looks at every feed of the city."""
    with connection.cursor() as cursor:
        cursor.execute(FRESHNESS)
        return [FeedFacts(*row) for row in cursor.fetchall()]


def health_of(facts: Iterable[FeedFacts], *, now: datetime) -> list[FeedHealth]:
    """Return how fresh these feeds are at this moment."""
    return [
        FeedHealth(
            provider=each.provider,
            name=each.name,
            last_at=None if each.last_at is None else moment(each.last_at),
            late=_is_late(each, now),
        )
        for each in facts
    ]


def _is_late(feed: FeedFacts, now: datetime) -> bool:
    """A whole provider that misses three reports and half an hour is late.

    Who only asks now and then has until everybody's turn has come.
    """
    lag = timedelta(seconds=feed.lag_s)
    last = None if feed.last_at is None else moment(feed.last_at)
    if not SEES[feed.channels].any():
        return now - (last or moment(feed.since)) > timedelta(seconds=feed.interval_s) + lag
    return last is None or now - last > _longest(feed.interval_s) + lag


def _longest(interval_s: float) -> timedelta:
    return min(
        timedelta(seconds=settings.BLIND_AT_LEAST_S),
        timedelta(seconds=max(3 * interval_s, 1800)),
    )


def why_quarantined(*, since: datetime) -> dict[str, int]:
    """Return how many messages were set aside since then, by reason."""
    rows = Quarantine.objects.filter(received_at__gte=since).values_list("reason")
    return dict(rows.annotate(n=Count("id")).order_by("reason"))


def messages_taken_in(*, codes: Collection[str]) -> int:
    """Return how many messages of these devices are committed, each counted once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM delivery JOIN readings_device d ON d.id = device_id"
            " WHERE d.code = ANY(%s)",
            [list(codes)],
        )
        return int(cursor.fetchone()[0])


def rows_without_a_day() -> dict[str, int]:
    """Return how many rows the default partitions hold; anything above nought wants a look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM reading_default), (SELECT count(*) FROM sign_default)"
        )
        readings, signs = cursor.fetchone()
    return {"reading": readings, "sign": signs}
