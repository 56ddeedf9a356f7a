"""Who has to own an alarm at this moment, for many homes at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.people.rules import SERVICES_OF, Deed, Leave
from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.places.rules import OnDuty, next_opening, on_duty
from anbu.care.readings import queries as readings
from anbu.care.staff.models import Shift

from ..models import Alarm
from ..rules import (
    Eye,
    HomeSeen,
    Level,
    Moment,
    Side,
    WhyNot,
    who_answers,
    why_it_leaves,
)


@dataclass(frozen=True)
class Chair:
    post: Post
    opens_at: datetime | None = None  # None: on duty now; else the office opens then
    why: str = ""  # NoLeave: why it waits for the office


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The posts of some dongs at one moment, read once."""

    by_day: bool
    opens_at: datetime
    centre: Post
    dong_posts: dict[int, Post]
    night: Mapping[UUID, Leave]
    moment: Moment
    seen: Mapping[UUID, HomeSeen] = field(default_factory=dict)  # homes a vendor might answer for
    vendors: Mapping[int, Post] = field(default_factory=dict)

    def first(self, *, household: UUID, dong: int, kind: str, level: int, do: str) -> Chair:
        """Return who answers for a new signal: the vendor that runs the service, or the city."""
        home = self.seen.get(household)
        if home is not None:
            found = who_answers(home, self.moment, kind=kind, level=level, do=do)
            if found.side is Side.VENDOR and found.post is not None:
                return Chair(self.vendors[found.post])
        return self.chair(household=household, dong=dong, level=level, cried=kind == "sos")

    def why_it_leaves(self, alarm: Alarm, *, post: int) -> WhyNot | None:
        """Return why a vendor's post may not go on answering for what it has; None: it may."""
        return why_it_leaves(
            self.seen.get(alarm.household_id),
            self.moment,
            post=post,
            kind=alarm.kind,
            level=alarm.level,
            do=alarm.ladder[alarm.rung]["do"],
        )

    def chair(self, *, household: UUID, dong: int, level: int, cried: bool) -> Chair:
        """Return the city's post on duty; by night, without consent for it, the dong's, waiting.

        A cry for help and a critical alarm wait for no office: life comes first.
        """
        if self.by_day:
            return Chair(self.dong_posts[dong])
        leave = self.night[household]
        if leave or cried or level >= Level.CRITICAL:
            return Chair(self.centre)
        return Chair(self.dong_posts[dong], self.opens_at, str(leave.why))

    def above(self, *, household: UUID, level: int, cried: bool) -> Chair | None:
        """Return the centre, when nobody acted below and it may know of this home; else None."""
        may = self.night[household] or cried or level >= Level.CRITICAL
        return Chair(self.centre) if may else None


def roster(*, homes: Collection[tuple[UUID, int]], now: datetime) -> Roster:
    """Return who answers for these homes (household, dong) at this moment."""
    dongs = {dong for _, dong in homes}
    posts = {post.dong_id: post for post in Post.objects.filter(dong_id__in=dongs)}
    known = places.calendar(now)
    duty = on_duty(now, known.holidays, known.hours)
    night = people.leaves(deed=Deed.NIGHT, households=[home for home, _ in homes], at=now)
    moment, seen, vendors = _vendors(homes, known, duty, night, now)
    return Roster(
        by_day=duty == "dong",
        opens_at=next_opening(now, known.holidays, known.hours),
        centre=Post.objects.get(id=places.centre()),
        dong_posts={dong: post for dong, post in posts.items() if dong is not None},
        night=night,
        moment=moment,
        seen=seen,
        vendors=vendors,
    )


def _vendors(
    homes: Collection[tuple[UUID, int]],
    known: places.Calendar,
    duty: OnDuty,
    night: Mapping[UUID, Leave],
    now: datetime,
) -> tuple[Moment, dict[UUID, HomeSeen], dict[int, Post]]:
    """Return what decides whether a vendor answers: one question where none has a contract.

    Where some do, five more, however many homes.
    """
    terms = places.terms(now)
    moment = Moment(at=now, holidays=known.holidays, duty=duty, terms=terms)
    if not terms:
        return moment, {}, {}
    districts = places.districts_of({dong for _, dong in homes})
    served = {term.district for term in terms}
    near = {home: districts[dong] for home, dong in homes if districts[dong] in served}
    if not near:
        return moment, {}, {}
    posts = {post.pk: post for post in Post.objects.filter(id__in={term.post for term in terms})}
    sits = Shift.objects.filter(post__in=posts, ended_at=None, staff__is_active=True)
    moment = replace(moment, manned=frozenset(sits.values_list("post_id", flat=True)))
    ways = readings.services_of(households=list(near))
    named = people.vendors_agreed(households=list(near), at=now)
    seen = {
        home: HomeSeen(
            district=district,
            eyes=[
                Eye(SERVICES_OF.get(one.source, frozenset()), one.name)
                for one in ways.get(home, ())
            ],
            named=named[home],
            night=bool(night[home]),
        )
        for home, district in near.items()
        if home in named
    }
    return moment, seen, posts
