"""Two workers of a dong, and what their telephones tell."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from anbu.care.alarms.models import Alarm
from anbu.care.places.models import Dong
from anbu.care.rounds import actions
from anbu.care.rounds.models import Visit, Worker
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, BY, HERE, MONDAY, World

DAY = MONDAY.replace(hour=11)
NIGHT = MONDAY.replace(hour=22)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = date(2027, 3, 1)
_LOGINS, _NUMBERS = count(), count()


@dataclass
class Pair:
    """A worker, a partner, and homes to go to."""

    world: World
    worker: Worker
    partner: Worker
    numbers: count = field(default_factory=count)

    @property
    def staff(self) -> Staff:
        return self.worker.staff

    def home(self) -> UUID:
        return self.world.home(still_at=NIGHT + timedelta(hours=20))

    def begin(self, home: UUID, *, at: datetime = DAY, **told: Any) -> Visit:
        usual: dict[str, Any] = {
            "id": uuid4(),
            "worker": self.worker,
            "household": home,
            "minutes": 30,
            "partner": self.partner,
            "at": at,
            "by": self.staff,
            "now": at,
        }
        return actions.begin_visit(**{**usual, **told})

    def says(self, what: str, visit: Visit, *, at: datetime, now: datetime | None = None) -> None:
        act = {"longer": actions.longer, "fine": actions.fine, "out": actions.leave}[what]
        act(id=uuid4(), visit=visit.id, worker=self.worker, at=at, by=self.staff, now=now or at)

    def help(self, *, now: datetime = DAY, **told: Any) -> Visit:
        id = actions.call_for_help(worker=self.worker, by=self.staff, now=now, **told)
        return Visit.objects.get(id=id)

    def pin(self, pin: str, *, now: datetime) -> bool:
        self.worker.refresh_from_db()
        return actions.end_call(worker=self.worker, pin=pin, by=self.staff, now=now)


def worker(name: str, *, dong: str = HERE) -> Worker:
    """Take a worker on, trained and screened."""
    login = f"corps{next(_LOGINS)}"
    staff, _ = staffing.add_staff(
        login=login,
        name=name,
        role="care_corps",
        organisation=Staff.objects.get(login="lee").organisation_id,
        by=BY,
        now=BEFORE,
    )
    return Worker.objects.create(
        staff=staff,
        dong=Dong.objects.get(code=dong),
        trained_until=LATER,
        screened_until=LATER,
        phone=f"010-2222-{next(_NUMBERS):04d}",
    )


def pair_of(world: World) -> Pair:
    """Return two workers who go together."""
    return Pair(world, worker("강둘레"), worker("유한별"))


def signal(visit: Visit) -> Alarm:
    """Return the signal of a red visit."""
    visit.refresh_from_db()
    assert visit.alarm is not None
    return Alarm.objects.get(id=visit.alarm_id)
