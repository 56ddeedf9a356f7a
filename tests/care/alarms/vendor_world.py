"""A vendor that answers the signals of one service in one district, and homes that agreed."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from anbu.care.alarms import actions, jobs
from anbu.care.alarms.models import Alarm
from anbu.care.people import actions as people
from anbu.care.places import actions as places
from anbu.care.places import queries as where
from anbu.care.places.models import Post
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, BY, HERE, World

NAME = "해온콜"


@dataclass
class Vendor:
    """The vendor's post, its two people, and the line of its contract."""

    organisation: int
    post: Post
    first: Staff
    second: Staff
    contract: int

    def home(
        self, world: World, *, still_at: datetime, agrees: bool = True, **told: object
    ) -> UUID:
        """Register a home that falls silent then, and agreed to this vendor (or not)."""
        home = world.home(still_at=still_at, **told)  # type: ignore[arg-type]
        if agrees:
            self.agree(home, at=BEFORE)
        return home

    def agree(self, home: UUID, *, at: datetime) -> None:
        """Let this home agree to the vendor by name."""
        people.give_consent(
            household=home,
            kind="vendor",
            service="smart_plug",
            vendor=self.organisation,
            obtained_how="서면",
            by=BY,
            now=at,
        )

    def silent(self, world: World, *, at: datetime, **told: object) -> Alarm:
        """Raise the alarm of one more home that is silent at this moment."""
        home = self.home(world, still_at=at, **told)  # type: ignore[arg-type]
        while actions.raise_next_silence(now=at):
            pass
        return Alarm.objects.get(household=home)


def make_vendor(*, on_shift_at: datetime | None = None) -> Vendor:
    """Contract a vendor for the plugs of Gwanak-gu, around the clock."""
    text = f"kind,name,district,dong\nvendor,{NAME},,\n"
    places.load_organisations(text=text, by=BY, now=BEFORE)
    found = where.find_organisation("vendor", NAME)
    dong = where.find_dong(HERE, BEFORE)
    assert found is not None
    assert dong is not None
    line = places.write_contract(
        vendor=found.id,
        service="smart_plug",
        district=dong.district_id,
        opens=time(0),
        closes=time(0),
        valid_from=date(2026, 11, 13),
        by=BY,
        now=BEFORE,
    )
    taken_on = [
        staffing.add_staff(
            login=login, name=name, role="responder", post=line.post_id, by=BY, now=BEFORE
        )[0]
        for login, name in (("on", "온소리"), ("ra", "라온새"))
    ]
    if on_shift_at is not None:
        staffing.start_shift(by=taken_on[0], now=on_shift_at)
    return Vendor(found.id, line.post, taken_on[0], taken_on[1], line.pk)


def all_sweeps(now: datetime) -> None:
    """Let every job of the clock do all it finds."""
    for step in jobs.SWEEPS:
        times = 0
        while step(now):
            times += 1
            assert times < 100, f"{step.__name__} never ends"
