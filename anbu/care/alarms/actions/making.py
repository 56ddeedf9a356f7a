"""What a new alarm is made of: the home, its ladder, the post that owns it, how it is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from anbu.care.foundation.actions import like
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people import queries as people
from anbu.care.people.queries import Asking as Wish
from anbu.care.places import queries as places
from anbu.care.readings.queries import hours_of, manners
from anbu.care.readings.rules import Asking

from ..models import Alarm, Step
from ..queries.book import Book, Chosen, book_in_force, moment_of, services_in_order
from ..rules import (
    LADDER_OF,
    Case,
    Rung,
    Said,
    State,
    climbable,
    freeze,
    level_of_call,
    reason,
    worker_ladder,
    workers_of,
)
from .asking import MACHINES_OWN, Found, frozen
from .duty import Roster, roster
from .ledger import CLOCK, Change
from .outbox import Addressee, addressees

_NEW = Alarm()


class Home(NamedTuple):
    id: UUID
    dong: int
    tier: str
    district: str


@dataclass(frozen=True, kw_only=True)
class Basis:
    """All that is known of some homes at one moment, read once."""

    now: datetime
    homes: Mapping[UUID, Home]
    addressees: Mapping[UUID, Addressee]
    with_contacts: Collection[UUID]
    hours: Mapping[UUID, int]
    ways: Mapping[UUID, Asking]  # of those that a machine asks
    wishes: Mapping[UUID, Wish]  # by what a person likes to be asked; where a document says how
    services: Mapping[UUID, tuple[str, ...]]  # where a document chooses by them
    book: Book
    moment: tuple[str, int]  # working day or off, the hour of Seoul
    posts: Roster

    def change(self, found: Found, number: str) -> Change:
        """Return a new alarm with its first steps, as it would be written."""
        home = self.homes[found.household]
        chosen = self._chosen(found, home)
        ladder, asking = self._ladder(chosen, home, found)
        chair = self.posts.first(
            household=home.id,
            dong=home.dong,
            kind=found.kind,
            level=ladder[0].level,
            do=ladder[0].do,
        )
        at_message = ladder[0].do == "message" and chair.opens_at is None
        facts = self._facts(found)
        alarm = like(
            _NEW,
            id=new_id(),
            number=number,
            household_id=home.id,
            kind=found.kind,
            level=int(ladder[0].level),
            state=State.RAISED,
            due_at=found.due_at,
            raised_at=self.now,
            last_sign_at=found.last_sign_at,
            reason=reason(facts, self.now),
            facts=facts,
            owner_post_id=chair.post.pk,
            owner_since=self.now,
            # a colleague in danger is in the sight of the whole centre, by day too
            centre_owned=chair.post.kind == "centre" or found.kind == Alarm.Kind.WORKER,
            ladder=freeze(ladder),
            protocol_id=chosen.protocol,
            confirms=chosen.confirms,
            asking=asking,
            rung_started_at=self.now,
            rung_due_at=chair.opens_at or self.now + timedelta(seconds=ladder[0].wait_s),
            waits_for="morning" if chair.opens_at else "answer" if at_message else "",
        )
        change = Change(alarm, "raise_" + found.kind)
        change.step(Step.Kind.RAISED, level=alarm.level, reason=alarm.reason, facts=facts)
        waits = {"waits": chair.why} if chair.why else {}
        change.step(Step.Kind.OWNER, to=chair.post.name, how="raised", **waits)
        return change

    def _chosen(self, found: Found, home: Home) -> Chosen:
        day, hour = self.moment
        case = Case(
            kind=_kind_of(found),
            services=self.services.get(home.id, ()),
            tier=home.tier,
            district=home.district,
            day=day,
            hour=hour,
        )
        return self.book.choose(case)

    def _ladder(
        self, chosen: Chosen, home: Home, found: Found
    ) -> tuple[Sequence[Rung], dict[str, Any]]:
        """Return the rungs somebody could take at this home, and how a machine asks there."""
        ladder = chosen.rungs
        if found.kind == Alarm.Kind.WORKER:
            return for_worker(ladder, found.facts), {}
        asking: dict[str, Any] = {}
        if home.id in self.ways:
            own, asking = frozen(self.ways[home.id], ladder)
            ladder = ladder if chosen.protocol else own  # a document says itself how long
        if chosen.asks:
            wish = self.wishes.get(home.id)
            by = {"by": wish.by} if wish is not None and wish.by else {}
            asking = {**asking, **chosen.asks, **by}
        has_phone = bool(self.addressees[home.id].phone)
        has_contacts = home.id in self.with_contacts
        return climbable(ladder, has_phone=has_phone, has_contacts=has_contacts), asking

    def _facts(self, found: Found) -> dict[str, Any]:
        hours = self.hours[found.household]
        since = found.last_sign_at or found.due_at - timedelta(hours=hours)
        return {"patience_hours": hours, "still_since": since.isoformat()} | found.facts


def _kind_of(found: Found) -> str:
    """Return what a line of a document, or the city's own ladders, call this alarm.

    A call takes the course of what was said, a worker's that of whether they may be rung.
    """
    if found.kind == Alarm.Kind.WORKER:
        return worker_ladder(found.facts)
    if found.kind != Alarm.Kind.CALL:
        return found.kind
    said = [Said(each) for each in found.facts["said"]]
    return LADDER_OF[level_of_call(said=said, at_stake=found.facts["at_stake"])]


def for_worker(ladder: tuple[Rung, ...], facts: Mapping[str, Any]) -> tuple[Rung, ...]:
    """Leave out whoever of worker and partner has no number."""
    newest = workers_of(facts)[0]
    first, *others = climbable(
        ladder,
        has_phone=bool(newest["worker_phone"]),
        has_contacts=bool(newest["partner_phone"]),
    )
    # Whichever step is left: when nobody takes the first, the centre is asked.
    return (replace(first, up="centre"), *others)


def basis_of(found: Sequence[Found], *, now: datetime) -> Basis:
    """Read what the alarms of these findings are made of: so many questions, however many."""
    ids = [one.household for one in found]
    sight = people.for_actor(CLOCK, Purpose("machine", "raise"))
    homes = {home.id: home for home in _homes(sight, ids)}
    asked = sight.contacts.filter(household__among=ids).values_list("household_id", flat=True)
    softly = [one.household for one in found if one.kind in MACHINES_OWN]
    book = book_in_force(now=now)
    return Basis(
        now=now,
        homes=homes,
        addressees=addressees(sight, ids),
        with_contacts=set(asked),
        hours=hours_of(households=ids, now=now),
        ways=manners(households=softly, now=now) if softly else {},
        wishes=people.asking(households=ids) if book.entries else {},
        services=services_in_order(households=ids) if book.entries else {},
        book=book,
        moment=moment_of(now, places.calendar(now)),
        posts=roster(homes=[(home.id, home.dong) for home in homes.values()], now=now),
    )


def cry_courses(households: Collection[UUID], *, now: datetime) -> dict[UUID, Chosen]:
    """Return which course a cry for help takes in each of these homes."""
    book, (day, hour) = book_in_force(now=now), moment_of(now, places.calendar(now))
    services = services_in_order(households=households) if book.entries else {}
    sight = people.for_actor(CLOCK, Purpose("machine", "raise"))
    return {
        home.id: book.choose(
            Case(
                kind=Alarm.Kind.SOS,
                services=services.get(home.id, ()),
                tier=home.tier,
                district=home.district,
                day=day,
                hour=hour,
            )
        )
        for home in _homes(sight, households)
    }


def _homes(sight: people.Sight, ids: Collection[UUID]) -> list[Home]:
    columns = ("id", "dong_id", "tier", "dong__district__name")
    return [Home(*row) for row in sight.households.filter(id__among=ids).values_list(*columns)]
