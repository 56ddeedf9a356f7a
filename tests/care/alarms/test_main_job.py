"""A silent home becomes an answered alarm."""

from datetime import timedelta

import pytest

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Step
from anbu.care.alarms.queries.causes import unseen
from anbu.care.alarms.rules import NotAllowed, TakenByAnother, UnknownAlarm
from anbu.care.foundation.models import Trace
from anbu.care.staff import actions as staffing
from tests.care.alarms.world import MONDAY, THERE, sweep

MINUTE = timedelta(minutes=1)
NOON, NIGHT = MONDAY.replace(hour=12), MONDAY.replace(hour=22, minute=40)


def kinds(alarm: Alarm) -> list[str]:
    return list(alarm.steps.order_by("id").values_list("kind", flat=True))


def test_a_home_rings_when_its_patience_ends_and_not_before(world):
    home = world.home(still_at=NOON)
    sweep(actions.raise_next_silence, NOON - MINUTE)
    assert not Alarm.objects.exists()
    sweep(actions.raise_next_silence, NOON + timedelta(seconds=1))
    alarm = Alarm.objects.get()
    assert (alarm.household_id, alarm.kind, alarm.level, alarm.state) == (
        home,
        "silence",
        2,
        "raised",
    )
    assert alarm.number == "26-1123-0001"
    assert "변화 없음" in alarm.reason
    assert kinds(alarm) == ["raised", "owner"]
    sweep(actions.raise_next_silence, NOON + MINUTE)
    assert Alarm.objects.count() == 1


def test_by_day_the_dong_owns_it_and_by_night_the_centre(world):
    day = world.silent(at=NOON)
    night = world.silent(at=NIGHT)
    assert (day.owner_post, day.owner_post.kind) == (world.planner.post, "dong")
    assert night.owner_post == world.operator.post


def test_at_night_without_consent_for_it_the_dong_office_finds_it_at_nine(world):
    alarm = world.silent(at=NIGHT, night=False)
    nine = (MONDAY + timedelta(days=1)).replace(hour=9)
    assert alarm.owner_post == world.planner.post
    assert (alarm.waits_for, alarm.rung_due_at) == ("morning", nine)
    (owner,) = alarm.steps.filter(kind="owner")
    assert owner.detail["waits"] == "never"
    told = [entry.sentence for entry in queries.timeline(alarm_id=alarm.id, seen_by=world.planner)]
    assert any("야간 동의를 받은 적이 없어" in each for each in told)
    assert queries.queue(seen_by=world.operator, now=NIGHT).rows == ()
    assert not sweep(actions.advance_next_overdue, nine - MINUTE)
    assert sweep(actions.advance_next_overdue, nine) == 1
    alarm.refresh_from_db()
    assert (alarm.waits_for, alarm.rung, alarm.rung_due_at) == ("", 0, nine + 15 * MINUTE)


def test_the_whole_way_from_the_queue_to_the_outcome(world):
    alarm = world.silent(at=NIGHT)
    me, now = world.operator, NIGHT + MINUTE
    row = actions.open_queue(seen_by=me, now=now).rows[0]
    assert (row.id, row.next_do, row.after_do, row.rung_no) == (alarm.id, "call", "call", 1)
    assert (row.name, row.age, row.chips, row.owner_name) == ("윤정례", 81, ("심부전",), None)
    actions.claim(alarm_id=alarm.id, version=row.version, by=me, now=now)
    for whom in ("person", "person"):
        now += MINUTE
        actions.record_call(alarm_id=alarm.id, whom=whom, result="no_answer", by=me, now=now)
    row = queries.row(alarm_id=alarm.id, seen_by=me, now=now)
    assert (row.next_do, row.level, row.tries, row.waits_for) == ("contact", 3, 2, "answer")
    assert (row.next_whom, row.next_phone) == ("딸 윤O0", "010-0000-1000")
    actions.record_call(
        alarm_id=alarm.id, whom=row.next_contact, result="safe", note="잠들었음", by=me, now=now
    )
    closed = actions.close(alarm_id=alarm.id, outcome="safe_call", by=me, now=now + MINUTE)
    assert (closed.state, closed.outcome, closed.closed_by) == ("closed", "safe_call", me)
    incident = actions.open_incident(alarm_id=alarm.id, seen_by=me, now=now + MINUTE)
    assert incident.timeline[0].kind == "closed"
    assert [a.result for a in incident.attempts] == ["no_answer", "no_answer", "safe"]
    assert [m.kind for m in incident.row.people] == ["missed", "missed", "reached"]
    assert [step.state for step in incident.protocol] == ["done"] * 3 + ["next"] * 2 + ["done"]
    done = queries.queue(seen_by=me, view="done", now=now + MINUTE)
    assert [r.id for r in done.rows] == [alarm.id]
    assert done.counts["now"] == 0
    assert incident.record.closed == 1
    assert incident.record.crises == 0


