"""현장 출동: one person at the door, by a link that tells least and leaves a trace of each look."""

from datetime import time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Entry, EntryNote, FieldJob, JointResponse, Step
from anbu.care.alarms.rules import (
    LINK_LIFE,
    Level,
    NotAllowed,
    Rung,
    UnknownAlarm,
    UnknownLink,
    freeze,
)
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Household
from anbu.care.people.rules import BadInput
from tests.care.alarms.world import MONDAY, World

NIGHT = MONDAY + timedelta(hours=22, minutes=47)
ALL = {"light": "yes", "mail": "yes", "sound": "no", "neighbours": "unknown", "smell": "no"}
WHY = "두드려도 대답이 없음"
WHO = {
    "kind": "contractor",
    "name": "박출동",
    "phone": "010-2222-3333",
    "call_back": "02-2133-0120",
}
ENTRY = {
    "grounds": ["danger"],
    "evidence": ["mail", "inside"],
    "seen": "창으로 쓰러진 사람이 보임",
    "decided_by": "관제 책임 노아름",
    "police": "봉천지구대 2명",
    "fire": "관악소방서 구조대",
}


def after(minutes: float) -> dict[str, object]:
    return {"now": NIGHT + timedelta(minutes=minutes)}


@pytest.fixture
def alarm(world: World) -> Alarm:
    return world.silent(at=NIGHT - timedelta(minutes=1))


@pytest.fixture
def token(world: World, alarm: Alarm) -> str:
    return actions.send_agent(alarm_id=alarm.id, **WHO, by=world.operator, **after(0))


def told(alarm: Alarm) -> list[str]:
    """Return what the timeline says of the door, the first first."""
    steps = Step.objects.filter(alarm=alarm, kind="evidence").order_by("id")
    return [step.detail["what"] for step in steps]


def test_a_link_is_shown_once_and_only_its_digest_is_kept(world: World, alarm: Alarm, token: str):
    job = FieldJob.objects.get()
    assert len(token) >= 22  # 128 bit in base64
    assert token not in str(vars(job))
    assert token not in "".join(str(vars(step)) for step in Step.objects.all())
    assert token not in "".join(str(vars(trace)) for trace in Trace.objects.all())
    assert (job.alarm, job.sent_by, job.from_post) == (alarm, world.operator, world.operator.post)
    assert job.expires_at == NIGHT + LINK_LIFE
    alarm.refresh_from_db()
    assert (alarm.state, alarm.owner_staff) == ("dispatched", world.operator)
    assert told(alarm) == ["field_sent"]


def test_the_link_tells_least_and_each_look_is_a_trace(alarm: Alarm, token: str):
    bare = actions.check_link(token=token, **after(1))
    assert (bare.place, bare.why, bare.state) == ("", "", "sent")
    page = actions.open_job(token=token, **after(2))
    assert (page.place, page.unit) == ("관악구 은천로00길 12", "다세대 3층 302호")  # once
    assert page.why
    for secret in ("윤정례", "1234*", "심부전", "010-0000-4321"):
        assert secret not in str(page)
    actions.open_job(token=token, **after(3))
    door = actions.see_way_in(token=token, **after(4))
    assert (door.name, door.door_note) == ("윤정례", "1234*")
    job = FieldJob.objects.get()
    by = f"agent:{job.id}"
    looks = Trace.objects.filter(by=by, household=alarm.household_id).order_by("id")
    assert [look.verb for look in looks] == ["open_job", "open_job", "see_way_in"]
    assert {look.kind for look in looks} == {"read"}
    assert job.opened_at == NIGHT + timedelta(minutes=2)
    assert told(alarm) == ["field_sent", "field_opened"]


def test_a_double_tap_changes_nothing(alarm: Alarm, token: str):
    for minute in (20, 21):
        actions.arrive(token=token, **after(minute))
    for minute, finding in ((30, "no_answer"), (31, "met")):
        actions.report(token=token, finding=finding, signs=ALL, **after(minute))
    job = FieldJob.objects.get()
    assert job.arrived_at == NIGHT + timedelta(minutes=20)
    assert (job.finding, job.done_at) == ("no_answer", NIGHT + timedelta(minutes=30))
    assert told(alarm) == ["field_sent", "field_arrived", "field_found"]


