"""Which alarms a person may know of. Everything else does not exist for them."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Alarm

# anbu_homes (migration 0017) says the same to the walls.
LOOKED_BACK = timedelta(hours=1)


def visible(*, seen_by: Staff) -> QuerySet[Alarm]:
    """Return a planner's own dong, what the centre owns or once owned, or what a vendor holds.

    A vendor's people see what their post or one of them answers for, and for an hour what they
    have closed; nothing of before or after, and nothing of anybody else.
    """
    people.seen(seen_by=seen_by)  # an alarm is found through its household
    alarms = Alarm.objects.all()
    if not seen_by.is_active:
        return alarms.none()
    if seen_by.role == Staff.Role.PLANNER:
        return alarms.filter(household__dong=seen_by.dong_id)
    if seen_by.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR):
        return alarms.filter(centre_owned=True)
    if seen_by.role == Staff.Role.RESPONDER:
        post = seen_by.post_id or 0
        held = Q(closed_at=None) & (Q(owner_post=post) | Q(owner_staff__post=post))
        ended = Q(closed_by__post=post, closed_at__gt=people.Moment() - LOOKED_BACK)
        return alarms.filter(id__in=Alarm.objects.filter(held | ended).values("id"))
    return alarms.none()


def health_told(note: str, *, seen_by: Staff) -> str:
    """Return a note about health; nothing for a vendor's people.

    Health is sensitive: agreeing to a vendor by name does not agree to telling it that (Personal
    Information Protection Act, art. 23).
    """
    return "" if seen_by.role == Staff.Role.RESPONDER else note
