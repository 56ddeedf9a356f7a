"""Staff of a dong that is no more: where one dong follows it, they follow too."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from anbu.care.places import queries as places

from ..models import Staff
from .rights import change_role


@transaction.atomic
def follow_dongs(*, ended: Collection[int], by: str, now: datetime) -> list[str]:
    """Seat everybody of these dongs at the one dong that follows theirs.

    Where several follow, a person decides who goes where (`change_role`): return those log-ins.
    """
    undecided = []
    people = Staff.objects.filter(organisation__dong__in=ended, is_active=True)
    for person in people.select_related("organisation", "post").order_by("login"):
        assert person.organisation is not None
        assert person.organisation.dong_id is not None
        after = list(places.heirs(person.organisation.dong_id))
        if len(after) != 1:
            undecided.append(person.login)
            continue
        post = places.posts_of(after)[after[0]]
        change_role(
            staff=person.pk,
            role=person.role,
            post=post if person.post else None,
            organisation=places.organisation_of_post(post),
            why="행정동 개편",
            by=by,
            now=now,
        )
    return undecided