def test_a_closed_home_waits_its_whole_patience_before_it_rings_again(world):
    alarm = world.silent(at=NOON)
    actions.close(alarm_id=alarm.id, outcome="out", by=world.planner, now=NOON + MINUTE)
    for hours in (5, 11, 17, 23):
        world.report(alarm.household_id, at=NOON + timedelta(hours=hours))
    again = NOON + MINUTE + timedelta(hours=24)
    sweep(actions.raise_next_silence, again - MINUTE)
    assert Alarm.objects.count() == 1
    sweep(actions.raise_next_silence, again + MINUTE)
    assert Alarm.objects.count() == 2


def test_a_life_sign_on_an_open_alarm_is_evidence_and_a_person_closes(world):
    alarm = world.silent(at=NOON)
    world.report(alarm.household_id, at=NOON + 5 * MINUTE, watts=900, lux=300)
    sweep(actions.raise_next_silence, NOON + 6 * MINUTE)
    alarm.refresh_from_db()
    assert (alarm.closed_at, alarm.level, kinds(alarm)[-1]) == (None, 2, "evidence")
    assert alarm.sign_returned_at == NOON + 5 * MINUTE


def test_a_cry_rises_at_once_and_critical(world):
    home = world.home(still_at=NIGHT + timedelta(hours=10), night=False)
    world.cry(home, at=NIGHT)
    assert sweep(actions.raise_next_sos, NIGHT + timedelta(seconds=1)) == 1
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.level, alarm.owner_post) == ("sos", 3, world.operator.post)
    assert alarm.reason == "“살려줘”라고 말함. AI스피커\u00a022:40"
    assert alarm.rung_due_at == NIGHT + timedelta(seconds=61)


def test_a_cry_waits_for_no_office_even_where_a_policy_calls_it_mild(world):
    text = "[[sos]]\ndo = 'call'\nwait_s = 60\nlevel = 2\n"
    actions.load_policy(text=text, by="system:test", now=NIGHT - MINUTE)
    world.cry(world.home(still_at=NIGHT + timedelta(hours=10), night=False), at=NIGHT)
    sweep(actions.raise_next_sos, NIGHT)
    alarm = Alarm.objects.get()
    assert (alarm.level, alarm.owner_post, alarm.waits_for) == (2, world.operator.post, "")


def test_a_cry_from_a_home_with_an_open_alarm_makes_it_critical(world):
    alarm = world.silent(at=NIGHT, tier="low")
    me = world.operator
    until = NIGHT + timedelta(hours=1)
    actions.shelve(alarm_id=alarm.id, until=until, reason="곧 옴", by=me, now=NIGHT + MINUTE)
    world.cry(alarm.household_id, at=NIGHT + 2 * MINUTE)
    world.cry(alarm.household_id, at=NIGHT + 2 * MINUTE, words="도와줘")
    sweep(actions.raise_next_sos, NIGHT + 3 * MINUTE)
    alarm.refresh_from_db()
    assert Alarm.objects.count() == 1
    assert (alarm.level, alarm.shelved_until, alarm.ladder[alarm.rung]["wait_s"]) == (3, None, 60)
    assert kinds(alarm).count("evidence") == 2
    assert alarm.owner_staff == me


def test_nobody_acts_and_the_alarm_climbs_to_the_last_rung_which_repeats(world):
    alarm = world.silent(at=NIGHT, tier="high")
    now, seen = NIGHT, []
    for _ in range(10):
        alarm.refresh_from_db()
        seen.append((alarm.ladder[alarm.rung]["do"], alarm.level))
        now = alarm.rung_due_at
        assert not actions.advance_next_overdue(now=now - timedelta(seconds=1))
        assert sweep(actions.advance_next_overdue, now) == 1
    dos = ["call", "call", "contact", "dispatch"] + ["joint"] * 6
    assert [do for do, _ in seen] == dos
    assert [level for _, level in seen] == [2, 2] + [3] * 8
    assert kinds(alarm).count("overdue") == 10


def test_who_lets_a_step_lie_gives_it_back_and_who_acted_keeps_it(world):
    lazy, busy = world.silent(at=NIGHT), world.silent(at=NIGHT)
    me, now = world.operator, NIGHT + MINUTE
    for alarm in (lazy, busy):
        actions.claim(alarm_id=alarm.id, version=alarm.version, by=me, now=now)
    actions.dispatch(alarm_id=busy.id, by=me, now=now)
    sweep(actions.advance_next_overdue, now + 31 * MINUTE)
    lazy.refresh_from_db()
    busy.refresh_from_db()
    assert (lazy.owner_staff, lazy.owner_post) == (None, me.post)
    assert (busy.owner_staff, busy.ladder[busy.rung]["do"]) == (me, "joint")


