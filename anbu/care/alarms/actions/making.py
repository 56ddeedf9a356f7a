"""What a new alarm is made of: the home, its ladder, the post that owns it, how it is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from anbu.care.foundation.actions import like
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.people import queries as people
from anbu.care.readings.queries import hours_of, manners
from anbu.care.readings.rules import Asking

from ..models import Alarm, Policy, Step
from ..rules import (
    LADDER_OF,
    LADDERS,
    Rung,
    Said,
    State,
    climbable,
    freeze,
    ladder_name,
    level_of_call,
    reason,
    thaw,
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


@dataclass(frozen=True, kw_only=True)
class Basis:
    """All that is known of some homes at one moment, read once."""

    now: datetime
    homes: Mapping[UUID, Home]
    addressees: Mapping[UUID, Addressee]
    with_contacts: Collection[UUID]
    hours: Mapping[UUID, int]
    ways: Mapping[UUID, Asking]  # of those that a machine asks
    ladders: Mapping[str, Sequence[Rung]]
    posts: Roster

    def change(self, found: Found, number: str) -> Change:
        """Return a new alarm with its first steps, as it would be written."""
        home = self.homes[found.household]
        ladder, asking = self._ladder(found, home)
        chair = self.posts.chair(
            household=home.id,
            dong=home.dong,
            level=ladder[0].level,
            cried=found.kind == Alarm.Kind.SOS,
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
            centre_owned=chair.post.kind == "centre",
            ladder=freeze(ladder),
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

    def _ladder(self, found: Found, home: Home) -> tuple[Sequence[Rung], dict[str, Any]]:
        """Return the rungs somebody could take at this home, and how a machine asks there."""
        ladder = tuple(self.ladders[_ladder_of(found, home)])
        asking: dict[str, Any] = {}
        if home.id in self.ways:
            ladder, asking = frozen(self.ways[home.id], ladder)
        has_phone = bool(self.addressees[home.id].phone)
        has_contacts = home.id in self.with_contacts
        return climbable(ladder, has_phone=has_phone, has_contacts=has_contacts), asking

    def _facts(self, found: Found) -> dict[str, Any]:
        hours = self.hours[found.household]
        since = found.last_sign_at or found.due_at - timedelta(hours=hours)
        return {"patience_hours": hours, "still_since": since.isoformat()} | found.facts


def _ladder_of(found: Found, home: Home) -> str:
    """Return which ladder is climbed: after a call the one of what was said."""
    if found.kind != Alarm.Kind.CALL:
        return ladder_name(found.kind, home.tier)
    said = [Said(each) for each in found.facts["said"]]
    return LADDER_OF[level_of_call(said=said, at_stake=found.facts["at_stake"])]


def basis_of(found: Sequence[Found], *, now: datetime) -> Basis:
    """Read what the alarms of these findings are made of: so many questions, however many."""
    ids = [one.household for one in found]
    sight = people.for_actor(CLOCK, Purpose("machine", "raise"))
    rows = sight.households.filter(id__among=ids).values_list("id", "dong_id", "tier")
    homes = {row[0]: Home(*row) for row in rows}
    asked = sight.contacts.filter(household__among=ids).values_list("household_id", flat=True)
    softly = [one.household for one in found if one.kind in MACHINES_OWN]
    return Basis(
        now=now,
        homes=homes,
        addressees=addressees(sight, ids),
        with_contacts=set(asked),
        hours=hours_of(households=ids, now=now),
        ways=manners(households=softly, now=now) if softly else {},
        ladders=present_ladders(now),
        posts=roster(homes=[(home.id, home.dong) for home in homes.values()], now=now),
    )


def present_ladders(now: datetime) -> dict[str, tuple[Rung, ...]]:
    """Return the ladders in force: the newest policy, or those of the code."""
    policy = Policy.objects.filter(valid_from__lte=now).order_by("-valid_from", "-id").first()
    if policy is None:
        return LADDERS
    return LADDERS | {name: thaw(rows) for name, rows in policy.ladders.items()}
