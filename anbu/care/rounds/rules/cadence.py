"""How often a word is due, and after how many days somebody must have been reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .contacts import NotAllowed

TIERS = ("high", "mid", "low")
MOST_DAYS = 92  # nobody of a round goes a quarter without a word


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """So many contacts in so many days, a visit so often, and the bound that nobody may pass."""

    times: int
    per_days: int
    visit_days: int  # a visit at least every so many days; 0: none is asked for
    bound_days: int  # a hard bound: past it the person is named, and it escalates

    def __post_init__(self) -> None:
        whole = self.times >= 1 and 1 <= self.per_days <= MOST_DAYS
        if not whole or self.times > self.per_days:
            raise NotAllowed("며칠에 몇 번 연락할지 다시 적어 주세요.")
        if not 0 <= self.visit_days <= MOST_DAYS:
            raise NotAllowed("방문 간격은 92일 안으로 적어 주세요.")
        if not self.every_days <= self.bound_days <= MOST_DAYS:
            raise NotAllowed("상한은 연락 간격보다 짧거나 92일보다 길 수 없습니다.")

    @property
    def every_days(self) -> int:
        """Return after how many whole days the next contact is due.

        Rounded down: twice a week is due on the third day, or a week would hold fewer than two.
        """
        return max(1, self.per_days // self.times)


# Weekly for high and middle risk (Seoul), twice a week for high risk (Dongdaemun and Songpa, 2026):
# domain.md section 3. The city's own table per tier is not published; the rest is ours, and a
# district sets its own. A visit each quarter at low risk, or a home would not see the 5.3 visits a
# year that Seoul's members make (370,000 to 70,000 people).
USUAL: Mapping[str, Cadence] = {
    "high": Cadence(times=2, per_days=7, visit_days=30, bound_days=7),
    "mid": Cadence(times=1, per_days=7, visit_days=61, bound_days=14),
    "low": Cadence(times=1, per_days=14, visit_days=92, bound_days=30),
}
# 거절: who wants no calls is not left alone either. A note, a bag at the door, a neighbour asked,
# another voice: fewer, and none of them rings. Ours.
REFUSING = Cadence(times=1, per_days=30, visit_days=0, bound_days=61)


@dataclass(frozen=True, kw_only=True)
class Dues:
    """When the next word, the next visit are due, and the last day of the bound."""

    contact: date
    visit: date | None
    bound: date


def dues(
    cadence: Cadence, *, began: date, contact: date | None = None, visit: date | None = None
) -> Dues:
    """Return what is due when.

    Args:
        began: the day on which the person came into the round; it stands for what never was.
        contact: the day of the last real contact by anyone.
        visit: the day of the last visit at which the person was met.
    """
    last = max(began, contact or began)
    seen = max(began, visit or began)
    return Dues(
        contact=last + timedelta(days=cadence.every_days),
        visit=seen + timedelta(days=cadence.visit_days) if cadence.visit_days else None,
        bound=last + timedelta(days=cadence.bound_days),
    )


def days_past(bound: date, today: date) -> int:
    """Return by how many days the bound is passed; 0: it is kept."""
    return max(0, (today - bound).days)