def test_an_alarm_of_the_afternoon_goes_to_the_centre_when_the_office_is_closed(world):
    alarm = world.silent(at=MONDAY.replace(hour=17, minute=50))
    sweep(actions.advance_next_overdue, MONDAY.replace(hour=18, minute=6))
    alarm.refresh_from_db()
    assert alarm.owner_post == world.operator.post


def test_shelving_ends_by_itself_and_never_hides_the_critical(world):
    alarm = world.silent(at=NIGHT)
    me, until = world.operator, NIGHT + 30 * MINUTE
    told = {"alarm_id": alarm.id, "by": me, "now": NIGHT + MINUTE}
    with pytest.raises(NotAllowed, match="1시간"):
        actions.shelve(until=NIGHT + timedelta(hours=2), reason="가", **told)
    actions.shelve(until=until, reason="동생이 가는 중", **told)
    assert queries.counts(seen_by=me, now=NIGHT + MINUTE)["shelved"] == 1
    assert queries.counts(seen_by=me, now=NIGHT + MINUTE)["now"] == 0
    assert not sweep(actions.advance_next_overdue, until)
    assert sweep(actions.unshelve_next, until) == 1
    alarm.refresh_from_db()
    assert (alarm.shelved_until, alarm.owner_staff) == (None, me)
    actions.call_119(alarm_id=alarm.id, note="두드려도 대답 없음", by=me, now=until)
    with pytest.raises(NotAllowed, match="심각"):
        actions.shelve(until=until + MINUTE, reason="가", **(told | {"now": until}))


def test_only_one_person_holds_an_alarm(world):
    alarm = world.silent(at=NIGHT)
    first, second = world.operator, world.second
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=first, now=NIGHT)
    for act in (
        lambda: actions.claim(alarm_id=alarm.id, version=2, by=second, now=NIGHT),
        lambda: actions.record_call(
            alarm_id=alarm.id, whom="person", result="safe", by=second, now=NIGHT
        ),
        lambda: actions.close(alarm_id=alarm.id, outcome="out", by=second, now=NIGHT),
        lambda: actions.transfer(alarm_id=alarm.id, to_staff=second.pk, by=second, now=NIGHT),
    ):
        with pytest.raises(TakenByAnother, match="문가람"):
            act()
    actions.note(alarm_id=alarm.id, text="옆집이 어제 봤다고 함", by=second, now=NIGHT)
    actions.call_119(
        alarm_id=alarm.id, note="두드려도 대답 없음", by=second, now=NIGHT
    )  # nobody waits for a name
    alarm.refresh_from_db()
    assert (alarm.owner_staff, alarm.state) == (first, "joint")


def test_handing_on_goes_only_to_those_who_may_see_the_home(world):
    alarm = world.silent(at=NIGHT)
    told = {"alarm_id": alarm.id, "by": world.operator, "now": NIGHT}
    for wrong in ({"to_staff": world.next_planner.pk}, {"to_post": world.next_planner.post_id}, {}):
        with pytest.raises(NotAllowed):
            actions.transfer(**wrong, **told)
    actions.transfer(to_staff=world.second.pk, reason="교대", **told)
    actions.transfer(
        alarm_id=alarm.id, to_post=world.planner.post_id, by=world.supervisor, now=NIGHT
    )
    alarm.refresh_from_db()
    assert (alarm.owner_staff, alarm.owner_post) == (None, world.planner.post)
    assert queries.row(alarm_id=alarm.id, seen_by=world.operator, now=NIGHT)  # once owned


def test_the_planner_of_the_next_dong_sees_what_an_unknown_alarm_shows(world):
    alarm = world.silent(at=NIGHT)
    stranger, unknown = world.next_planner, alarm.household_id
    for number in (alarm.id, unknown):
        told = {"alarm_id": number, "seen_by": stranger, "now": NIGHT}
        assert actions.open_row(**told) is None
        assert actions.open_preview(**told) is None
        assert actions.open_incident(**told) is None
        assert queries.timeline(alarm_id=number, seen_by=stranger) == ()
        with pytest.raises(UnknownAlarm):
            actions.claim(alarm_id=number, version=1, by=stranger, now=NIGHT)
        with pytest.raises(UnknownAlarm):
            actions.close(alarm_id=number, outcome="out", by=stranger, now=NIGHT)
        with pytest.raises(UnknownAlarm):
            actions.note(alarm_id=number, text="가", by=stranger, now=NIGHT)
    for view in queries.VIEWS:
        queue = queries.queue(seen_by=stranger, view=view, now=NIGHT)
        assert (queue.rows, queue.causes, set(queue.counts.values())) == ((), (), {0})
    assert queries.row(alarm_id=alarm.id, seen_by=world.planner, now=NIGHT) is not None


