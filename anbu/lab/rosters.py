"""The rosters a city has when its rehearsal begins: who is there tonight, and who comes after."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from anbu.care.places.rules import SEOUL
from anbu.care.rosters import actions as rosters
from anbu.care.rosters.rules import Part
from anbu.care.staff.models import Staff

TURN_OVER = time(9)
AT_LEAST = timedelta(hours=6)  # everybody may sit down at once, for so long
CENTRE, OFFICE = "당휴", "주주주주주휴휴"


def keep(team: Sequence[Staff], *, now: datetime) -> None:
    """Keep the roster of the centre, and of the planner's dong, up to the end of next month."""
    lead = next(person for person in team if person.role == Staff.Role.SUPERVISOR)
    planner = next(person for person in team if person.role == Staff.Role.PLANNER)
    crew = [person for person in team if person.post_id == lead.post_id]
    half = (len(crew) + 1) // 2
    _roster(lead, [crew[:half], crew[half:]], CENTRE, now)
    _roster(planner, [[planner]], OFFICE, now)


def _roster(lead: Staff, teams: list[list[Staff]], pattern: str, now: datetime) -> None:
    post = lead.post_id
    assert post is not None
    over = now
    while over < now + AT_LEAST:
        begins, over = over, _turn_over(over)
        for person in (person for team in teams for person in team):
            rosters.add_turn(
                post=post,
                staff=person.pk,
                begins_at=begins,
                ends_at=over,
                part=Part.DUTY,
                by=lead,
                now=now,
            )
    first = over.astimezone(SEOUL).date()
    monday = first - timedelta(days=first.weekday())
    rotation = rosters.make_rotation(
        post=post,
        name="교대",
        pattern=pattern,
        teams=[[person.login for person in team] for team in teams],
        starts_on=monday if pattern == OFFICE else first,
        by=lead,
        now=now,
    )
    this_month = first.replace(day=1)
    for month in (this_month, (this_month + timedelta(days=32)).replace(day=1)):
        rosters.lay_rotation(rotation=rotation.pk, month=month, by=lead, now=now)
    rosters.set_need(post=post, part=Part.DUTY, people=min(map(len, teams)), by=lead, now=now)


def _turn_over(after: datetime) -> datetime:
    """Return the next change of turns after this moment."""
    local = after.astimezone(SEOUL)
    over = local.replace(hour=TURN_OVER.hour, minute=0, second=0, microsecond=0)
    return over if over > local else over + timedelta(days=1)
