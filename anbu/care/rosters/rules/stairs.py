"""Who is told of a hole in a roster, and when: higher and higher, before it opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class HoleState(StrEnum):
    FOUND = "found"  # 찾음: it stands on the roster, there is time
    TOLD = "told"  # 알림: somebody was told, and is again until it is covered
    COVERED = "covered"  # 채움
    PASSED = "passed"  # 빈 채로 지나감: nobody came


class Rise(StrEnum):
    OFFICE = "office"  # who leads the post
    DISTRICT = "district"  # 구청
    CITY = "city"  # the city, and everybody of the post


NEXT = {
    HoleState.FOUND: {HoleState.TOLD, HoleState.COVERED, HoleState.PASSED},
    HoleState.TOLD: {HoleState.COVERED, HoleState.PASSED},
    HoleState.COVERED: set(),
    HoleState.PASSED: set(),
}
OPEN = (HoleState.FOUND, HoleState.TOLD)
RISES = {  # which stairs a post of each kind has; the centre and a vendor belong to none
    "dong": (Rise.OFFICE, Rise.DISTRICT, Rise.CITY),
    "centre": (Rise.OFFICE, Rise.CITY),
    "vendor": (Rise.OFFICE, Rise.CITY),  # it may serve several districts
}


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """How long before a hole opens each stair is told, and how often the last one again.

    Our own guess, with room for a weekend: docs/decisions/0043. Each is a setting.
    """

    office: timedelta = timedelta(hours=72)
    district: timedelta = timedelta(hours=24)
    city: timedelta = timedelta(hours=4)
    again: timedelta = timedelta(minutes=30)

    def before(self, stair: Rise) -> timedelta:
        """Return how long before the hole opens this stair is told."""
        return {Rise.OFFICE: self.office, Rise.DISTRICT: self.district, Rise.CITY: self.city}[stair]


def stair_at(*, kind: str, begins_at: datetime, now: datetime, ahead: Ahead) -> Rise | None:
    """Return how far up a hole that begins then must have gone by now; None: there is time."""
    due = [each for each in RISES[kind] if now >= begins_at - ahead.before(each)]
    return due[-1] if due else None


def tell_next_at(
    *, kind: str, begins_at: datetime, now: datetime, is_taken: bool, ahead: Ahead
) -> datetime | None:
    """Return when somebody is told next, once what is due now has been.

    On the last stair again and again, until somebody takes it on; then nobody is told any more.
    """
    coming = [at for each in RISES[kind] if (at := begins_at - ahead.before(each)) > now]
    if coming:
        return min(coming)
    return None if is_taken else now + ahead.again
