"""Enrolling the devices of a whole city in one go: a list from a vendor or a utility."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record_each
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.models import Household
from anbu.care.people.queries import for_actor
from anbu.kernel.signs import BY_NAME

from ..models import Device, Feed, Provider, Watch, seen_through
from ..queries.policies import hours_of
from ..rules import NotAllowed, SightOf, Through, new_secret, secret_hash
from .devices import CODE


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    code: str
    household: UUID
    provider: str
    interval: timedelta
    channels: Sequence[str]
    lag: timedelta = timedelta()
    gateway: str = ""
    feeder: str = ""
    cell: str = ""


@transaction.atomic
def add_devices(*, devices: Sequence[NewDevice], by: str, now: datetime) -> dict[str, str]:
    """Enrol new devices in homes not watched before; return each one's broker password."""
    providers = {provider.code: provider for provider in Provider.objects.all()}
    _check(devices, providers)
    _start_watches(devices, now)
    passwords = {device.code: new_secret() for device in devices}
    made = Device.objects.bulk_create(
        Device(
            code=device.code,
            household_id=device.household,
            provider=providers[device.provider],
            interval=device.interval,
            lag=device.lag,
            gateway=device.gateway,
            feeder=device.feeder,
            cell=device.cell,
            secret_hash=secret_hash(passwords[device.code]),
            enrolled_at=now,
        )
        for device in devices
    )
    Feed.objects.bulk_create(
        Feed(
            device=row,
            household_id=device.household,
            channel=BY_NAME[name].code,
            interval_s=device.interval.total_seconds(),
        )
        for row, device in zip(made, devices, strict=True)
        for name in device.channels
    )
    homes = [device.household for device in devices]
    record_each(by=by, verb="add_device", at=now, households=homes, listed=len(devices))
    return passwords


def _check(devices: Sequence[NewDevice], providers: dict[str, Provider]) -> None:
    codes = [device.code for device in devices]
    taken = set(Device.objects.filter(code__in=codes).values_list("code", flat=True))
    for device in devices:
        if not CODE.fullmatch(device.code) or device.code in taken:
            raise NotAllowed(f"{device.code}: taken, or not made of a-z, 0-9 and -")
        taken.add(device.code)
        unknown = [name for name in device.channels if name not in BY_NAME]
        if unknown or not device.channels:
            raise NotAllowed(f"{device.code}: {', '.join(unknown) or 'none'}: no such channel")
        if device.interval < timedelta(seconds=1):
            raise NotAllowed(f"{device.code}: a device reports at most once a second")
        if device.provider not in providers:
            raise NotAllowed(f"{device.code}: {device.provider}: no such provider")
    homes = {device.household for device in devices}
    if Watch.objects.filter(household__in=homes).exists():
        raise NotAllowed("a home of this list is watched already: add its devices one by one")


def _start_watches(devices: Sequence[NewDevice], now: datetime) -> None:
    """Start each home's silence clock; it is seen through its quickest device."""
    through: dict[UUID, list[Through]] = defaultdict(list)
    for device in devices:
        codes = [BY_NAME[name].code for name in device.channels]
        eye = Through(interval=device.interval, lag=device.lag, channels=codes)
        through[device.household].append(eye)
    sight = for_actor(machine("fleet"), Purpose("machine", "start_watch"))
    hours = hours_of(households=through, now=now)
    Watch.objects.bulk_create(
        _watch(home, hours[home.id], seen_through(through[home.id]), now)
        for home in sight.households.filter(id__in=through).order_by("id")
    )


def _watch(home: Household, hours: int, sight: SightOf, now: datetime) -> Watch:
    return Watch(
        household=home,
        patience_s=hours * 3600.0,
        blind_after_s=sight.blind_after_s,
        lag_s=sight.lag_s,
        sees=sight.sees,
        confirmed=float(int(now.timestamp())),  # whoever installs it sees the person
        check_at=now + timedelta(seconds=min(hours * 3600.0, sight.blind_after_s)),
    )
