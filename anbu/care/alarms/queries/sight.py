"""Which alarms a person may know of. Everything else does not exist for them."""

from django.db.models import QuerySet

from anbu.care.people import queries as people
from anbu.care.staff.models import Staff

from ..models import Alarm


def visible(*, seen_by: Staff) -> QuerySet[Alarm]:
    """Return a planner's own dong, or what the centre owns or once owned."""
    people.seen(seen_by=seen_by)  # an alarm is found through its household
    alarms = Alarm.objects.all()
    if not seen_by.is_active:
        return alarms.none()
    if seen_by.role == Staff.Role.PLANNER:
        return alarms.filter(household__dong=seen_by.dong_id)
    if seen_by.role in (Staff.Role.OPERATOR, Staff.Role.SUPERVISOR):
        return alarms.filter(centre_owned=True)
    return alarms.none()
