"""Rosters with tables: who may write them, what binds whom, rotations, files, calendars, work."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from icalendar import Calendar

from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as where
from anbu.care.rosters import actions, queries
from anbu.care.rosters.models import Hole, Link, Turn
from anbu.care.rosters.rules import NotAllowed, UnknownTurn
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Shift, Staff
from tests.care.alarms.world import BY, MONDAY, World

NOW = MONDAY.replace(hour=12)
NIGHT = (MONDAY.replace(hour=18), MONDAY.replace(hour=9) + timedelta(days=1))
DAY = timedelta(days=1)


def officer(login: str, kind: str, district: str = "") -> Staff:
    place = next(iter(where.organisations(kind, district)))
    told = {"login": login, "name": "정해찬", "role": "officer", "organisation": place.id}
    return staffing.add_staff(**told, by=BY, now=NOW)[0]


def put(
    world: World,
    who: Staff,
    *,
    days: int = 0,
    span: tuple[datetime, datetime] = NIGHT,
    by: Staff | None = None,
    part: str = "duty",
    order: int = 0,
) -> Turn:
    """Put somebody on the roster of their own post."""
    assert who.post_id is not None
    times = {"begins_at": span[0] + days * DAY, "ends_at": span[1] + days * DAY}
    told = {"post": who.post_id, "staff": who.pk, "part": part, "order": order}
    return actions.add_turn(**told, **times, by=by or world.supervisor, now=NOW)


def test_the_lead_writes_and_nobody_else(world: World):
    turn = put(world, world.operator)
    assert (turn.source, turn.part, turn.sequence) == ("typed", "duty", 0)
    assert Trace.objects.get(verb="add_turn").detail["staff"] == world.operator.pk
    with pytest.raises(NotAllowed):  # reads it, and does not write it
        put(world, world.second, by=world.operator)
    with pytest.raises(UnknownTurn):  # does not know of it
        put(world, world.second, by=world.planner)
    with pytest.raises(NotAllowed):  # the lead of another post: sees the city, writes the centre
        put(world, world.planner, by=world.supervisor)
    told = {"post": world.operator.post_id, "staff": world.planner.pk, "part": "duty"}
    times = {"begins_at": NIGHT[0], "ends_at": NIGHT[1]}
    with pytest.raises(NotAllowed):
        actions.add_turn(**told, **times, by=world.supervisor, now=NOW)
    assert Turn.objects.count() == 1


def test_who_reads_which_rosters(world: World):
    seen = {
        who.login: set(queries.posts_seen(seen_by=who).values_list("id", flat=True))
        for who in (
            world.operator,
            world.planner,
            officer("gwanak", "district", "11620"),
            officer("gangnam", "district", "11680"),
        )
    }
    here = world.planner.post_id
    assert seen["moon"] == {where.centre()}
    assert seen["lee"] == {here}
    assert here in seen["gwanak"]
    assert where.centre() not in seen["gwanak"]
    assert here not in seen["gangnam"]
    city = officer("seoul", "city")
    for who in (world.supervisor, city):
        assert {here, where.centre()} <= {p.pk for p in queries.posts_seen(seen_by=who)}
    Staff.objects.filter(pk=city.pk).update(is_active=False)
    assert not queries.posts_seen(seen_by=Staff.objects.get(pk=city.pk)).exists()


def test_a_district_writes_for_its_dongs_alone(world: World):
    put(
        world,
        world.planner,
        span=(NOW + HOUR, NOW + 3 * HOUR),
        by=officer("a", "district", "11620"),
    )
    with pytest.raises(UnknownTurn):
        put(world, world.planner, days=1, by=officer("b", "district", "11680"))


HOUR = timedelta(hours=1)


def test_nobody_is_bound_twice_at_one_moment(world: World):
    put(world, world.operator)
    with pytest.raises(NotAllowed, match="이미 근무표에"):
        put(world, world.operator, span=(NIGHT[0] + HOUR, NIGHT[1]))
    with pytest.raises(NotAllowed):
        put(world, world.operator, part="on_call", order=1)
    put(world, world.operator, span=(NIGHT[1], NIGHT[1] + HOUR))  # it only touches
    put(world, world.second)


def test_the_database_itself_binds_nobody_twice(world: World):
    turn = put(world, world.operator)
    turn.id = Turn._meta.pk.get_default()
    turn._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        turn.save(force_insert=True)
    turn.withdrawn_at, turn.withdrawn_by = NOW, world.supervisor
    turn.save(force_insert=True)  # what was withdrawn binds nobody


def test_what_is_withdrawn_stays_and_binds_nobody(world: World):
    turn = put(world, world.operator)
    with pytest.raises(UnknownTurn):
        actions.withdraw_turn(turn=turn.pk, by=world.planner, now=NOW)
    with pytest.raises(NotAllowed):
        actions.withdraw_turn(turn=turn.pk, by=world.operator, now=NOW)
    actions.withdraw_turn(turn=turn.pk, by=world.supervisor, now=NOW)
    turn.refresh_from_db()
    assert (turn.withdrawn_by, turn.sequence) == (world.supervisor, 1)
    with pytest.raises(NotAllowed):
        actions.withdraw_turn(turn=turn.pk, by=world.supervisor, now=NOW)
    put(world, world.operator)
    late = NIGHT[1] + HOUR
    again = Turn.objects.get(withdrawn_at=None)
    with pytest.raises(NotAllowed, match="이미 끝난"):
        actions.withdraw_turn(turn=again.pk, by=world.supervisor, now=late)


def test_a_change_keeps_the_turn_and_is_counted(world: World):
    turn = put(world, world.operator)
    told = {"begins_at": NIGHT[0] + HOUR, "ends_at": NIGHT[1], "part": "duty"}
    changed = actions.change_turn(turn=turn.pk, **told, by=world.supervisor, now=NOW)
    assert (changed.pk, changed.sequence, changed.begins_at) == (turn.pk, 1, NIGHT[0] + HOUR)
    put(world, world.operator, span=(NIGHT[0], NIGHT[0] + HOUR))
    told["begins_at"] = NIGHT[0]
    with pytest.raises(NotAllowed, match="이미 근무표에"):
        actions.change_turn(turn=turn.pk, **told, by=world.supervisor, now=NOW)


def rotation(world: World, pattern: str = "주야비휴", people: int = 2):
    teams = [["moon"], ["han"]][:people]
    return actions.make_rotation(
        post=where.centre(),
        name="야간조",
        pattern=pattern,
        teams=teams,
        starts_on=MONDAY.date(),
        by=world.supervisor,
        now=NOW,
    )


def test_a_rotation_lays_out_a_month_once(world: World):
    made = rotation(world)
    told = {"rotation": made.pk, "month": date(2026, 12, 1), "by": world.supervisor, "now": NOW}
    laid = actions.lay_rotation(**told)
    assert laid.new == Turn.objects.filter(source="rotation").count() > 10
    assert laid.left_out == 0
    again = actions.lay_rotation(**told)
    assert (again.new, again.left_out) == (0, laid.new)
    assert {turn.post_id for turn in Turn.objects.all()} == {where.centre()}
    assert not Turn.objects.filter(begins_at__lt=datetime(2026, 12, 1, tzinfo=NOW.tzinfo)).exists()


def test_a_rotation_is_laid_from_now_on_and_not_over_what_stands(world: World):
    made = rotation(world, pattern="야", people=1)
    own = put(world, world.operator, days=2)
    laid = actions.lay_rotation(
        rotation=made.pk, month=MONDAY.date(), by=world.supervisor, now=NIGHT[0] + HOUR
    )
    turns = Turn.objects.filter(source="rotation")
    assert (laid.new, laid.left_out) == (6, 1)  # the 24th to the 30th, without the 25th
    assert min(turn.begins_at for turn in turns) == NIGHT[0] + DAY
    assert Turn.objects.get(begins_at=own.begins_at) == own


def test_a_rotation_is_of_its_post_and_ends(world: World):
    made = rotation(world)
    with pytest.raises(NotAllowed, match="같은 이름"):
        rotation(world)
    with pytest.raises(UnknownTurn):
        actions.end_rotation(rotation=made.pk, by=world.planner, now=NOW)
    with pytest.raises(NotAllowed):
        actions.lay_rotation(rotation=made.pk, month=NOW.date(), by=world.operator, now=NOW)
    actions.end_rotation(rotation=made.pk, by=world.supervisor, now=NOW)
    with pytest.raises(NotAllowed, match="이미 끝낸"):
        actions.lay_rotation(rotation=made.pk, month=NOW.date(), by=world.supervisor, now=NOW)
    rotation(world)  # the name is free again


HEADER = ("날짜", "시작", "끝", "아이디", "구분", "순서")
GOOD = [
    (2, ("2026-11-24", "18:00", "09:00", "moon", "", "")),
    (3, ("2026-11-25", "18:00", "09:00", "han", "호출대기", "1")),
]


def bring(world: World, lines, by: Staff | None = None):
    told = {"post": where.centre(), "header": HEADER, "lines": lines, "now": NOW}
    return actions.bring_in(**told, by=by or world.supervisor)


def test_a_file_is_brought_in_whole(world: World):
    told = {"post": where.centre(), "header": HEADER, "lines": GOOD, "now": NOW}
    seen = actions.preview_lines(**told, by=world.supervisor)
    assert [name for _, _, name in seen.lines] == ["문가람", "한지우"]
    assert seen.faults == ()
    assert Turn.objects.count() == 0
    assert bring(world, GOOD) == 2
    assert {(t.staff.login, t.part, t.source) for t in Turn.objects.all()} == {
        ("moon", "duty", "import"),
        ("han", "on_call", "import"),
    }
    with pytest.raises(NotAllowed):
        bring(world, GOOD)  # the same people at the same time
    with pytest.raises(NotAllowed):
        bring(world, GOOD, by=world.operator)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("2026-11-26", "18:00", "09:00", "lee", "", ""), "아이디가 아닙니다"),
        (("2026-11-26", "18:00", "09:00", "nobody", "", ""), "아이디가 아닙니다"),
        (("어제", "18:00", "09:00", "moon", "", ""), "날짜를"),
        (("2026-11-24", "20:00", "23:00", "moon", "", ""), "이미 근무표에"),
    ],
)
def test_a_file_with_one_bad_line_brings_in_nothing(world: World, cells, says):
    lines = [*GOOD, (4, cells)]
    told = {"post": where.centre(), "header": HEADER, "lines": lines, "now": NOW}
    faults = actions.preview_lines(**told, by=world.supervisor).faults
    assert faults[-1].line == 4
    assert says in str(faults[-1].why)
    with pytest.raises(NotAllowed, match="아무것도"):
        bring(world, lines)
    assert Turn.objects.count() == 0


def events(secret: str, now: datetime = NOW) -> dict[str, tuple[str, int]]:
    found = Calendar.from_ical(actions.read_calendar(secret=secret, now=now)).walk("VEVENT")
    return {str(each["UID"]): (str(each["STATUS"]), int(each["SEQUENCE"])) for each in found}


def test_a_calendar_follows_the_roster_and_names_nobody(world: World):
    turn, other = put(world, world.operator), put(world, world.second)
    secret = actions.renew_link(by=world.operator, now=NOW)
    uid = f"{turn.pk}@anbu"
    assert events(secret) == {uid: ("CONFIRMED", 0)}
    body = actions.read_calendar(secret=secret, now=NOW).decode()
    assert not [name for name in ("문가람", "한지우", str(other.pk)) if name in body]
    told = {"begins_at": NIGHT[0] + HOUR, "ends_at": NIGHT[1], "part": "duty"}
    actions.change_turn(turn=turn.pk, **told, by=world.supervisor, now=NOW + HOUR)
    assert events(secret) == {uid: ("CONFIRMED", 1)}
    actions.withdraw_turn(turn=turn.pk, by=world.supervisor, now=NOW + HOUR)
    assert events(secret) == {uid: ("CANCELLED", 2)}
    assert events(secret, NOW + timedelta(days=40)) == {}


def test_a_renewed_link_kills_the_one_before_and_only_its_hash_is_kept(world: World):
    first = actions.renew_link(by=world.operator, now=NOW)
    second = actions.renew_link(by=world.operator, now=NOW)
    assert first != second
    assert not {first, second} & set(Link.objects.values_list("digest", flat=True))
    events(second)
    for dead in (first, "", "nonsense", second[:-1]):
        with pytest.raises(UnknownTurn):
            actions.read_calendar(secret=dead, now=NOW)
    Staff.objects.filter(pk=world.operator.pk).update(is_active=False)
    with pytest.raises(UnknownTurn):
        actions.read_calendar(secret=second, now=NOW)
    Staff.objects.filter(pk=world.operator.pk).update(is_active=True)
    actions.end_link(by=world.operator, now=NOW)
    with pytest.raises(UnknownTurn):
        actions.read_calendar(secret=second, now=NOW)


def keep_roster(world: World, people: int = 1) -> None:
    told = {"post": where.centre(), "part": "duty", "people": people}
    actions.set_need(**told, by=world.supervisor, now=NOW)


def test_where_no_roster_is_kept_work_begins_without_a_word(world: World):
    actions.start_work(by=world.operator, now=NOW)
    assert Shift.objects.get().staff == world.operator
    actions.leave_work(by=world.operator, now=NIGHT[0])
    assert Shift.objects.get().ended_at == NIGHT[0]


def test_who_is_not_on_the_roster_says_why_and_it_is_written_down(world: World):
    keep_roster(world)
    with pytest.raises(BadInput):
        actions.start_work(by=world.operator, now=NIGHT[0])
    assert not Shift.objects.exists()
    actions.start_work(reason="한지우 님 대신", by=world.operator, now=NIGHT[0])
    assert Trace.objects.get(verb="start_off_roster").detail["why"] == "한지우 님 대신"
    actions.start_work(by=world.operator, now=NIGHT[0])  # at work already: nothing is asked
    put(world, world.second)
    actions.start_work(by=world.second, now=NIGHT[0] - HOUR)  # an hour early is on the roster
    assert Trace.objects.filter(verb="start_off_roster").count() == 1


def test_the_card_says_until_when_who_hands_over_and_who_follows(world: World):
    keep_roster(world)
    put(world, world.operator)
    put(world, world.second, span=(NIGHT[1], NIGHT[1] + 9 * HOUR))
    actions.start_work(reason="앞 조", by=world.supervisor, now=NOW)
    card = queries.work_card(staff=world.operator, now=NIGHT[0] - HOUR)
    assert (card.until, card.before, card.after) == (NIGHT[1], ("노아름",), ("한지우",))
    early = queries.work_card(staff=world.operator, now=NIGHT[0] - 2 * HOUR)
    assert (early.until, early.next_at, early.asks_reason) == (None, NIGHT[0], True)


def test_who_leaves_the_post_short_is_told_and_others_are_called(world: World):
    keep_roster(world)
    put(world, world.operator)
    put(world, world.second, part="on_call", order=1)
    actions.start_work(by=world.operator, now=NIGHT[0])
    left = queries.followers(staff=world.operator, now=NIGHT[0])
    assert left is not None
    assert (left.is_short, left.stay, left.on_call) == (True, (), ("한지우",))
    with pytest.raises(actions.WorkNobodyFollows):
        actions.leave_work(by=world.operator, now=NIGHT[0] + HOUR)
    assert Shift.objects.get().ended_at is None
    actions.start_work(reason="도우러", by=world.supervisor, now=NIGHT[0])
    left = queries.followers(staff=world.operator, now=NIGHT[0])
    assert left is not None
    assert not left.is_short
    actions.leave_work(by=world.operator, now=NIGHT[0] + HOUR)
    actions.leave_work(is_sure=True, by=world.supervisor, now=NIGHT[0] + HOUR)
    assert Trace.objects.filter(verb="leave_post_short").count() == 1


def test_by_day_nobody_is_missed_at_the_centre(world: World):
    keep_roster(world)
    actions.start_work(reason="회의", by=world.operator, now=NOW)
    actions.leave_work(by=world.operator, now=NOW + HOUR)
    assert not Trace.objects.filter(verb="leave_post_short").exists()


def test_the_page_of_a_roster_shows_what_stands_and_what_is_missing(
    world: World, django_assert_max_num_queries
):
    keep_roster(world)
    put(world, world.operator)
    told = {"post": None, "first": date(2026, 11, 1), "last": date(2026, 11, 30), "now": NOW}
    with django_assert_max_num_queries(26):
        page = queries.roster_page(**told, seen_by=world.operator)
    days = {day.on: day for week in page.weeks for day in week}
    assert [turn.name for turn in days[MONDAY.date()].turns] == ["문가람"]
    assert days[MONDAY.date()].holes == ()
    tuesday = days[date(2026, 11, 24)]
    assert [(hole.missing, hole.owner) for hole in tuesday.holes] == [(1, "서울시 고립예방센터")]
    assert page.keeps_roster
    assert not page.may_keep
    hours = {each.name: each.hours for each in page.colleagues}
    assert sum(hours["문가람"]) == 15
    assert Hole.objects.filter(state="found").exists()
    with pytest.raises(UnknownTurn):
        queries.roster_page(**told | {"post": world.planner.post_id}, seen_by=world.operator)
