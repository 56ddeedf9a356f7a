"""Which vendor answers for a service, in a district, at an hour: the lines of its contract."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from .duty import SEOUL, is_working_day

WORKING, OFF = "working", "off"


@dataclass(frozen=True, kw_only=True)
class Term:
    """One line of a contract as it stands. Times are of Seoul; `until` is exclusive."""

    id: int
    post: int
    vendor: int  # the organisation
    service: str
    provider: str  # "": whoever's devices
    district: int
    days: str  # "" always, WORKING or OFF
    opens: time
    closes: time  # just before then; like `opens`: all day
    since: date
    until: date | None

    def holds(self, at: datetime, holidays: Collection[date]) -> bool:
        """Say whether the vendor answers at this moment."""
        local = at.astimezone(SEOUL)
        day, clock = local.date(), local.time()
        if day < self.since or (self.until is not None and day >= self.until):
            return False
        works = is_working_day(day, holidays)
        if self.days and self.days != (WORKING if works else OFF):
            return False
        if self.opens == self.closes:
            return True
        if self.opens < self.closes:
            return self.opens <= clock < self.closes
        return clock >= self.opens or clock < self.closes


def term_of(
    terms: Iterable[Term],
    *,
    services: Collection[str],
    provider: str,
    district: int,
    at: datetime,
    holidays: Collection[date],
) -> Term | None:
    """Return the line that holds for devices like these, the one that says most; None: none does.

    `services`: what a device of this kind may belong to. Of two that say as much, the older.
    """
    fitting = [
        term
        for term in terms
        if term.service in services
        and term.district == district
        and term.provider in ("", provider)
        and term.holds(at, holidays)
    ]
    return min(fitting, key=lambda t: (not t.provider, not t.days, t.since, t.id), default=None)