def test_the_centre_knows_nothing_of_what_it_never_owned(world):
    alarm = world.silent(at=NOON)
    assert queries.row(alarm_id=alarm.id, seen_by=world.operator, now=NOON) is None
    assert queries.row(alarm_id=alarm.id, seen_by=world.planner, now=NOON) is not None


def test_every_look_leaves_a_trace(world):
    alarm = world.silent(at=NIGHT)
    me = world.operator
    actions.open_queue(seen_by=me, now=NIGHT)
    actions.open_incident(alarm_id=alarm.id, seen_by=me, now=NIGHT)
    assert actions.see_door_note(alarm_id=alarm.id, by=me, now=NIGHT) == "1234*"
    looks = list(Trace.objects.filter(by=me.actor).order_by("id"))
    assert [look.verb for look in looks] == ["list_alarms", "open_incident", "see_door_note"]
    assert looks[0].detail["alarms"] == [str(alarm.id)]
    assert {look.household for look in looks[1:]} == {alarm.household_id}


def test_what_is_owned_by_somebody_who_went_home_goes_back_to_the_post(world):
    kept, left, lost = (world.silent(at=NIGHT) for _ in range(3))
    for alarm, who in ((kept, world.supervisor), (left, world.operator), (lost, world.second)):
        staffing.start_shift(by=who, now=NIGHT)
        actions.claim(alarm_id=alarm.id, version=alarm.version, by=who, now=NIGHT)
    assert not actions.release_next_absent(now=NIGHT)
    staffing.end_shift(by=world.operator, now=NIGHT + MINUTE)
    staffing.disable(staff=world.second.pk, by="system:test", now=NIGHT + MINUTE)
    assert sweep(actions.release_next_absent, NIGHT + MINUTE) == 1
    owners = [Alarm.objects.get(id=a.id).owner_staff for a in (kept, left, lost)]
    assert owners == [world.supervisor, None, None]


def test_a_resident_number_is_refused_in_notes_too(world):
    alarm = world.silent(at=NIGHT)
    with pytest.raises(ValueError, match="주민등록번호"):
        actions.note(alarm_id=alarm.id, text="450101-2345678", by=world.operator, now=NIGHT)
    assert "note" not in kinds(alarm)


def test_a_new_policy_bends_no_running_alarm(world):
    first = world.silent(at=NIGHT)
    text = "[[silence_mid]]\ndo = 'joint'\nwait_s = 5\nlevel = 3\n"
    actions.load_policy(text=text, by="system:test", now=NIGHT + MINUTE)
    second = world.silent(at=NIGHT + 2 * MINUTE)
    assert (len(first.ladder), len(second.ladder)) == (5, 1)
    assert Alarm.objects.get(id=first.id).ladder == first.ladder


def test_blind_homes_become_one_cause_and_no_alarm(world):
    for _ in range(3):
        world.home(still_at=NIGHT)
    other = world.home(still_at=NIGHT, dong=THERE)
    blind = NIGHT + timedelta(hours=48)
    home = world.home(still_at=blind)
    sweep(actions.raise_next_silence, NIGHT + timedelta(seconds=1))
    sweep(actions.raise_next_silence, blind)
    (cause,) = queries.cause_rows(seen_by=world.operator, now=blind)
    assert (cause.homes, cause.provider_name, cause.cause) == (4, "플러그", "feed")
    assert unseen(seen_by=world.next_planner, now=blind, with_homes=True).total == 1
    assert Alarm.objects.filter(household=other).count() == 1
    world.report(other, at=blind + MINUTE)
    sweep(actions.raise_next_silence, blind + 2 * MINUTE)
    assert unseen(seen_by=world.next_planner, now=blind + 2 * MINUTE).total == 0
    assert home


def test_the_invariants_hold_and_say_what_is_broken(world):
    alarm = world.silent(at=NIGHT)
    assert queries.broken_invariants(NIGHT + MINUTE) == []
    late = queries.broken_invariants(NIGHT + timedelta(hours=1))
    assert late == ["1 open alarms whose deadline passed and nothing happened"]
    Step.objects.filter(alarm=alarm).delete()
    assert "1 alarms without the step that raised them" in queries.broken_invariants(NIGHT)