@pytest.mark.parametrize(
    ("finding", "next_do", "offer"),
    [("met", "dispatch", "close"), ("help", "joint", "joint"), ("no_answer", "joint", "joint")],
)
def test_a_finding_offers_the_next_step_and_closes_nothing(
    world: World, alarm: Alarm, token: str, finding: str, next_do: str, offer: str
):
    alarm.refresh_from_db()
    before = alarm.version
    actions.report(token=token, finding=finding, signs=ALL, note="현관에 신발", **after(30))
    alarm.refresh_from_db()
    assert alarm.closed_at is None
    assert alarm.version == before + 1  # each screen is told
    assert alarm.waits_for == ""
    found = queries.incident(alarm_id=alarm.id, seen_by=world.operator, **after(31))
    assert found is not None
    assert (found.row.next_do, found.field.offer) == (next_do, offer)
    assert found.field.jobs[0].note == "현관에 신발"
    step = Step.objects.filter(alarm=alarm, kind="evidence").latest("id")
    assert (step.by, step.detail["agent"], step.detail["signs"]) == (None, "박출동", ALL)


def dead(token: str) -> None:
    """Make sure that every door of a link answers the same, and changes nothing."""
    before = list(FieldJob.objects.order_by("id").values())
    for knock in (actions.check_link, actions.open_job, actions.see_way_in, actions.arrive):
        with pytest.raises(UnknownLink):
            knock(token=token, now=NIGHT + timedelta(minutes=50))
    with pytest.raises(UnknownLink):
        actions.report(token=token, finding="met", signs={}, now=NIGHT + timedelta(minutes=50))
    assert list(FieldJob.objects.order_by("id").values()) == before


def test_a_link_dies_with_its_alarm(world: World, alarm: Alarm, token: str):
    actions.close(alarm_id=alarm.id, outcome="safe_call", by=world.operator, **after(5))
    assert FieldJob.objects.get().withdrawn_why == "closed"
    assert told(alarm)[-1] == "field_withdrawn"
    dead(token)


def test_a_link_dies_when_somebody_else_is_sent(world: World, alarm: Alarm, token: str):
    other = {**WHO, "kind": "dong", "name": "김동네"}
    new = actions.send_agent(alarm_id=alarm.id, **other, by=world.operator, **after(5))
    dead(token)
    actions.open_job(token=new, **after(6))
    jobs = FieldJob.objects.order_by("sent_at")
    assert [job.withdrawn_why for job in jobs] == ["replaced", ""]


def test_a_link_dies_when_it_is_called_off_or_made_anew(world: World, alarm: Alarm, token: str):
    new = actions.renew_link(alarm_id=alarm.id, by=world.operator, **after(5))
    dead(token)
    actions.open_job(token=new, **after(6))
    actions.call_off_agent(alarm_id=alarm.id, by=world.operator, **after(7))
    dead(new)
    alarm.refresh_from_db()
    assert (alarm.closed_at, alarm.waits_for) == (None, "")
    with pytest.raises(NotAllowed):
        actions.renew_link(alarm_id=alarm.id, by=world.operator, **after(8))


def test_a_link_dies_with_time_and_nobody_guesses_one(token: str):
    dead(token + "x")
    dead("")
    job = FieldJob.objects.get()
    dead(job.token)  # what is kept opens nothing
    last = NIGHT + LINK_LIFE
    actions.open_job(token=token, now=last - timedelta(seconds=1))
    with pytest.raises(UnknownLink):
        actions.open_job(token=token, now=last)


