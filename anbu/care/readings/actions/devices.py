"""Enrolling devices and those who send for them."""

import re
from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.kernel.signs import BY_NAME
from anbu.sources.registry import SOURCES

from ..models import Device, Feed, Provider, Watch, seen_through
from ..rules import NotAllowed, Through, new_secret, new_signing_secret, secret_hash
from .clocks import start_watch

CODE = re.compile(r"[0-9a-z-]{1,40}")


@transaction.atomic
def add_provider(*, code: str, name: str, source: str, by: str, now: datetime) -> str:
    """Write down who may send, and return their signing secret."""
    if source not in SOURCES:
        raise NotAllowed(f"{source}: no such source; one of {', '.join(SOURCES)}")
    if not CODE.fullmatch(code) or Provider.objects.filter(code=code).exists():
        raise NotAllowed(f"{code}: taken, or not made of a-z, 0-9 and -")
    secret = new_signing_secret()
    Provider.objects.create(code=code, name=name, source=source, secrets=[secret])
    record(by=by, verb="add_provider", at=now, provider=code)
    return secret


@transaction.atomic
def rotate_provider_secret(*, code: str, by: str, now: datetime) -> str:
    """Give a provider a new signing secret; the one before stays good until the next turn."""
    provider = Provider.objects.select_for_update().filter(code=code).first()
    if provider is None:
        raise NotAllowed(f"{code}: no such provider")
    secret = new_signing_secret()
    provider.secrets = [secret, *provider.secrets[:1]]
    provider.save(update_fields=["secrets"])
    record(by=by, verb="rotate_provider_secret", at=now, provider=code)
    return secret


@transaction.atomic
def add_device(
    *,
    code: str,
    household: UUID,
    provider: str,
    interval: timedelta,
    channels: list[str],
    lag: timedelta = timedelta(),
    gateway: str = "",
    feeder: str = "",
    cell: str = "",
    by: str,
    now: datetime,
) -> str:
    """Enrol a device with its channels, start watching its home, return its broker password."""
    unknown = [name for name in channels if name not in BY_NAME]
    if unknown or not channels:
        raise NotAllowed(f"{', '.join(unknown) or 'none'}: no such channel")
    if not CODE.fullmatch(code) or Device.objects.filter(code=code).exists():
        raise NotAllowed(f"{code}: taken, or not made of a-z, 0-9 and -")
    if interval < timedelta(seconds=1):
        raise NotAllowed("a device reports at most once a second")
    sender = Provider.objects.filter(code=provider).first()
    if sender is None:
        raise NotAllowed(f"{provider}: no such provider")
    start_watch(household=household, by=by, now=now)
    password = new_secret()
    device = Device.objects.create(
        code=code,
        household_id=household,
        provider=sender,
        interval=interval,
        lag=lag,
        gateway=gateway,
        feeder=feeder,
        cell=cell,
        secret_hash=secret_hash(password),
        enrolled_at=now,
    )
    Feed.objects.bulk_create(
        Feed(
            device=device,
            household_id=household,
            channel=BY_NAME[name].code,
            interval_s=interval.total_seconds(),
        )
        for name in channels
    )
    _set_sight(household, now)
    record(by=by, verb="add_device", at=now, household=household, device=code)
    return password


@transaction.atomic
def revoke_device(*, code: str, by: str, now: datetime) -> None:
    """Let a device in no longer, and end its open connection."""
    device = Device.objects.select_for_update().filter(code=code).first()
    if device is None:
        raise NotAllowed(f"{code}: no such device")
    if device.revoked_at is None:
        device.revoked_at = now
        device.save(update_fields=["revoked_at"])
        _set_sight(device.household_id, now)
    record(by=by, verb="revoke_device", at=now, household=device.household_id, device=code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('anbu_revoked', %s)", [code])


def _set_sight(household: UUID, now: datetime) -> None:
    """Write down through what a home is seen; a home that can be seen again is looked at."""
    devices = Device.objects.filter(household=household, revoked_at=None)
    channels = defaultdict(set)
    for device, channel in Feed.objects.filter(device__in=devices).values_list("device", "channel"):
        channels[device].add(channel)
    through = [
        Through(interval=device.interval, lag=device.lag, channels=channels[device.pk])
        for device in devices
    ]
    if not through:
        return
    sight = seen_through(through)
    watches = Watch.objects.filter(household=household)
    watches.update(blind_after_s=sight.blind_after_s, lag_s=sight.lag_s)
    if watches.exclude(sees=sight.sees).update(sees=sight.sees):
        watches.update(check_at=now)
