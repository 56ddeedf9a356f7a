"""Holes: found at once, told before they open, owned by exactly one, never forgotten."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anbu.care.effects import actions as ringing
from anbu.care.effects.models import Notice, Ring, Subscription, Telling
from anbu.care.effects.rules import Cause
from anbu.care.foundation.models import Trace
from anbu.care.places import queries as where
from anbu.care.places.models import Holiday
from anbu.care.places.rules import USUAL_HOURS, on_duty
from anbu.care.rosters import actions, jobs, queries
from anbu.care.rosters.models import Hole, Need, Turn
from anbu.care.rosters.rules import Ahead, NotAllowed, UnknownTurn, stair_at
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BEFORE, MONDAY, World, sweep
from tests.care.rosters.test_rosters import DAY, HOUR, NIGHT, NOW, officer, put

ALL_DAYS = 14


def need(world: World, who: Staff, people: int = 1, *, now: datetime = NOW) -> None:
    told = {"post": who.post_id, "part": "duty", "people": people}
    lead = world.planner if who == world.planner else world.supervisor
    actions.set_need(**told, by=lead, now=now)


def look(now: datetime) -> None:
    sweep(jobs.look_for_holes, now)


def first_hole(**told: object) -> Hole:
    return Hole.objects.filter(state__in=["found", "told"], **told).earliest("begins_at")


def test_what_a_post_needs_is_said_by_its_lead(world: World):
    with pytest.raises(NotAllowed):
        actions.set_need(post=where.centre(), part="duty", people=1, by=world.operator, now=NOW)
    with pytest.raises(UnknownTurn):
        actions.set_need(post=where.centre(), part="duty", people=1, by=world.planner, now=NOW)
    assert not queries.keeps_roster(where.centre())
    need(world, world.operator)
    assert queries.keeps_roster(where.centre())
    assert Hole.objects.filter(state="found").count() > ALL_DAYS
    need(world, world.operator, 0)
    assert not queries.keeps_roster(where.centre())
    assert not Hole.objects.filter(state="found").exists()


def test_a_hole_is_covered_by_whoever_is_put_there_and_comes_back_without(world: World):
    need(world, world.operator)
    hole = first_hole()
    assert (hole.begins_at, hole.ends_at, hole.missing) == (*NIGHT, 1)
    turn = put(world, world.operator)
    hole.refresh_from_db()
    assert (hole.state, hole.ended_at) == ("covered", NOW)
    actions.withdraw_turn(turn=turn.pk, by=world.supervisor, now=NOW)
    again = first_hole()
    assert again.pk != hole.pk
    assert (again.begins_at, again.state) == (NIGHT[0], "found")
    put(world, world.operator, span=(NIGHT[0], NIGHT[1] - HOUR))
    rest = first_hole()
    assert (rest.begins_at, rest.ends_at) == (NIGHT[1] - HOUR, NIGHT[1])


def test_who_has_left_covers_nothing(world: World):
    need(world, world.operator)
    put(world, world.operator)
    assert not Hole.objects.filter(begins_at=NIGHT[0], state="found").exists()
    Staff.objects.filter(pk=world.operator.pk).update(is_active=False)
    look(NOW + timedelta(minutes=11))  # the next round
    assert Hole.objects.filter(begins_at=NIGHT[0], state="told").exists()


def test_a_new_holiday_opens_holes_at_the_centre(world: World):
    need(world, world.operator)
    day = (MONDAY + 3 * DAY).date()
    assert not Hole.objects.filter(begins_at=MONDAY + 3 * DAY + 9 * HOUR).exists()
    Holiday.objects.create(on=day, name="임시공휴일", valid_from=BEFORE.date())
    look(NOW + timedelta(minutes=11))
    assert Hole.objects.filter(begins_at=MONDAY + 3 * DAY + 9 * HOUR).exists()


def test_it_is_told_72_24_and_4_hours_before_and_then_again_and_again(world: World):
    need(world, world.planner)
    hole = first_hole(begins_at=MONDAY.replace(hour=9) + 7 * DAY)
    opens, names = hole.begins_at, []
    for hours in (73, 72, 71, 24, 4, 3.5, 3.25, 0):
        look(opens - hours * HOUR)
        hole.refresh_from_db()
        names.append((hole.state, hole.stair, hole.told, hole.owner.kind))
    assert names == [
        ("found", "", 0, "dong_office"),
        ("told", "office", 1, "dong_office"),
        ("told", "office", 1, "dong_office"),
        ("told", "district", 2, "district"),
        ("told", "city", 3, "city"),
        ("told", "city", 4, "city"),
        ("told", "city", 4, "city"),
        ("told", "city", 5, "city"),
    ]
    assert Trace.objects.filter(verb="tell_hole", detail__hole=str(hole.pk)).count() == 5


def test_a_hole_found_late_is_told_at_once_to_whom_it_is_due(world: World):
    need(world, world.planner, now=MONDAY.replace(hour=7))
    look(MONDAY.replace(hour=7))
    hole = first_hole()
    assert (hole.begins_at, hole.stair, hole.told) == (MONDAY.replace(hour=9), "city", 1)


def test_whoever_takes_it_on_is_not_told_again_and_the_next_stair_begins_anew(world: World):
    need(world, world.planner)
    hole = first_hole(begins_at=MONDAY.replace(hour=9) + 7 * DAY)
    look(hole.begins_at - 72 * HOUR)
    with pytest.raises(UnknownTurn):
        actions.take_hole(hole=hole.pk, by=world.next_planner, now=NOW)
    with pytest.raises(NotAllowed):  # the centre knows of it; it is not theirs yet
        actions.take_hole(hole=hole.pk, by=world.supervisor, now=NOW)
    actions.take_hole(hole=hole.pk, by=world.planner, now=hole.begins_at - 71 * HOUR)
    with pytest.raises(NotAllowed):
        actions.take_hole(hole=hole.pk, by=world.planner, now=hole.begins_at - 71 * HOUR)
    look(hole.begins_at - 24 * HOUR)
    hole.refresh_from_db()
    assert (hole.stair, hole.taken_by) == ("district", None)
    look(hole.begins_at - 4 * HOUR)
    actions.take_hole(hole=hole.pk, by=world.supervisor, now=hole.begins_at - 4 * HOUR)
    hole.refresh_from_db()
    told = hole.told
    look(hole.begins_at - HOUR)
    hole.refresh_from_db()
    assert (hole.told, hole.tell_at, hole.taken_by) == (told, None, world.supervisor)


def test_whom_a_hole_is_addressed_to(world: World):
    need(world, world.planner)
    district, far = officer("a", "district", "11620"), officer("b", "district", "11680")
    hole = first_hole(begins_at=MONDAY.replace(hour=9) + 7 * DAY)
    Hole.objects.exclude(pk=hole.pk).delete()
    seen = []
    for hours in (73, 72, 24, 4):
        sweep(actions.tell_next_holes, hole.begins_at - hours * HOUR)
        who = (world.planner, world.next_planner, district, far, world.supervisor, world.operator)
        seen.append([queries.holes_to_answer(seen_by=each) for each in who])
    assert seen == [[0] * 6, [1, 0, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]]


def test_what_passes_uncovered_is_said_to_have(world: World):
    need(world, world.operator)
    hole = first_hole()
    look(NIGHT[1] - HOUR)
    assert first_hole(pk=hole.pk).told > 0
    look(NIGHT[1])
    hole.refresh_from_db()
    assert (hole.state, hole.ended_at) == ("passed", NIGHT[1])
    assert Trace.objects.filter(verb="end_hole", detail__state="passed").exists()


def test_colleagues_are_told_on_their_browsers_without_a_name(world: World, settings):
    settings.PUSH_CONTACT = "mailto:ops@example.kr"
    for who in (world.planner, world.next_planner, world.supervisor):
        Subscription.objects.create(
            staff=who, endpoint=f"https://push.example/{who.pk}", public="p", secret="s",
            name="", began_at=NOW,
        )  # fmt: skip
    need(world, world.planner)
    hole = first_hole(begins_at=MONDAY.replace(hour=9) + 7 * DAY)
    Hole.objects.exclude(pk=hole.pk).delete()
    for hours, people in ((72, {world.planner}), (4, {world.planner, world.supervisor})):
        Notice.objects.all().delete()
        sweep(actions.tell_next_holes, hole.begins_at - hours * HOUR)
        notices = list(Notice.objects.select_related("subscription__staff"))
        assert {each.subscription.staff for each in notices} == people
        assert {each.text for each in notices} == {
            "근무표에 빈 자리가 있습니다. 11-30 09:00부터 1명."
        }
        assert {each.cause for each in notices} == {hole.pk}


def all_called() -> set[str]:
    return {ring.to for ring in Ring.objects.filter(is_all_call=True)}


def test_a_hole_nobody_took_on_calls_the_same_list_as_a_signal_and_names_nobody(
    world: World, settings
):
    settings.ALL_CALL, settings.GATEWAY_URL = ["010-9999-0001"], "http://127.0.0.1:1/"
    need(world, world.operator)
    hole = first_hole()
    Hole.objects.exclude(pk=hole.pk).delete()
    before = hole.begins_at - 4 * HOUR
    sweep(actions.tell_next_holes, before - timedelta(seconds=1))
    assert not Telling.objects.exists()  # there is time: who leads the post is told, calmly
    sweep(actions.tell_next_holes, before)
    telling = Telling.objects.get(cause_kind=Cause.HOLE, cause=hole.pk)
    sweep(ringing.ring_next, before)
    assert all_called() == {"010-9999-0001"}
    texts = {ring.text for ring in Ring.objects.filter(is_all_call=True)}
    for canary in (hole.post.name, world.operator.name, world.planner.name, "은천로"):
        assert not any(canary in text for text in texts)
    actions.take_hole(hole=hole.pk, by=world.supervisor, now=before + timedelta(minutes=1))
    telling.refresh_from_db()
    assert (telling.ended_how, telling.ended_by) == ("acknowledged", world.supervisor)


def test_who_only_said_that_they_know_is_asked_again_until_somebody_comes(world: World):
    need(world, world.operator)
    hole = first_hole()
    Hole.objects.exclude(pk=hole.pk).delete()
    at = hole.begins_at - 4 * HOUR
    sweep(actions.tell_next_holes, at)
    first = Telling.objects.get(cause=hole.pk)
    told = {"tellings": [first.id], "by": world.supervisor, "now": at}
    ringing.acknowledge_tellings(**told)
    sweep(actions.tell_next_holes, at + timedelta(minutes=29))
    assert not Telling.objects.filter(ended_at=None).exists()
    sweep(actions.tell_next_holes, at + timedelta(minutes=30))
    again = Telling.objects.get(ended_at=None)
    put(world, world.operator)
    again.refresh_from_db()
    assert again.ended_how == "over"  # somebody sits there: nothing is left to know


moves = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop", "look", "wait", "need"]),
        st.integers(0, 10),
        st.integers(1, 40),
    ),
    min_size=3,
    max_size=14,
)


@pytest.mark.django_db(transaction=False)
def test_whatever_happens_no_hole_goes_untold_or_ownerless(world: World):
    """A story drawn by chance; after each look every missing hour stands, owned and told."""
    reached = set()

    @settings(max_examples=25)  # each is a story of days, with tables
    @given(story=moves)
    def run(story) -> None:
        Hole.objects.all().delete()
        Turn.objects.all().delete()
        Need.objects.all().delete()
        now, people = NOW, 1
        need(world, world.operator, now=now)
        for what, nth, size in [*story, ("look", 0, 1)]:
            if what == "put":
                _try_put(world, nth, now)
            elif what == "drop":
                _drop(world, nth, now)
            elif what == "need":
                people = 1 + nth % 2
                need(world, world.operator, people, now=now)
            else:
                now += size * HOUR if what == "wait" else timedelta(minutes=size)
                look(now)
                need(world, world.operator, people, now=now)  # as the next round would
                look(now)
                reached.update(check(now, people))

    run()
    assert {"told", "found", "covered", "passed", "city", "office"} <= reached


def check(now: datetime, people: int) -> set[str]:
    known = where.calendar(now)
    rows = list(Hole.objects.select_related("owner"))
    open_ones = [row for row in rows if row.state in ("found", "told")]
    turns = list(Turn.objects.filter(withdrawn_at=None, part="duty"))
    for nth in range(1, 13 * 24):
        at = (now + nth * HOUR).replace(minute=30)
        there = sum(turn.begins_at <= at < turn.ends_at for turn in turns)
        on = on_duty(at, known.holidays, USUAL_HOURS) == "centre"
        here = [row.missing for row in open_ones if row.begins_at <= at < row.ends_at]
        assert here == ([people - there] if on and there < people else []), at
    for row in open_ones:
        due = stair_at(kind="centre", begins_at=row.begins_at, now=now, ahead=Ahead())
        assert row.owner_id is not None
        assert row.stair == (due or "")
        assert (row.state == "told") == (due is not None)
    return {row.state for row in rows} | {row.stair for row in rows if row.stair}


def _try_put(world: World, nth: int, now: datetime) -> None:
    who = (world.operator, world.second)[nth % 2]
    day = MONDAY + (now - MONDAY).days * DAY + (nth // 2 + 1) * DAY
    span = {"begins_at": day.replace(hour=18), "ends_at": day.replace(hour=18) + 15 * HOUR}
    try:
        told = {"post": who.post_id, "staff": who.pk, "part": "duty"}
        actions.add_turn(**told, **span, by=world.supervisor, now=now)
    except NotAllowed:
        pass


def _drop(world: World, nth: int, now: datetime) -> None:
    turns = list(Turn.objects.filter(withdrawn_at=None, ends_at__gt=now).order_by("begins_at"))
    if turns:
        actions.withdraw_turn(turn=turns[nth % len(turns)].pk, by=world.supervisor, now=now)
