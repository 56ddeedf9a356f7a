"""What must be planned anew: the coming day in the evening, the day in the morning, what changed.

Nothing has to say that it changed. A dong is planned anew when its team is another than it was
planned with, or when somebody who is due on the day stands neither in it nor among the left.
"""

from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from anbu.care.foundation.actions import act_as
from anbu.care.places import queries as places
from anbu.care.places.models import Dong
from anbu.care.places.rules import SEOUL

from .. import rules
from ..models import DayLook, Upto
from .facts import CLOCK, prior
from .planning import plan_dongs, team_marks
from .standing import set_all_dues

EVENING, MORNING = time(18), time(6)
DUES = "dues"  # when the cadences were last held against the clocks
# Who is due and in no row of the day; and who was asked for after their dong was planned.
MISSING = """
SELECT DISTINCT h.dong_id FROM rounds_standing s JOIN people_household h ON h.id = s.household_id
JOIN rounds_daylook l ON l.dong_id = h.dong_id AND l.day = %(day)s
WHERE s.ended_at IS NULL AND h.left_at IS NULL
  AND (s.due_on <= %(day)s OR s.visit_due_on <= %(day)s OR s.bound_on <= %(next)s)
  AND NOT EXISTS (SELECT FROM rounds_task t WHERE t.household_id = s.household_id
      AND t.day = %(day)s)
  AND NOT EXISTS (SELECT FROM rounds_unplaced u WHERE u.household_id = s.household_id
      AND u.day = %(day)s)
UNION
SELECT DISTINCT h.dong_id FROM rounds_asked a JOIN people_household h ON h.id = a.household_id
JOIN rounds_daylook l ON l.dong_id = h.dong_id AND l.day = %(day)s
WHERE a.ended_at IS NULL AND h.left_at IS NULL
  AND NOT EXISTS (SELECT FROM rounds_task t WHERE t.household_id = a.household_id
      AND t.day = %(day)s AND (t.because IN ('handed', 'bound') OR t.set_by_id IS NOT NULL
          OR t.done_by_id IS NOT NULL))
  AND NOT EXISTS (SELECT FROM rounds_unplaced u WHERE u.household_id = a.household_id
      AND u.day = %(day)s)
UNION
SELECT DISTINCT h.dong_id FROM rounds_promise p JOIN people_household h ON h.id = p.household_id
JOIN rounds_daylook l ON l.dong_id = h.dong_id AND l.day = %(day)s
WHERE p.ended_at IS NULL AND p."on" <= %(day)s AND h.left_at IS NULL
  AND EXISTS (SELECT FROM rounds_standing s WHERE s.household_id = h.id AND s.ended_at IS NULL)
  AND NOT EXISTS (SELECT FROM rounds_task t WHERE t.household_id = h.id AND t.day = %(day)s)
  AND NOT EXISTS (SELECT FROM rounds_unplaced u WHERE u.household_id = h.id AND u.day = %(day)s)
"""


def plan_next(*, now: datetime) -> bool:
    """Plan the most urgent part of a day that must be planned; say whether there was any."""
    for day, since in _days(now):
        district, dongs = _due(day, since, now)
        if dongs:
            _dues_once(since, now)
            plan_dongs(
                dongs=dongs, district=district, day=day, hours=prior(), by=CLOCK.name, now=now
            )
            return True
    return False


def _days(now: datetime) -> list[tuple[date, datetime]]:
    """Return which days are planned by now, each with the moment after which it must have been."""
    local, holidays = now.astimezone(SEOUL), places.calendar(now).holidays
    today = local.date()
    found = []
    if rules.is_round_day(today, holidays):
        morning = datetime.combine(today, MORNING, SEOUL)
        found.append((today, morning if local >= morning else _eve(today)))
    coming = rules.next_round_day(today, holidays)
    if local >= _eve(coming):
        found.append((coming, _eve(coming)))
    return found


def _eve(day: date) -> datetime:
    return datetime.combine(day - timedelta(days=1), EVENING, SEOUL)


def _due(day: date, since: datetime, now: datetime) -> tuple[int, list[int]]:
    """Return the first district with dongs whose day must be planned, and these dongs.

    What changed within a planned day comes before what was not planned yet: somebody waits for it.
    """
    act_as(CLOCK)
    of = dict(Dong.objects.filter(valid_until=None).values_list("id", "district_id"))
    looks = {row.dong_id: row for row in DayLook.objects.filter(day=day)}
    marks = team_marks(looks, day)
    changed = {dong for dong, row in looks.items() if row.team != marks[dong]} | _missing(day, now)
    unplanned = {dong for dong in of if dong not in looks or looks[dong].planned_at < since}
    for due in (changed, unplanned):
        near = sorted((of[dong], dong) for dong in due if dong in of)
        if near:
            return near[0][0], [dong for district, dong in near if district == near[0][0]]
    return 0, []


def _missing(day: date, now: datetime) -> set[int]:
    following = rules.next_round_day(day, places.calendar(now).holidays)
    with connection.cursor() as cursor:
        cursor.execute(MISSING, {"day": day, "next": following})
        return {dong for (dong,) in cursor.fetchall()}


@transaction.atomic
def _dues_once(since: datetime, now: datetime) -> None:
    """Hold the cadences against the clocks, once for each evening and morning of planning."""
    last = Upto.objects.select_for_update().filter(name=DUES).first()
    if last is None or last.at < since:
        set_all_dues(now=now)
        Upto.objects.update_or_create(name=DUES, defaults={"at": now})