def test_one_is_on_the_way_at_a_time(world: World, alarm: Alarm, token: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldJob.objects.create(
            alarm=alarm,
            from_post=world.operator.post,
            sent_by=world.operator,
            sent_at=NIGHT,
            expires_at=NIGHT,
        )
    actions.report(token=token, finding="met", signs={}, **after(9))
    actions.send_agent(alarm_id=alarm.id, **WHO, by=world.operator, **after(10))


@pytest.mark.django_db(transaction=True)
def test_of_two_sent_at_once_one_is_on_the_way(world: World):
    alarm = world.silent(at=NIGHT - timedelta(minutes=1))
    start, tokens, refused = Barrier(2), [], []

    def send(name: str) -> None:
        start.wait()
        try:
            who = {**WHO, "name": name}
            tokens.append(
                actions.send_agent(alarm_id=alarm.id, **who, by=world.operator, **after(0))
            )
        except NotAllowed as no:
            refused.append(no)
        finally:
            connection.close()

    threads = [Thread(target=send, args=(name,)) for name in ("하나", "두리")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) + len(refused) == 2
    assert FieldJob.objects.filter(done_at=None, withdrawn_at=None).count() == 1
    alive = 0
    for token in tokens:
        try:
            actions.open_job(token=token, **after(1))
            alive += 1
        except UnknownLink:
            pass
    assert alive == 1


def test_who_reports_by_telephone_is_written_down_alike(world: World, alarm: Alarm):
    actions.dispatch(alarm_id=alarm.id, note="순찰차", by=world.operator, **after(0))
    told_by_phone = {"alarm_id": alarm.id, "by": world.operator}
    with pytest.raises(NotAllowed):  # before they were sent
        actions.record_visit(**told_by_phone, arrived=time(22, 30), **after(40))
    actions.record_visit(**told_by_phone, arrived=time(23, 10), **after(40))
    with pytest.raises(NotAllowed):
        actions.record_visit(**told_by_phone, finding="no_answer", **after(41))
    actions.record_visit(**told_by_phone, finding="no_answer", signs=ALL, **after(41))
    job = FieldJob.objects.get()
    assert job.arrived_at == NIGHT.replace(hour=23, minute=10)
    assert (job.finding, job.signs, job.typed_by) == ("no_answer", ALL, world.operator)
    with pytest.raises(NotAllowed):  # nobody is there any more
        actions.record_visit(**told_by_phone, finding="met", **after(42))


def test_nobody_is_sent_without_a_name_and_a_number_to_call(world: World, alarm: Alarm):
    for wrong in ({"name": " "}, {"call_back": ""}, {"phone": "공일공"}):
        with pytest.raises(BadInput):
            actions.send_agent(alarm_id=alarm.id, **{**WHO, **wrong}, by=world.operator, **after(0))
    who = {**WHO, "kind": "friend"}
    with pytest.raises(NotAllowed):
        actions.send_agent(alarm_id=alarm.id, **who, by=world.operator, **after(0))
    alarm.refresh_from_db()
    assert (alarm.state, FieldJob.objects.count()) == ("raised", 0)
    with pytest.raises(UnknownAlarm):
        actions.send_agent(alarm_id=alarm.id, **WHO, by=world.next_planner, **after(0))


def test_a_report_takes_no_resident_number(token: str):
    note = "주민번호 450301-2123456"
    with pytest.raises(BadInput):
        actions.report(token=token, finding="met", signs={}, note=note, **after(9))
    assert FieldJob.objects.get().done_at is None


def test_the_times_of_119_and_112(world: World, alarm: Alarm, token: str):
    said = {"alarm_id": alarm.id, "by": world.operator, "service": "119"}
    with pytest.raises(NotAllowed):  # nobody has called them
        actions.note_joint(**said, called=time(22, 50), **after(10))
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, **after(10))
    with pytest.raises(NotAllowed):
        actions.note_joint(**said, called=time(23, 10), arrived=time(23, 5), **after(30))
    with pytest.raises(NotAllowed):
        actions.note_joint(**{**said, "service": "109"}, called=time(23, 0), **after(30))
    actions.note_joint(**said, called=time(22, 57), **after(30))
    came = {"called": time(22, 57), "arrived": time(23, 9), "who": "관악소방서"}
    actions.note_joint(**said, **came, **after(30))
    row = JointResponse.objects.get()
    assert row.arrived_at - row.called_at == timedelta(minutes=12)
    assert told(alarm).count("field_joint") == 2  # what was written first stays on the timeline


def test_a_door_is_opened_by_who_answers_for_it_and_with_both(world: World, alarm: Alarm):
    sign = {"alarm_id": alarm.id, **ENTRY, **after(30)}
    with pytest.raises(NotAllowed, match="119"):
        actions.sign_entry(**sign, by=world.supervisor)
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, **after(20))
    with pytest.raises(NotAllowed, match="서명"):
        actions.sign_entry(**sign, by=world.operator)
    with pytest.raises(UnknownAlarm):
        actions.sign_entry(**sign, by=world.next_planner)
    for lacking in ("police", "fire"):
        with pytest.raises(NotAllowed, match="경찰과 소방"):
            actions.sign_entry(**{**sign, lacking: ""}, by=world.supervisor)
    actions.sign_entry(**sign, by=world.supervisor)
    actions.sign_entry(**sign, by=world.planner)  # of the own dong
    assert told(alarm) == ["field_entry", "field_entry"]
    assert Trace.objects.filter(verb="sign_entry", household=alarm.household_id).count() == 2


