"""What cannot be seen: many homes with one cause are one row, a home alone is its own."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from anbu.care.people import queries as people
from anbu.care.people.models import Person
from anbu.care.places.rules import SEOUL
from anbu.care.readings.models import Feed, Provider
from anbu.care.readings.rules import blind_after
from anbu.care.staff.models import Staff

from ..models import Alarm, Blindness
from .cards import BlindHome, CauseRow
from .city import feeds
from .groups import hit_by_open_groups

SAME_TIME = timedelta(minutes=15)  # blind since about the same time: probably one cause
# Fewer than three homes are as likely two loose plugs: each is a home to ask, not a cause to find,
# and must not push people in trouble down the list of what to do now.
CAUSE_AT_LEAST = 3
# Five plugs of one provider do not break in the same quarter of an hour: something they share did.
FEED_AT_LEAST = 5


@dataclass(frozen=True, kw_only=True)
class Unseen:
    """View 6: the causes, and the homes that no cause counts."""

    causes: tuple[CauseRow, ...]
    homes: tuple[BlindHome, ...]  # only when asked for: they say whose home it is
    total: int  # rows of the view


def unseen(*, seen_by: Staff, now: datetime, with_homes: bool = False) -> Unseen:
    """Return what cannot be seen in this person's area, the longest blind first."""
    groups = _groups(seen_by)
    wide = [group for group in groups if len(group) >= CAUSE_AT_LEAST]
    alone = [one for group in groups if len(group) < CAUSE_AT_LEAST for one in group]
    names = dict(Provider.objects.values_list("code", "name")) if groups else {}
    return Unseen(
        causes=_causes(wide, names, seen_by, now),
        homes=_homes(alone, names, seen_by, now) if with_homes else (),
        total=len(wide) + len(alone),
    )


def cause_rows(*, seen_by: Staff, now: datetime) -> tuple[CauseRow, ...]:
    """Return one row for each cause that hides several homes, the longest blind first."""
    return unseen(seen_by=seen_by, now=now).causes


class Blind(NamedTuple):
    household: UUID
    provider: str
    since: datetime
    owner_post: str
    troubled: bool


type Group = list[Blind]


def _groups(seen_by: Staff) -> list[Group]:
    troubled = Alarm.objects.filter(household=OuterRef("household"), closed_at=None)
    rows = (
        Blindness.objects.filter(ended_at=None, household__in=people.within_sight(seen_by=seen_by))
        .exclude(household__in=hit_by_open_groups(seen_by=seen_by))  # their row tells it
        .order_by("provider", "since", "id")
        .values_list("household_id", "provider", "since", "owner_post__name", Exists(troubled))
    )
    groups: list[Group] = []
    for one in map(Blind._make, rows):
        last = groups[-1][-1] if groups else None
        if last and last.provider == one.provider and one.since - last.since <= SAME_TIME:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _causes(
    groups: Sequence[Group], names: dict[str, str], seen_by: Staff, now: datetime
) -> tuple[CauseRow, ...]:
    if not groups:
        return ()
    late: set[str] = set()
    if any(len(group) < FEED_AT_LEAST for group in groups):
        late = {feed.provider for feed in feeds(now=now) if feed.late}
    otherwise = _seen_otherwise({group[0].provider for group in groups}, seen_by, now)
    causes = [
        CauseRow(
            key=f"{group[0].provider}:{int(group[0].since.timestamp())}",
            provider=group[0].provider,
            provider_name=names.get(group[0].provider, group[0].provider),
            cause=_cause(group, late),
            since=group[0].since,
            homes=len(group),
            with_alarm=sum(one.troubled for one in group),
            seen_otherwise=_about(group, otherwise),
            owner_post=group[0].owner_post,
        )
        for group in groups
    ]
    return tuple(sorted(causes, key=lambda cause: (cause.since, cause.key)))


def _cause(group: Group, late: Collection[str]) -> str:
    whole = group[0].provider in late or len(group) >= FEED_AT_LEAST
    return "feed" if whole else "device"


def _seen_otherwise(
    providers: Collection[str], seen_by: Staff, now: datetime
) -> list[tuple[str, datetime]]:
    """Return whose device fell quiet and when, where the home itself can still be seen."""
    at_least_s = settings.BLIND_AT_LEAST_S
    rows = (
        Feed.objects.filter(
            device__provider__code__in=providers,
            device__revoked_at=None,
            last_at__lt=now.timestamp() - at_least_s,
            household__in=people.within_sight(seen_by=seen_by),
            household__watch__blind_since=None,
        )
        .values("household", "device__provider__code")
        .annotate(last=Max("last_at"), every=Max("device__interval"), lag=Max("device__lag"))
        .order_by("last", "household")
        .values_list("device__provider__code", "last", "every", "lag")
    )
    blind_from = [
        (
            provider,
            last
            + blind_after(every, lag, intervals=settings.BLIND_INTERVALS, at_least_s=at_least_s),
        )
        for provider, last, every, lag in rows
    ]
    return [
        (provider, datetime.fromtimestamp(since, UTC))
        for provider, since in blind_from
        if since < now.timestamp()
    ]


def _about(group: Group, quiet: Iterable[tuple[str, datetime]]) -> int:
    first, last = group[0].since - SAME_TIME, group[-1].since + SAME_TIME
    return sum(p == group[0].provider and first <= since <= last for p, since in quiet)


def _homes(
    alone: Group, names: dict[str, str], seen_by: Staff, now: datetime
) -> tuple[BlindHome, ...]:
    ids: list[UUID] = [one.household for one in alone]
    persons = {
        person.household_id: person
        for person in people.seen(seen_by=seen_by)
        .people.filter(household__in=ids)
        .select_related("household__dong")
    }
    newest = dict(
        Feed.objects.filter(household__in=ids, device__revoked_at=None)
        .values_list("household")
        .annotate(last=Max("last_at"))
    )
    return tuple(
        _home(one, persons[one.household], newest.get(one.household), names, now)
        for one in sorted(alone, key=lambda one: (one.since, one.household))
    )


def _home(
    one: Blind, person: Person, last: float | None, names: dict[str, str], now: datetime
) -> BlindHome:
    home = person.household
    return BlindHome(
        household=home.id,
        name=person.name,
        age=now.astimezone(SEOUL).year - person.birth_year,
        sex=person.sex,
        place=" · ".join(part for part in (home.dong.name, home.unit) if part),
        provider_name=names.get(one.provider, one.provider),
        since=one.since,
        last_at=None if last is None else datetime.fromtimestamp(last, UTC),
        has_alarm=one.troubled,
        owner_post=one.owner_post,
    )
