"""So much rings at once that a person must look first: one row, a choice, and nothing is lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions, jobs, queries
from anbu.care.alarms.models import Alarm, Brake, Doubt, Message
from anbu.care.alarms.rules import NotAllowed, TakenByAnother, UnknownAlarm
from anbu.care.effects import actions as effects
from anbu.care.foundation.models import Trace
from anbu.care.people.rules import BadInput
from anbu.care.readings.models import Watch
from anbu.config.invariants import check
from tests.care.alarms.world import MONDAY, World, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOLD = timedelta(seconds=600)
TIERS = ("low", "mid", "high")


@pytest.fixture(autouse=True)
def small(settings) -> None:
    """Let twelve homes be a flood, and three a minute be let go by risk."""
    settings.BRAKE_AT_LEAST, settings.BRAKE_PER_MINUTE = 5, 3


def flood(world: World, many: int = 12, at=NIGHT) -> list[Alarm]:
    """Let so many homes of every tier fall silent in the same second."""
    homes = [world.home(still_at=at, tier=TIERS[n % 3]) for n in range(many)]
    sweep(actions.raise_next_silence, at + SECOND)
    return list(Alarm.objects.filter(household__in=homes).order_by("due_at", "id"))


def sound(now) -> bool:
    """Say whether every invariant of the database holds, once the clock has told people."""
    sweep(effects.ring_next, now)
    return not [finding for finding in check(now=now) if finding.broken]


def let_go(now) -> int:
    return sweep(actions.let_go_next, now)


def going(alarm: Alarm, now) -> bool:
    """Say whether the clock of its first step runs since this moment."""
    alarm.refresh_from_db()
    return alarm.waits_for != "brake" and alarm.rung_started_at == now


def test_a_flood_of_silences_is_held_and_nothing_is_missing(world):
    alarms = flood(world)
    brake = Brake.objects.get()
    assert (brake.cause, brake.counted, brake.ordinary, brake.choice) == ("flood", 12, 5, "")
    assert (brake.until, brake.owner_post.kind) == (NIGHT + SECOND + HOLD, "centre")
    assert len(alarms) == 12
    for alarm in alarms:
        assert (alarm.brake, alarm.waits_for, alarm.owner_post.kind) == (brake, "brake", "centre")
        assert alarm.rung_started_at == brake.until
        assert set(alarm.steps.values_list("kind", flat=True)) >= {"raised", "owner"}
        assert Trace.objects.filter(household=alarm.household_id, verb="raise_silence").exists()
    waiting = Message.objects.filter(status="waiting", goes_at=brake.until)
    assert waiting.count() == Message.objects.count() == 4  # of the low tier: a machine asks first
    assert not ProcrastinateJob.objects.exists()
    assert not sweep(actions.release_next_messages, brake.until - SECOND)
    assert not sweep(actions.advance_next_overdue, brake.until - SECOND)
    told = {e.sentence for e in queries.timeline(alarm_id=alarms[0].id, seen_by=world.operator)}
    assert any("붙들어 둠" in sentence for sentence in told)
    assert sound(NIGHT + MINUTE)


def test_an_ordinary_evening_is_never_held(world):
    alarms = flood(world, many=5)
    later = flood(world, many=5, at=NIGHT + 2 * MINUTE)
    assert not Brake.objects.exists()
    assert {alarm.waits_for for alarm in alarms + later} == {"", "answer"}
    assert ProcrastinateJob.objects.count() == Message.objects.filter(status="queued").count() == 4


def test_many_small_batches_in_one_minute_are_a_flood_too(world):
    for nth in range(6):
        world.home(still_at=NIGHT + nth * 5 * SECOND)
    for nth in range(6):
        sweep(actions.raise_next_silence, NIGHT + nth * 5 * SECOND + SECOND)
    assert Brake.objects.get().counted == 6
    assert Alarm.objects.filter(waits_for="brake").count() == 1  # the first five were ordinary


def test_a_city_that_always_rings_as_much_is_not_held(world, settings):
    settings.BRAKE_FACTOR = 200
    for nth in range(1, 5):  # 24 in a week: 0.0024 a minute; two hundredfold is less than five
        flood(world, many=5, at=NIGHT - nth * timedelta(days=1))
    assert not Brake.objects.exists()
    settings.BRAKE_FACTOR = 10_000
    flood(world)
    assert not Brake.objects.exists()
    settings.BRAKE_FACTOR = 200
    flood(world, at=NIGHT + 2 * MINUTE)
    assert Brake.objects.get().ordinary == 5


def test_a_cry_and_what_is_critical_pass_at_once(world):
    held = flood(world)[0]
    now = NIGHT + MINUTE
    other = world.home(still_at=NIGHT + timedelta(hours=10))
    world.cry(other, at=now)
    world.cry(held.household_id, at=now)
    assert sweep(actions.raise_next_sos, now + SECOND) == 1
    cry = Alarm.objects.get(household=other)
    assert (cry.brake, cry.level, cry.rung_due_at) == (None, 3, now + SECOND + MINUTE)
    held.refresh_from_db()
    assert (held.level, held.waits_for, held.rung_due_at) == (3, "", now + SECOND + MINUTE)
    shown = queries.queue(seen_by=world.operator, now=now)
    assert {row.id for row in shown.rows} == {cry.id, held.id}
    sweep(actions.advance_next_overdue, now + SECOND + MINUTE)
    held.refresh_from_db()
    assert held.rung == 1


def test_what_a_person_takes_on_is_theirs_and_its_clock_runs(world):
    alarm, me, now = flood(world)[0], world.operator, NIGHT + MINUTE
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=me, now=now)
    assert going(alarm, now)
    brake = Brake.objects.get()
    actions.choose_brake(brake_id=brake.id, choice="our_fault", reason="시계", by=me, now=now)
    let_go(now + SECOND)
    alarm.refresh_from_db()
    assert alarm.closed_at is None


def test_the_desk_shows_one_row_and_a_page_with_the_highest_risk_first(world):
    flood(world)
    queue = queries.queue(seen_by=world.operator, now=NIGHT + MINUTE)
    assert queue.rows == ()
    assert queue.counts["now"] == 0
    (row,) = queue.brakes
    assert (row.homes, row.held, row.owner_post) == (12, 12, world.operator.post.name)
    page = actions.open_brake(brake_id=row.id, seen_by=world.operator, now=NIGHT + MINUTE)
    # level before tier: who is called (2) stands before whom a machine asks (1)
    assert [home.tier for home in page.homes] == ["high"] * 4 + ["mid"] * 4 + ["low"] * 4
    assert page.tiers == {"high": 4, "mid": 4, "low": 4}
    homes = {home.household for home in page.homes}
    assert set(Trace.objects.get(verb="list_brake").homes) == homes


def test_the_pages_of_a_brake_hold_everybody_once(world, monkeypatch):
    monkeypatch.setattr(queries.brakes, "PAGE", 5)
    flood(world)
    brake, seen, after = Brake.objects.get(), [], None
    for _ in range(3):
        page = actions.open_brake(
            brake_id=brake.id, after=after, seen_by=world.operator, now=NIGHT + MINUTE
        )
        seen += [home.alarm for home in page.homes]
        after = page.following
    assert after is None
    assert len(seen) == len(set(seen)) == 12


def test_go_sends_everything_and_starts_every_clock_now(world):
    alarms, me, now = flood(world), world.operator, NIGHT + 2 * MINUTE
    brake = Brake.objects.get()
    actions.choose_brake(brake_id=brake.id, choice="go", by=me, now=now)
    assert let_go(now) == 2  # everything at once, and then the brake opens
    assert all(going(alarm, now) for alarm in alarms)
    assert ProcrastinateJob.objects.count() == Message.objects.filter(status="queued").count() == 4
    by_machine = Alarm.objects.filter(messages__isnull=False)
    assert {alarm.waits_for for alarm in by_machine} == {"answer"}
    brake.refresh_from_db()
    assert (brake.ended_at, brake.chosen_by) == (now, me)
    assert sound(now + MINUTE)
    # what rings in the next minutes was decided with it
    later = flood(world, at=now + MINUTE)
    assert {alarm.brake for alarm in later} == {None}


def test_by_risk_the_highest_risk_goes_first_so_many_a_minute(world):
    alarms, now = flood(world), NIGHT + 2 * MINUTE
    brake = Brake.objects.get()
    actions.choose_brake(brake_id=brake.id, choice="by_risk", by=world.operator, now=now)
    went = []
    for minute in range(4):
        let_go(now + minute * MINUTE)
        free = Alarm.objects.exclude(waits_for="brake").order_by("-level", "household__tier")
        went.append(sorted(alarm.household.tier for alarm in free))
        assert sound(now + minute * MINUTE)
    assert [len(tiers) for tiers in went] == [3, 6, 9, 12]
    assert went[0] == ["high"] * 3
    assert went[1] == ["high"] * 4 + ["mid"] * 2
    brake.refresh_from_db()
    assert brake.ended_at is not None
    assert Alarm.objects.count() == len(alarms)


def test_everybodys_turn_comes_in_time_however_many_they_are(world, settings):
    settings.BRAKE_LONGEST_S = 120
    flood(world)
    brake, now = Brake.objects.get(), NIGHT + 2 * MINUTE
    actions.choose_brake(brake_id=brake.id, choice="by_risk", by=world.operator, now=now)
    let_go(now)
    assert Alarm.objects.exclude(waits_for="brake").count() == 6  # half of them in the first half
    let_go(now + MINUTE)
    assert not Alarm.objects.filter(waits_for="brake").exists()


def test_our_own_fault_closes_what_nobody_touched_and_lists_every_home_by_name(world):
    alarms, me, now = flood(world), world.operator, NIGHT + 2 * MINUTE
    brake = Brake.objects.get()
    noted = alarms[0]
    actions.note(alarm_id=noted.id, text="이 집은 따로 봄", by=me, now=now)
    with pytest.raises(BadInput):
        actions.choose_brake(brake_id=brake.id, choice="our_fault", reason=" ", by=me, now=now)
    actions.choose_brake(
        brake_id=brake.id, choice="our_fault", reason="시계가 하루 앞서 감", by=me, now=now
    )
    let_go(now + SECOND)
    closed = Alarm.objects.filter(outcome="our_fault", closed_by=me, state="closed")
    assert closed.count() == 11
    assert going(noted, now + SECOND)  # somebody has put a hand to it: it is no machine's to close
    messages = Message.objects.exclude(alarm=noted)
    assert {(m.status, m.failure) for m in messages} == {
        ("expired", "우리 쪽 잘못으로 울려 보내지 않음")
    }
    listed = actions.open_doubts(seen_by=me, now=now + MINUTE)
    assert {row.household for row in listed} == {alarm.household_id for alarm in closed}
    assert {row.cause for row in listed} == {"own"}
    assert all(row.plan.is_due for row in listed)
    assert sound(now + MINUTE)
    # a human clears each, and who stays silent rings again
    actions.end_doubt(doubt=listed[0].id, how="reached", by=me, now=now + MINUTE)
    assert Doubt.objects.filter(ended_at=None).count() == 10
    assert Watch.objects.filter(confirmed=int((now + SECOND).timestamp())).count() == 11


def test_nobody_chooses_and_it_goes_on_by_itself_and_says_so(world):
    flood(world)
    brake = Brake.objects.get()
    assert let_go(brake.until - SECOND) == 0
    let_go(brake.until)
    brake.refresh_from_db()
    assert (brake.choice, brake.chosen_by, brake.ended_at) == ("by_risk", None, None)
    assert Trace.objects.filter(verb="brake_by_itself").count() == 1
    assert Alarm.objects.exclude(waits_for="brake").count() == 3
    assert not sweep(actions.release_next_messages, brake.until + SECOND)  # not before their turn
    assert Message.objects.filter(status="waiting").count() == 4
    assert sound(brake.until)
    # a person may still take it into their hands
    actions.choose_brake(brake_id=brake.id, choice="go", by=world.operator, now=brake.until)
    let_go(brake.until + SECOND)
    assert not Alarm.objects.filter(waits_for="brake").exists()


def test_if_nobody_lets_go_the_ladders_begin_by_themselves(world):
    alarms = flood(world)
    brake = Brake.objects.get()
    sweep(actions.advance_next_overdue, brake.all_gone_by - SECOND)
    assert Alarm.objects.filter(waits_for="brake").count() == 12
    sweep(actions.advance_next_overdue, brake.all_gone_by)
    assert all(going(alarm, brake.all_gone_by) for alarm in alarms)
    assert Message.objects.filter(status="queued").count() == 4


def test_what_is_raised_while_it_goes_by_risk_waits_its_turn(world):
    flood(world)
    brake = Brake.objects.get()
    let_go(brake.until)
    late = world.silent(at=brake.until + 10 * SECOND, tier="high")
    assert (late.brake, late.waits_for) == (brake, "brake")
    let_go(brake.until + MINUTE)
    late.refresh_from_db()
    assert late.waits_for == ""


def test_at_night_without_consent_what_is_let_go_still_waits_for_the_office(world):
    five = MONDAY.replace(hour=17, minute=59)
    homes = [world.home(still_at=five, night=False, tier="low") for _ in range(6)]
    sweep(actions.raise_next_silence, five + SECOND)
    brake, evening = Brake.objects.get(), MONDAY.replace(hour=18, minute=5)
    actions.choose_brake(brake_id=brake.id, choice="go", by=world.operator, now=evening)
    let_go(evening)
    nine = (MONDAY + timedelta(days=1)).replace(hour=9)
    alarms = Alarm.objects.filter(household__in=homes)
    assert {(alarm.waits_for, alarm.rung_due_at) for alarm in alarms} == {("morning", nine)}
    assert set(Message.objects.values_list("status", "goes_at")) == {("waiting", nine)}
    sweep(actions.advance_next_overdue, nine)
    sweep(actions.release_next_messages, nine)
    assert Message.objects.filter(status="queued").count() == 6  # each home is asked once
    assert {alarm.waits_for for alarm in alarms.all()} == {"answer"}


def test_the_office_that_opens_meanwhile_asks_nobody_the_brake_holds(world):
    early = (MONDAY + timedelta(days=1)).replace(hour=8, minute=55)
    for _ in range(6):
        world.home(still_at=early, night=False, tier="low")
    sweep(actions.raise_next_silence, early + SECOND)
    nine = early + 5 * MINUTE
    sweep(actions.advance_next_overdue, nine)
    sweep(actions.release_next_messages, nine)
    assert not ProcrastinateJob.objects.exists()
    brake = Brake.objects.get()
    actions.choose_brake(brake_id=brake.id, choice="go", by=world.operator, now=nine)
    let_go(nine)
    assert ProcrastinateJob.objects.count() == 6


def test_of_two_who_choose_one_does(world):
    flood(world)
    brake, now = Brake.objects.get(), NIGHT + MINUTE
    actions.claim_brake(brake_id=brake.id, by=world.operator, now=now)
    for deed in (
        lambda: actions.claim_brake(brake_id=brake.id, by=world.second, now=now),
        lambda: actions.choose_brake(brake_id=brake.id, choice="go", by=world.second, now=now),
    ):
        with pytest.raises(TakenByAnother):
            deed()
    actions.choose_brake(brake_id=brake.id, choice="go", by=world.operator, now=now)
    with pytest.raises(NotAllowed):
        actions.choose_brake(brake_id=brake.id, choice="by_risk", by=world.operator, now=now)


def test_a_dong_sees_its_own_homes_and_chooses_nothing(world):
    flood(world)
    brake, now = Brake.objects.get(), NIGHT + MINUTE
    page = actions.open_brake(brake_id=brake.id, seen_by=world.planner, now=now)
    assert (page.row.homes, page.row.may_choose) == (12, ())
    assert actions.open_brake(brake_id=brake.id, seen_by=world.next_planner, now=now) is None
    for person in (world.planner, world.next_planner):
        with pytest.raises(UnknownAlarm):
            actions.choose_brake(brake_id=brake.id, choice="go", by=person, now=now)


def test_a_clock_that_jumped_closes_the_brake_and_makes_nobody_wait_longer(world, settings):
    class Clock:
        speed = 1.0

        def now(self):
            return NIGHT

    settings.CLOCK = Clock()
    jobs.brake_for_step(parted_s=3600.0)
    brake = Brake.objects.get()
    assert (brake.cause, brake.clock_s, brake.until) == ("clock_step", 3600.0, NIGHT + HOLD)
    alarm = world.silent(at=NIGHT)
    assert (alarm.brake, alarm.waits_for) == (brake, "brake")
    Clock.now = lambda self: NIGHT - timedelta(hours=1)  # and it is set back again
    jobs.brake_for_step(parted_s=-3600.0)
    brake = Brake.objects.get()
    assert (brake.clock_s, brake.until) == (0, NIGHT - timedelta(hours=1) + HOLD)


def test_a_brake_that_holds_nobody_opens_by_itself(world, settings):
    actions.brake_for_step(parted_s=5.0, now=NIGHT)
    let_go(NIGHT + HOLD)
    brake = Brake.objects.get()
    assert (brake.choice, brake.ended_at) == ("by_risk", NIGHT + HOLD)


def test_the_database_holds_what_must_be_true_of_a_brake(world):
    actions.brake_for_step(parted_s=5.0, now=NIGHT)
    first = Brake.objects.get()
    for change, name in (
        ("owner_post_id = NULL", "open_brake_has_exactly_one_owner"),
        ("ended_at = now()", "a_brake_ends_by_a_choice"),
        ("choice = 'go', chosen_at = now()", "a_brake_ends_by_a_choice"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), \
                connection.cursor() as cursor:  # fmt: skip
            cursor.execute(f"UPDATE alarms_brake SET {change}")
    with pytest.raises(IntegrityError, match="one_brake_takes_what_is_raised"), \
            transaction.atomic():  # fmt: skip
        Brake.objects.create(
            cause="flood", began_at=NIGHT, until=NIGHT, all_gone_by=NIGHT,
            owner_post=first.owner_post, owner_since=NIGHT,
        )  # fmt: skip


def test_an_owner_who_goes_home_gives_the_brake_back(world):
    flood(world)
    brake, now = Brake.objects.get(), NIGHT + MINUTE
    actions.claim_brake(brake_id=brake.id, by=world.operator, now=now)
    world.operator.is_active = False
    world.operator.save()
    let_go(now)
    brake.refresh_from_db()
    assert (brake.owner_staff, brake.owner_post.kind) == (None, "centre")
