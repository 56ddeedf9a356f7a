"""Who has to own an alarm at this moment, for many homes at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anbu.care.people import queries as people
from anbu.care.people.rules import Deed, Leave
from anbu.care.places import queries as places
from anbu.care.places.models import Post

from ..rules import Level


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

    def chair(self, *, household: UUID, dong: int, level: int, cried: bool) -> Chair:
        """Return the post on duty; by night, without consent for it, the dong's own, waiting.

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
    return Roster(
        by_day=places.on_duty(now) == "dong",
        opens_at=places.next_opening(now),
        centre=Post.objects.get(id=places.centre()),
        dong_posts={dong: post for dong, post in posts.items() if dong is not None},
        night=people.leaves(deed=Deed.NIGHT, households=[home for home, _ in homes], at=now),
    )
