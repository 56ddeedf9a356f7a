"""Text messages: written with the deed, sent after it, and what became of them stays visible."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions, jobs, queries
from anbu.care.alarms.models import Alarm, Message
from anbu.care.alarms.rules import NotAllowed
from anbu.care.people.actions import withdraw_consent
from anbu.channels.port import Answer, Letter, Port, Refused, Retry, Sent
from tests.care.alarms.world import BY, MONDAY, World, make_world, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
MINUTE = timedelta(minutes=1)


class Paper(Port):
    """A gateway that writes down what it is handed and answers what it is told to."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.handed: list[tuple[str, str, str]] = []

    def send(self, letter: Letter, *, at: object) -> Answer:
        self.handed.append((letter.key, letter.to, letter.text))
        return self.answer


def asked(world: World) -> tuple[Alarm, Message]:
    alarm = world.silent(at=NIGHT, tier="low")
    return alarm, Message.objects.get(alarm=alarm)


def said(alarm: Alarm) -> list[str]:
    return [step.detail["status"] for step in alarm.steps.filter(kind="message").order_by("id")]


def test_a_low_risk_home_is_asked_by_the_machine_first(world):
    alarm, message = asked(world)
    assert (alarm.level, alarm.waits_for, message.to) == (1, "answer", "010-0000-4321")
    assert ProcrastinateJob.objects.get().args == {"message_id": str(message.id)}
    paper = Paper(Sent())
    for _ in range(2):  # the job comes again
        assert actions.deliver(message_id=message.id, ports={"gateway": paper}, now=NIGHT) is None
    assert [key for key, _, _ in paper.handed] == [str(message.id)]
    assert said(alarm) == ["queued", "sent"]
    assert actions.settle_message(message_id=message.id, status="delivered", now=NIGHT + MINUTE)
    assert not actions.settle_message(message_id=message.id, status="sent", now=NIGHT + MINUTE)
    incident = queries.incident(alarm_id=alarm.id, seen_by=world.operator, now=NIGHT)
    assert [(a.kind, a.result) for a in incident.attempts] == [("message", "delivered")]
    assert queries.counts(seen_by=world.operator, now=NIGHT)["waiting"] == 1


def test_without_a_gateway_it_says_so_and_a_person_is_asked_at_once(world):
    alarm, message = asked(world)
    assert jobs.deliver(message_id=message.id, now=NIGHT + MINUTE) is None
    alarm.refresh_from_db()
    assert said(alarm) == ["queued", "failed"]
    assert (alarm.ladder[alarm.rung]["do"], alarm.level) == ("call", 2)
    sentences = [e.sentence for e in queries.timeline(alarm_id=alarm.id, seen_by=world.operator)]
    assert any("문자 발송처가 설정되지 않음" in text for text in sentences)


def test_a_message_already_written_does_not_leave_after_the_consent_is_withdrawn(world):
    alarm, message = asked(world)
    withdraw_consent(household=alarm.household_id, kind="monitoring", by=BY, now=NIGHT)
    paper = Paper(Sent())
    assert (
        actions.deliver(message_id=message.id, ports={"gateway": paper}, now=NIGHT + MINUTE) is None
    )
    assert (paper.handed, said(alarm)) == ([], ["queued", "failed"])
    sentences = [e.sentence for e in queries.timeline(alarm_id=alarm.id, seen_by=world.operator)]
    assert any("안부확인 동의가 없어" in text for text in sentences)


def test_a_refused_message_is_not_sent_again(world):
    alarm, message = asked(world)
    paper = Paper(Refused("발송처가 거절함 (HTTP 400)"))
    assert actions.deliver(message_id=message.id, ports={"gateway": paper}, now=NIGHT) is None
    assert actions.deliver(message_id=message.id, ports={"gateway": paper}, now=NIGHT) is None
    assert (len(paper.handed), said(alarm)) == (1, ["queued", "failed"])


def test_a_busy_gateway_is_asked_five_times_with_one_key_and_then_it_shows(world):
    alarm, message = asked(world)
    paper = Paper(Retry("발송처가 바쁨 (HTTP 503)"))
    answers = [
        actions.deliver(message_id=message.id, ports={"gateway": paper}, now=NIGHT)
        for _ in range(5)
    ]
    assert answers == [2.0, 6.0, 18.0, 54.0, None]
    assert {key for key, _, _ in paper.handed} == {str(message.id)}
    assert said(alarm) == ["queued", "expired"]


def test_a_message_nobody_sent_expires_and_the_ladder_goes_on(world):
    alarm, message = asked(world)
    late = NIGHT + timedelta(minutes=30, seconds=2)
    assert not sweep(actions.expire_next_messages, NIGHT + 29 * MINUTE)
    assert sweep(actions.expire_next_messages, late) == 1
    alarm.refresh_from_db()
    assert (said(alarm)[-1], alarm.ladder[alarm.rung]["do"]) == ("expired", "call")
    assert (
        actions.deliver(message_id=message.id, ports={"gateway": Paper(Sent())}, now=late) is None
    )
    assert said(alarm)[-1] == "expired"


def test_at_nine_the_waiting_home_is_asked(world):
    alarm = world.silent(at=NIGHT, tier="low", night=False)
    assert not Message.objects.exists()
    sweep(actions.advance_next_overdue, (NIGHT + timedelta(days=1)).replace(hour=9, minute=0))
    assert Message.objects.get().alarm == alarm


def test_a_person_may_write_to_a_contact(world):
    alarm = world.silent(at=NIGHT)
    me = world.operator
    row = queries.incident(alarm_id=alarm.id, seen_by=me, now=NIGHT)
    contact = row.contacts[1]
    actions.send_message(alarm_id=alarm.id, to=contact.id, by=me, now=NIGHT)
    message = Message.objects.get()
    assert (message.to, message.contact_id) == (contact.phone, contact.id)
    other = world.silent(at=NIGHT)
    with pytest.raises(NotAllowed, match="연락처"):
        actions.send_message(alarm_id=other.id, to=contact.id, by=me, now=NIGHT)


def test_a_home_without_a_phone_is_not_written_to(world):
    alarm = world.silent(at=NIGHT, tier="low", phone="", contacts=1)
    assert [rung["do"] for rung in alarm.ladder] == ["contact", "dispatch", "joint"]
    with pytest.raises(NotAllowed, match="전화번호"):
        actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=NIGHT)


def test_a_receipt_for_an_unknown_message_is_refused(world):
    with pytest.raises(NotAllowed):
        actions.settle_message(message_id=uuid4(), status="delivered", now=NIGHT)


def test_an_action_that_fails_sends_nothing(world):
    alarm = world.silent(at=NIGHT)
    actions.claim(alarm_id=alarm.id, version=1, by=world.operator, now=NIGHT)
    with pytest.raises(NotAllowed):
        actions.send_message(alarm_id=alarm.id, to="person", by=world.second, now=NIGHT)
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_finds_the_job_and_settles_the_message(transactional_db):
    alarm, message = asked(make_world())

    async def work() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())
        async with worker.open_async():
            await worker.run_worker_async(queues=["messages"], wait=False)

    asyncio.run(work())
    message.refresh_from_db()
    assert message.status in ("failed", "expired")  # no gateway is set, or its time is over
    assert said(alarm)[-1] == message.status
    done = ProcrastinateJob.objects.get(args={"message_id": str(message.id)})
    assert done.status == "succeeded"
