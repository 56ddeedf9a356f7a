"""The office of a dong: its workers, their months, questions, links, and who may do what."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.care.people import actions as register
from anbu.care.people.models import Enrolment, Household, Person
from anbu.care.rounds.actions import (
    links,
    looking,
    meetings,
    months,
    questions,
    standing,
    workers,
)
from anbu.care.rounds.models import (
    Contact,
    DayOff,
    Device,
    Link,
    MonthReport,
    Promise,
    Question,
    Standing,
    ToldValue,
    Unplaced,
    Unread,
    Worker,
)
from anbu.care.rounds.models import Task as TaskRow
from anbu.care.rounds.queries.offices import UnknownWorker, dongs_of
from anbu.care.rounds.queries.person import person_round
from anbu.care.rounds.queries.workers import workers as cards
from anbu.care.rounds.rules import Kind, NotAllowed, Result
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BEFORE, THERE, World
from tests.care.rounds.office import BY, NOW, corps, in_round, log

TODAY = NOW.date()
NOV = date(2026, 11, 1)


@pytest.fixture
def park(world: World) -> Worker:
    return corps(world, "park", "박민들레")


@pytest.fixture
def choi(world: World) -> Worker:
    return corps(world, "choi", "최개나리")


def test_a_planner_takes_on_the_corps_of_the_own_dong(world: World, park: Worker):
    assert park.dong_id == world.planner.dong_id
    with pytest.raises(NotAllowed, match="이미 등록된"):
        workers.add(login="park", by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="돌봄단 역할의"):
        workers.add(login="moon", by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="다른 동의"):
        workers.add(login="park", by=world.next_planner, now=NOW)
    with pytest.raises(NotAllowed, match="복지플래너가"):
        workers.add(login="park", by=world.operator, now=NOW)
    assert not cards(seen_by=world.next_planner, now=NOW)
    with pytest.raises(UnknownWorker):
        workers.end(worker=park.pk, by=world.next_planner, now=NOW)
    assert dongs_of(seen_by=world.operator) == {}


def change(worker: Worker, by: Staff, **told: object) -> None:
    usual: dict = {"month_hours": 48, "partner": None, "trained_until": None}
    usual |= {"screened_until": None}
    workers.change(worker=worker.pk, by=by, now=NOW, **(usual | told))


def test_partners_are_each_others_and_papers_run_out(world: World, park: Worker, choi: Worker):
    third = corps(world, "jung", "정진달래")
    soon, year = TODAY + timedelta(days=10), TODAY + timedelta(days=300)
    change(park, world.planner, partner=choi.pk, trained_until=soon, screened_until=year)
    by_name = {card.name: card for card in cards(seen_by=world.planner, now=NOW)}
    assert by_name["최개나리"].partner_name == "박민들레"
    assert (by_name["박민들레"].trained, by_name["박민들레"].screened) == ("soon", "valid")
    assert by_name["박민들레"].may_visit
    assert not by_name["최개나리"].may_visit
    change(third, world.planner, partner=park.pk)  # who leaves a partner leaves them alone
    by_name = {card.name: card for card in cards(seen_by=world.planner, now=NOW)}
    assert (by_name["최개나리"].partner, by_name["박민들레"].partner) == (None, third.pk)
    for wrong in ({"partner": park.pk}, {"month_hours": 49}, {"trained_until": date(2036, 1, 1)}):
        with pytest.raises(NotAllowed):
            change(park, world.planner, **wrong)
    workers.end(worker=park.pk, by=world.planner, now=NOW)
    assert Worker.objects.get(pk=third.pk).partner is None
    assert {card.name for card in cards(seen_by=world.planner, now=NOW)} == {
        "최개나리",
        "정진달래",
    }


def test_a_day_off_is_written_once_and_taken_back(world: World, park: Worker):
    day = TODAY + timedelta(days=1)
    told = {"worker": park.pk, "day": day, "by": world.planner, "now": NOW}
    workers.add_day_off(reason="병원", **told)
    with pytest.raises(NotAllowed, match="이미 쉬는 날"):
        workers.add_day_off(reason="병원", **told)
    (card,) = cards(seen_by=world.planner, now=NOW)
    assert card.off == ((day, "병원"),)
    workers.drop_day_off(**told)
    assert not DayOff.objects.exists()
    with pytest.raises(NotAllowed):
        workers.drop_day_off(**told)
    with pytest.raises(NotAllowed, match="석 달"):
        workers.add_day_off(reason="병원", **told | {"day": TODAY - timedelta(days=1)})


def test_a_log_from_the_desk_moves_the_one_clock(world: World, park: Worker):
    home = in_round(world, worker=park)
    told = {"household": home, "at": NOW, "by": world.planner, "now": NOW}
    tomorrow = TODAY + timedelta(days=1)
    row = links.tell(kind="call", result="reached", mood="good", next_on=tomorrow, **told)
    clock = Standing.objects.get(pk=home)
    assert (clock.contact_at, clock.contact_kind) == (NOW, "call")
    assert (row.worker, row.by, row.is_real) == (None, world.planner.actor, True)
    assert Promise.objects.get(household=home).on == tomorrow
    right = links.tell(kind="call", result="no_answer", replaces=row.id, **told)
    clock = Standing.objects.get(pk=home)
    assert (clock.contact_at, clock.tries) == (None, 1)
    assert Contact.objects.count() == 2  # what was wrong stays in the book
    with pytest.raises(NotAllowed, match="이미 바로잡은"):
        links.tell(kind="call", result="no_answer", replaces=row.id, **told)
    shown = person_round(household=home, seen_by=world.planner, now=NOW)
    assert shown is not None
    assert {line.id: (line.is_put_right, line.is_mine) for line in shown.contacts} == {
        row.id: (True, False),
        right.id: (False, True),
    }
    other = log(park, home, NOW - timedelta(hours=1))
    with pytest.raises(NotAllowed, match="자기가 적은"):
        links.tell(kind="call", result="no_answer", replaces=other.id, **told)


def test_a_log_that_cannot_be_is_refused(world: World):
    home = in_round(world)
    told: dict = {"household": home, "at": NOW, "by": world.planner, "now": NOW}
    for wrong in (
        {"kind": "call", "result": "reached"},  # how were they?
        {"kind": "call", "result": "taken"},
        {"kind": "chat", "result": "reached"},  # a machine's
        {"kind": "call", "result": "no_answer", "mood": "good"},
        {"kind": "call", "result": "no_answer", "at": NOW + timedelta(minutes=1)},
        {"kind": "call", "result": "no_answer", "at": NOW - timedelta(days=32)},
        {"kind": "call", "result": "no_answer", "next_on": TODAY - timedelta(days=1)},
        {"kind": "call", "result": "no_answer", "minutes": 500},
    ):
        with pytest.raises(NotAllowed):
            links.tell(**told | wrong)
    assert not Contact.objects.exists()
    with pytest.raises(links.UnknownHome):
        links.tell(**told | {"kind": "call", "result": "no_answer", "by": world.next_planner})
    with pytest.raises(NotAllowed, match="맡은 동에서"):
        links.tell(**told | {"kind": "call", "result": "no_answer", "by": district_officer(world)})


def test_help_has_one_of_three_kinds_and_an_amount(world: World, park: Worker):
    home = in_round(world)
    told: dict = {"household": home, "on": TODAY, "by": world.planner, "now": NOW}
    told |= {"kind": "emergency", "what": "난방비", "amount_krw": 150_000}
    links.add_link(worker=park.pk, **told)
    (line,) = Link.objects.all()
    assert (line.kind, line.amount_krw, line.worker_id) == ("emergency", 150_000, park.pk)
    assert Trace.objects.get(verb="add_link").household == home
    for wrong in (
        {"kind": "gift"},
        {"amount_krw": -1},
        {"on": TODAY + timedelta(days=1)},
        {"worker": 10**6},
    ):
        with pytest.raises(NotAllowed):
            links.add_link(**told | wrong)
    with pytest.raises(links.UnknownHome):
        links.add_link(**told | {"by": world.next_planner})


# ------------------------------------------------------------------ questions


def asked(home: UUID, worker: Worker, field: str, *values: str) -> Question:
    row = Question.objects.create(household_id=home, field=field, opened_at=NOW)
    for nth, value in enumerate(values):
        ToldValue.objects.create(
            id=new_id(),
            household_id=home,
            field=field,
            value=value,
            at=NOW + timedelta(minutes=nth),
            told_at=NOW,
            worker=worker,
            question=row,
        )
    return row


def test_two_numbers_stand_side_by_side_until_a_person_chooses(world: World, park: Worker):
    home = in_round(world)
    row = asked(home, park, "phone", "010-0000-7777", "010-0000-8888")
    (card,) = questions.open_questions(seen_by=world.planner, now=NOW)
    assert card.present == "010-0000-4321"
    assert [side.value for side in card.sides] == ["010-0000-7777", "010-0000-8888"]
    assert card.sides[0].who[0][0] == "박민들레"
    assert not questions.open_questions(seen_by=world.next_planner, now=NOW)
    choose = {"question": row.pk, "now": NOW}
    with pytest.raises(questions.UnknownQuestion):
        questions.choose(value="010-0000-7777", by=world.next_planner, **choose)
    with pytest.raises(NotAllowed, match="둘 가운데"):
        questions.choose(value="010-0000-0000", by=world.planner, **choose)
    with pytest.raises(NotAllowed, match="복지플래너가"):
        questions.choose(value="010-0000-7777", by=district_officer(world), **choose)
    questions.choose(value="010-0000-7777", by=world.planner, **choose)
    assert Person.objects.get(household=home).phone == "010-0000-7777"
    assert Trace.objects.filter(verb="change_phone", household=home).exists()
    with pytest.raises(NotAllowed, match="이미 고른"):
        questions.choose(value="010-0000-8888", by=world.planner, **choose)


def test_what_stands_may_stay(world: World, park: Worker):
    home = in_round(world)
    row = asked(home, park, "phone", "010-0000-7777")
    questions.choose(question=row.pk, value="010-0000-4321", by=world.planner, now=NOW)
    assert Person.objects.get(household=home).phone == "010-0000-4321"
    assert not Trace.objects.filter(verb="change_phone").exists()
    assert Question.objects.get().closed_by == world.planner


def test_each_field_is_written_by_its_own_deed(world: World, park: Worker):
    home = in_round(world)
    register.enrol(household=home, service="care_corps", by=actor_of(world.planner), now=NOW)
    for field, value, unit in (
        ("risk", "high", ""),
        ("address", "관악구 은천로00길 99 다세대 1층 101호", "다세대 1층 101호"),
        ("consent", "no", ""),
    ):
        row = asked(home, park, field, value)
        questions.choose(question=row.pk, value=value, unit=unit, by=world.planner, now=NOW)
    there = Household.objects.get(pk=home)
    assert (there.tier, there.address, there.unit) == (
        "high",
        "관악구 은천로00길 99",
        "다세대 1층 101호",
    )
    assert not Enrolment.objects.filter(household=home, service="care_corps", until=None).exists()
    again = asked(home, park, "consent", "yes")
    questions.choose(question=again.pk, value="yes", by=world.planner, now=NOW)
    assert Enrolment.objects.filter(household=home, service="care_corps", until=None).exists()
    odd = asked(home, park, "risk", "무서움")
    with pytest.raises(NotAllowed, match="평가에서"):
        questions.choose(question=odd.pk, value="무서움", by=world.planner, now=NOW)
    assert Question.objects.get(pk=odd.pk).closed_at is None


def test_what_nobody_could_read_is_looked_at_by_a_person(world: World, park: Worker):
    phone = Device.objects.create(worker=park, made_at=NOW, seen_at=NOW, key_ends_at=NOW)
    row = Unread.objects.create(
        device=phone, worker=park, digest="d", raw="{?", why="strange", said="", told_at=NOW
    )
    assert not questions.open_unread(seen_by=world.next_planner, now=NOW)
    (shown,) = questions.open_unread(seen_by=world.planner, now=NOW)
    assert (shown.worker, shown.raw) == ("박민들레", "{?")
    told = {"unread": row.pk, "decided": "다시 적음", "now": NOW}
    with pytest.raises(questions.UnknownQuestion):
        questions.settle_unread(by=world.next_planner, **told)
    questions.settle_unread(by=world.planner, **told)
    assert not questions.open_unread(seen_by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="이미 본"):
        questions.settle_unread(by=world.planner, **told)


# ------------------------------------------------------------------ months


def test_a_month_is_confirmed_signed_and_then_only_added_to(
    world: World, park: Worker, choi: Worker
):
    home = in_round(world, worker=park)
    first = log(park, home, NOW - timedelta(days=3), minutes=60)
    log(choi, home, NOW - timedelta(days=2), kind=Kind.VISIT, minutes=35, partner=park)
    with pytest.raises(UnknownWorker):
        months.confirm(worker=park.pk, month=NOV, by=choi.staff, now=NOW)
    report = months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    assert (report.told_min, report.allowance_krw) == (95, 396_000 * 95 // 2880)
    assert [line.minutes for line in report.lines.order_by("day")] == [60, 35]
    with pytest.raises(NotAllowed, match="이미 확인한"):
        months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    with pytest.raises(NotAllowed, match="두 사람이 서명한"):
        months.take_out(report=report.pk, form="xlsx", by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="복지플래너가"):
        months.sign(report=report.pk, by=park.staff, now=NOW)
    with pytest.raises(months.UnknownMonth):
        months.sign(report=report.pk, by=world.next_planner, now=NOW)
    # before it is signed the log changes: it must be confirmed anew
    second = log(park, home, NOW - timedelta(days=1), minutes=20)
    with pytest.raises(NotAllowed, match="기록이 바뀌었습니다"):
        months.sign(report=report.pk, by=world.planner, now=NOW)
    report = months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    assert (MonthReport.objects.count(), report.nth, report.told_min) == (1, 0, 115)
    months.sign(report=report.pk, by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="이미 서명한"):
        months.sign(report=report.pk, by=world.planner, now=NOW)
    # a correction after that makes a supplement
    right = log(park, home, second.at, minutes=80, replaces=second.id)
    row = months.open_month(worker=park.pk, month=NOV, seen_by=world.planner, now=NOW)
    assert row.state == "changed"
    more = months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    assert (more.nth, more.told_min, more.before_krw) == (1, 175, report.allowance_krw)
    assert MonthReport.objects.get(pk=report.pk).told_min == 115
    months.sign(report=more.pk, by=world.planner, now=NOW)
    found, code = months.take_out(report=more.pk, form="xlsx", by=world.planner, now=NOW)
    assert code.startswith("M-")
    assert found.state == "signed"
    assert {first.id, right.id} <= {id for line in found.reports[1].lines for id in line.contacts}
    assert second.id not in {id for line in found.reports[1].lines for id in line.contacts}
    assert Trace.objects.get(verb="export_month").detail["digest"] == more.digest


def test_a_supplement_that_is_no_longer_one_is_taken_back(world: World, park: Worker):
    home = in_round(world)
    row = log(park, home, NOW, minutes=60)
    report = months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    months.sign(report=report.pk, by=world.planner, now=NOW)
    extra = log(park, home, NOW, minutes=10)
    months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    Contact.objects.filter(pk=extra.pk).delete()  # as if it had never come
    months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    assert MonthReport.objects.get().pk == report.pk
    assert row.id in MonthReport.objects.get().lines.get().contacts


def test_a_month_that_is_not_there_is_not_confirmed(world: World, park: Worker):
    for month in (date(2026, 12, 1), date(2026, 11, 2), NOV):
        with pytest.raises(NotAllowed):
            months.confirm(worker=park.pk, month=month, by=park.staff, now=NOW)


def test_limits_are_shown_and_not_paid(world: World, park: Worker):
    home = in_round(world)
    log(park, home, NOW - timedelta(days=1), minutes=240)
    log(park, home, NOW - timedelta(days=1), minutes=60)
    (row,) = months.open_months(month=NOV, seen_by=world.planner, now=NOW)
    assert row.counted.sums.over_days == (TODAY - timedelta(days=1),)
    assert (row.counted.sums.told_min, row.counted.sums.paid_min) == (300, 240)
    assert not months.open_months(month=NOV, seen_by=world.next_planner, now=NOW)
    (own,) = months.open_months(month=NOV, seen_by=park.staff, now=NOW)
    assert own.name == "박민들레"


def test_the_database_lets_nobody_sign_the_own_month(world: World, park: Worker):
    home = in_round(world)
    log(park, home, NOW)
    report = months.confirm(worker=park.pk, month=NOV, by=park.staff, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthReport.objects.filter(pk=report.pk).update(signed_by=park.staff, signed_at=NOW)


# ------------------------------------------------------------------ the round of today


def test_of_those_due_each_is_done_tried_open_or_left_with_a_reason(
    world: World, park: Worker, choi: Worker
):
    homes = [in_round(world, worker=park) for _ in range(4)]
    elsewhere = in_round(world, dong=THERE)
    for home in (*homes[:3], elsewhere):
        TaskRow.objects.create(
            day=TODAY,
            household_id=home,
            worker=park,
            way="call",
            because="due",
            minutes=12,
            hour=10,
            set_by=world.planner if home == homes[2] else None,
        )
    Unplaced.objects.create(day=TODAY, household_id=homes[3], reason="no_minutes", days_past=3)
    log(park, homes[0], NOW)
    log(park, homes[1], NOW, result=Result.NO_ANSWER)
    found, changed = looking.open_round(seen_by=world.planner, now=NOW)
    assert (found.due, found.done, found.tried, found.open) == (4, 1, 1, 1)
    assert found.left_by == (("no_minutes", 1),)
    assert [row.person.household for row in found.left] == [homes[3]]
    # nobody was reached for 60 days: all but the first are past the bound, by name
    assert {row.person.household for row in found.overdue} == set(homes[1:])
    why = {row.person.household: (row.today, row.why_not) for row in found.overdue}
    assert why[homes[3]] == ("", "no_minutes")
    assert why[homes[1]] == ("박민들레", "")
    assert [row.person.household for row in changed] == [homes[2]]
    load = {row.name: row for row in found.loads}
    assert (load["박민들레"].homes, load["박민들레"].done, load["박민들레"].month_min) == (4, 1, 24)
    assert load["최개나리"].homes == 0
    trace = Trace.objects.get(verb="list_round")
    assert set(trace.homes or ()) == set(homes[1:])
    officer, none = looking.open_round(seen_by=district_officer(world), now=NOW)
    assert (officer.due, officer.overdue, officer.left, none) == (5, (), (), ())
    assert officer.overdue_n == 4
    assert {name: n for name, n, *_rest in officer.by_dong if n} == {
        Household.objects.get(pk=homes[0]).dong.name: 4,
        Household.objects.get(pk=elsewhere).dong.name: 1,
    }
    nobody, _ = looking.open_round(seen_by=world.operator, now=NOW)
    assert (nobody.due, nobody.overdue_n, nobody.loads) == (0, 0, ())


def test_the_meeting_of_the_month_has_topics_and_an_attendance(
    world: World, park: Worker, choi: Worker
):
    home = in_round(world)
    asked(home, park, "phone", "010-0000-7777")
    page = meetings.open_meeting(month=NOV, seen_by=world.planner, now=NOW)
    assert [row.person.household for row in page.overdue] == [home]
    assert [row.household for row in page.questions] == [home]
    assert {seat.came for seat in page.seats} == {None}
    told = {"month": NOV, "note": "둘씩 방문", "by": world.planner, "now": NOW}
    meetings.hold_meeting(held_on=TODAY, came=[park.pk], **told)
    meetings.hold_meeting(held_on=TODAY, came=[choi.pk], **told)  # put right
    page = meetings.open_meeting(month=NOV, seen_by=world.planner, now=NOW)
    assert {seat.name: seat.came for seat in page.seats} == {"박민들레": False, "최개나리": True}
    for wrong in ({"held_on": TODAY + timedelta(days=1)}, {"held_on": date(2026, 10, 30)}):
        with pytest.raises(NotAllowed):
            meetings.hold_meeting(**told | {"came": [], **wrong})
    with pytest.raises(NotAllowed):
        meetings.hold_meeting(held_on=TODAY, came=[], **told | {"by": district_officer(world)})


def test_a_page_of_a_log_goes_on_where_the_last_ended(world: World, park: Worker):
    home = in_round(world, worker=park)
    for minute in range(25):
        log(park, home, NOW - timedelta(minutes=minute // 2))
    first = person_round(household=home, seen_by=world.planner, now=NOW)
    assert first is not None
    second = person_round(household=home, before=first.more, seen_by=world.planner, now=NOW)
    assert second is not None
    ids = [line.id for line in (*first.contacts, *second.contacts)]
    assert (len(ids), len(set(ids)), second.more) == (25, 25, None)
    assert first.clock is not None
    assert (first.clock.worker, first.clock.contact_by) == ("박민들레", "박민들레")
    assert person_round(household=home, seen_by=world.next_planner, now=NOW) is None
    standing.end_round(home=home, why="이사", by=BY, now=BEFORE)