def test_a_signed_entry_is_never_changed_but_added_to(world: World, alarm: Alarm):
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, **after(20))
    entry = actions.sign_entry(alarm_id=alarm.id, **ENTRY, by=world.supervisor, **after(30))
    for change in (
        lambda: Entry.objects.update(police="없음"),
        lambda: Entry.objects.filter(pk=entry.pk).update(damage="없음"),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    actions.close(alarm_id=alarm.id, outcome="rescued", by=world.operator, **after(60))
    more = {"alarm_id": alarm.id, "entry": entry.pk, "text": "현관 잠금장치 파손, 시가 고침"}
    actions.add_to_entry(**more, by=world.supervisor, **after(70))
    with pytest.raises(NotAllowed):
        actions.add_to_entry(**more, by=world.operator, **after(70))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        EntryNote.objects.update(text="")
    (card,) = queries.entries_of(alarm_id=alarm.id, seen_by=world.operator)
    assert [text for _, _, text in card.notes] == [more["text"]]
    assert queries.entries_of(alarm_id=alarm.id, seen_by=world.next_planner) == ()


def test_the_way_to_the_door_is_counted(world: World, alarm: Alarm, token: str):
    def counted(minute: float) -> tuple[int, int, list[tuple[int, int]]]:
        until = NIGHT + timedelta(minutes=minute)
        found = queries.figures(
            since=NIGHT - timedelta(days=1), until=until, seen_by=world.operator
        ).on_site
        return found.sent, found.arrived, [(share.k, share.n) for _, share in found.within]

    assert counted(10) == (1, 0, [(0, 0), (0, 0)])
    assert counted(50) == (1, 0, [(0, 1), (0, 0)])
    # another is sent; the time of the first one counts on
    new = actions.send_agent(alarm_id=alarm.id, **WHO, by=world.operator, **after(40))
    actions.arrive(token=new, **after(50))
    assert counted(120) == (1, 1, [(0, 1), (1, 1)])
    far = queries.figures(
        since=NIGHT - timedelta(days=1),
        until=NIGHT + timedelta(hours=2),
        seen_by=world.next_planner,
    )
    assert far.on_site.sent == 0


def test_a_home_that_left_nothing_behind_is_no_fault(alarm: Alarm, token: str):
    Household.objects.filter(id=alarm.household_id).update(door_note="", key_holder="")
    door = actions.see_way_in(token=token, **after(1))
    assert (door.name, door.door_note, door.key_holder) == ("윤정례", "", "")


def climbs(alarm: Alarm, *does: str, rung: int) -> None:
    """Put an alarm on a rung of a ladder like this."""
    ladder = freeze([Rung(do=do, wait_s=600, level=Level.CRITICAL, report_s=900) for do in does])
    Alarm.objects.filter(pk=alarm.pk).update(ladder=ladder, rung=rung, acted=False, waits_for="")


def stands(alarm: Alarm) -> tuple[int, bool, str, timedelta]:
    """Return the rung, whether its deed is done, what is waited for, and until when."""
    row = Alarm.objects.get(pk=alarm.pk)
    return row.rung, row.acted, row.waits_for, row.rung_due_at - NIGHT


@pytest.mark.parametrize(
    ("does", "rung", "then"),
    [
        # what comes behind it is the next thing to do, with a clock of its own
        (("call", "enter", "handover"), 1, (2, False, "", timedelta(minutes=40))),
        (("joint", "enter", "handover"), 0, (2, False, "", timedelta(minutes=40))),
        # nothing does: we ask what came of it
        (("call", "joint", "enter"), 2, (2, True, "visit", timedelta(minutes=45))),
    ],
)
def test_a_signed_decision_moves_the_ladder_on(world: World, alarm: Alarm, does, rung, then):
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, **after(20))
    climbs(alarm, *does, rung=rung)
    before = stands(alarm)
    with pytest.raises(NotAllowed):
        actions.sign_entry(alarm_id=alarm.id, **ENTRY, by=world.operator, **after(30))
    actions.note(alarm_id=alarm.id, text="문을 열기로 함", by=world.operator, **after(30))
    assert stands(alarm) == before  # words are no decision
    actions.sign_entry(alarm_id=alarm.id, **ENTRY, by=world.supervisor, **after(30))
    assert stands(alarm) == then


def test_a_ladder_without_a_door_stands_where_it_stood(world: World, alarm: Alarm):
    actions.call_119(alarm_id=alarm.id, note=WHY, by=world.operator, **after(20))
    climbs(alarm, "call", "joint", rung=1)
    before = stands(alarm)
    actions.sign_entry(alarm_id=alarm.id, **ENTRY, by=world.supervisor, **after(30))
    assert stands(alarm) == before
