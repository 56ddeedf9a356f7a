"""Whose rounds somebody at a desk may know of: their dong's, or their district's."""

from django.db.models import Q

from anbu.care.foundation.rules import NotHere
from anbu.care.places.models import Dong
from anbu.care.staff.models import Staff

from ..models import Worker

LOOKS = (Staff.Role.PLANNER, Staff.Role.NURSE, Staff.Role.OFFICER)
CHANGES = (Staff.Role.PLANNER,)


class UnknownWorker(NotHere):
    """There is no such worker, or not for this person."""


def dongs_of(*, seen_by: Staff) -> dict[int, str]:
    """Return the dongs whose rounds this person looks after, by id, with their names."""
    if not seen_by.is_active or seen_by.role not in LOOKS:
        return {}
    if seen_by.role == Staff.Role.OFFICER:
        district = seen_by.organisation.district_id if seen_by.organisation else None
        rows = Dong.objects.filter(district=district, valid_until=None)
    else:
        rows = Dong.objects.filter(pk__in=[seen_by.dong_id or 0])
    return dict(rows.order_by("name", "id").values_list("id", "name"))


def district_of(*, seen_by: Staff) -> int | None:
    """Return the district this person works in, whether at its office or at one of its dongs."""
    if not seen_by.is_active or seen_by.role not in LOOKS:
        return None
    if seen_by.role == Staff.Role.OFFICER:
        return seen_by.organisation.district_id if seen_by.organisation else None
    return seen_by.post.dong.district_id if seen_by.post and seen_by.post.dong else None


def worker_of(worker: int, *, seen_by: Staff) -> Worker:
    """Return a worker of this person's dongs; a worker sees the own row.

    Raises:
        UnknownWorker: there is none, or not for this person.
    """
    rows = Worker.objects.select_related("staff", "dong", "partner__staff")
    found = rows.filter(mine(seen_by=seen_by), pk=worker).first()
    if found is None or not seen_by.is_active:
        raise UnknownWorker
    return found


def mine(*, seen_by: Staff, at: str = "") -> Q:
    """Return the condition on workers this person may know of: themselves, those of their dongs.

    Asked in one question, so that a worker of elsewhere is answered as one who is not there.

    Args:
        at: where the worker stands beside the row that is looked for, as "worker__".
    """
    near = {f"{at}dong__in": list(dongs_of(seen_by=seen_by))}
    return Q(**{f"{at}staff": seen_by}) | Q(**near)
