"""From the deed to the telephone: the next provider, receipts, quiet hours, and a crash between."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Leg, Message
from anbu.care.alarms.rules import MESSAGE_NEXT, NotAllowed
from anbu.care.effects.actions import load_templates
from anbu.care.effects.models import Template
from anbu.care.effects.rules import BadTemplate
from anbu.channels.gateway import Gateway
from anbu.channels.port import Answer, Fate, Letter, Port
from anbu.channels.solapi import Solapi
from anbu.config.invariants import check
from anbu.lab.rude import Desk
from anbu.lab.solapi import SolapiPeer
from tests.care.alarms.world import BY, MONDAY, World, sweep

NIGHT = MONDAY.replace(hour=22, minute=40)
MORNING = (MONDAY + timedelta(days=1)).replace(hour=7)
MINUTE = timedelta(minutes=1)
DELIVERED, FAILED = Fate("delivered"), Fate("failed", "번호가 꺼져 있음")


def asked(world: World) -> tuple[Alarm, Message]:
    alarm = world.silent(at=NIGHT, tier="low")
    return alarm, Message.objects.get(alarm=alarm)


def said(alarm: Alarm) -> list[str]:
    return [step.detail["status"] for step in alarm.steps.filter(kind="message").order_by("id")]


def legs(message: Message) -> list[tuple[str, str]]:
    return list(message.legs.order_by("nth").values_list("way", "state"))


@contextmanager
def gateways(**desks: Desk) -> Iterator[dict[str, Port]]:
    """Let gateways stand on this machine; yields the way to each."""
    with ExitStack() as stack:
        yield {
            way: stack.enter_context(Gateway(url=stack.enter_context(desk.standing())))
            for way, desk in desks.items()
        }


def broken() -> set[str]:
    return {found.name for found in check(now=NIGHT) if found.broken}


# ---- the next provider -----------------------------------------------------------------------


def test_a_second_provider_takes_what_the_first_cannot(world):
    alarm, message = asked(world)
    first, second = Desk(), Desk()
    first.misdeeds.extend(["500", "429"])
    with gateways(gateway=first, gateway2=second) as ports:
        assert actions.deliver(message_id=message.id, ports=ports, now=NIGHT) == 2.0
        assert actions.deliver(message_id=message.id, ports=ports, now=NIGHT) is None
    assert (first.came, len(second.came)) == ({}, 1)
    assert legs(message) == [("gateway", "given_up"), ("gateway2", "sent")]
    assert str(message.id) not in second.came  # the other provider has a key of its own
    assert said(alarm) == ["queued", "again", "sent"]
    assert broken() == set()


def test_a_refusal_goes_to_the_next_at_once_and_the_last_one_ends_it(world):
    alarm, message = asked(world)

    class No(Desk):
        def serve(self, *told):
            return 400, {}

    with gateways(gateway=No(), gateway2=No()) as ports:
        assert actions.deliver(message_id=message.id, ports=ports, now=NIGHT) is None
    assert legs(message) == [("gateway", "failed"), ("gateway2", "failed")]
    assert said(alarm) == ["queued", "again", "failed"]
    alarm.refresh_from_db()
    assert alarm.ladder[alarm.rung]["do"] == "call"  # nobody was asked: a person calls


def test_a_crash_between_sending_and_writing_it_down_sends_no_second_letter(world):
    alarm, message = asked(world)
    desk = Desk()

    class Dies(Gateway):
        def send(self, letter: Letter, *, at: datetime) -> Answer:
            super().send(letter, at=at)
            raise KeyboardInterrupt

    with desk.standing() as url:
        with Dies(url=url) as port, pytest.raises(KeyboardInterrupt):
            actions.deliver(message_id=message.id, ports={"gateway": port}, now=NIGHT)
        assert said(alarm) == ["queued"]
        with Gateway(url=url) as port:
            actions.deliver(message_id=message.id, ports={"gateway": port}, now=NIGHT)
    assert (desk.calls, len(desk.came)) == (2, 1)
    assert (legs(message), said(alarm)) == ([("gateway", "sent")], ["queued", "sent"])


def test_a_provider_that_left_the_settings_is_given_up(world):
    _, message = asked(world)
    desk = Desk()
    desk.misdeeds.append("500")
    with gateways(gateway=desk, gateway2=Desk()) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
        del ports["gateway"]
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
    assert legs(message) == [("gateway", "given_up"), ("gateway2", "sent")]


# ---- receipts --------------------------------------------------------------------------------


def test_a_yes_that_turns_into_a_no_goes_to_the_next_provider(world):
    alarm, message = asked(world)
    second = Desk()
    with gateways(gateway=Desk(), gateway2=second) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
        told = {"key": message.id, "opened": ports, "now": NIGHT + MINUTE}
        assert actions.take_receipt(ways=["gateway"], fate=FAILED, **told)
        assert not actions.take_receipt(ways=["gateway"], fate=FAILED, **told)  # once
        assert said(alarm) == ["queued", "sent", "again"]
        its_own = {"message_id": str(message.id)}
        assert ProcrastinateJob.objects.filter(args=its_own).count() == 2  # it has a job again
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT + MINUTE)
    key = next(iter(second.came))
    told["key"] = key
    assert actions.take_receipt(ways=["gateway2"], fate=DELIVERED, **told)
    assert not actions.take_receipt(ways=["gateway2"], fate=FAILED, **told)  # it had arrived
    assert said(alarm) == ["queued", "sent", "again", "sent", "delivered"]
    assert legs(message) == [("gateway", "failed"), ("gateway2", "delivered")]
    assert broken() == set()


def test_a_no_of_the_last_provider_is_visible(world):
    alarm, message = asked(world)
    with gateways(gateway=Desk()) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
        told = {"key": message.id, "opened": ports, "now": NIGHT + MINUTE}
        assert actions.take_receipt(ways=["gateway"], fate=FAILED, **told)
    assert said(alarm) == ["queued", "sent", "failed"]
    sentences = [e.sentence for e in queries.timeline(alarm_id=alarm.id, seen_by=world.operator)]
    assert any("번호가 꺼져 있음" in text for text in sentences)


def test_a_receipt_quicker_than_its_answer_counts(world):
    alarm, message = asked(world)
    fates = [FAILED, DELIVERED]

    class Quick:
        def __init__(self, way: str) -> None:
            self.way = way

        def send(self, letter: Letter, *, at: datetime) -> Answer:
            fate, told = fates.pop(0), {"opened": ports, "now": NIGHT}
            actions.take_receipt(ways=[self.way], key=letter.key, fate=fate, **told)
            return Gateway(url="http://127.0.0.1:9/").send(letter, at=at)  # and no answer

    ports = {way: Quick(way) for way in ("gateway", "gateway2")}
    assert actions.deliver(message_id=message.id, ports=ports, now=NIGHT) is None
    assert legs(message) == [("gateway", "failed"), ("gateway2", "delivered")]
    assert said(alarm)[-1] == "delivered"


def test_a_receipt_of_nobodys_letter_and_of_anothers_is_refused(world):
    _, message = asked(world)
    with gateways(gateway=Desk()) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
    told = {"fate": DELIVERED, "opened": {}, "now": NIGHT}
    for strange in ({"key": uuid4()}, {"ref": "c1"}, {"ref": ""}):
        with pytest.raises(NotAllowed, match="모르는"):
            actions.take_receipt(ways=["gateway"], **strange, **told)
    with pytest.raises(NotAllowed, match="모르는"):
        actions.take_receipt(ways=["gateway2"], key=message.id, **told)


def test_a_kakao_message_that_does_not_come_through_follows_as_a_text(world):
    text = '[silence]\ntext = "[안부] {이름} 님, 괜찮으신가요?"\nkakao = "KA01"\n'
    load_templates(text=text, by=BY, now=NIGHT - MINUTE)
    alarm, message = asked(world)
    peer = SolapiPeer(key="K", secret="S")
    peer.cannot = {"ATA"}
    with (
        peer.standing() as url,
        Solapi(key="K", secret="S", sender="02", channel="PF", address=url) as port,
    ):
        ports = {"kakao": port, "solapi": port}
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT)
        assert not actions.ask_next_fates(opened=ports, now=NIGHT)  # too early to ask
        assert actions.ask_next_fates(opened=ports, now=NIGHT + MINUTE)
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT + MINUTE)
        assert actions.ask_next_fates(opened=ports, now=NIGHT + 2 * MINUTE)
        assert not actions.ask_next_fates(opened=ports, now=NIGHT + 20 * MINUTE)  # all is known
    assert [sent["type"] for sent in peer.sent] == ["ATA", "SMS"]
    assert {sent["text"] for sent in peer.sent} == {"[안부] 윤정례 님, 괜찮으신가요?"}
    assert legs(message) == [("kakao", "failed"), ("solapi", "delivered")]
    assert said(alarm) == ["queued", "sent", "again", "sent", "delivered"]


# ---- words -----------------------------------------------------------------------------------


def test_a_message_keeps_the_words_it_was_written_in(world):
    first, second = '[silence]\ntext = "하나 {이름}"', '[silence]\ntext = "둘 {이름}"'
    assert [t.name for t in load_templates(text=first, by=BY, now=NIGHT)] == ["silence/1"]
    assert load_templates(text=first, by=BY, now=NIGHT) == []
    _, message = asked(world)
    assert [t.name for t in load_templates(text=second, by=BY, now=NIGHT)] == ["silence/2"]
    assert (message.text, message.template) == ("하나 윤정례", "silence/1")
    assert Template.objects.count() == 2


def test_words_for_colleagues_come_with_anbu(db):
    with pytest.raises(BadTemplate, match="standstill"):
        load_templates(text='[standstill]\ntext = "{무엇}"', by=BY, now=NIGHT)


# ---- quiet hours -----------------------------------------------------------------------------


def soft(world: World) -> Alarm:
    alarm = world.silent(at=NIGHT)
    Alarm.objects.filter(id=alarm.id).update(kind="watch", level=1)
    alarm.refresh_from_db()
    return alarm


def test_a_soft_word_waits_for_the_morning_and_says_so(world):
    alarm = soft(world)
    actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=NIGHT)
    message = Message.objects.get(alarm=alarm)
    assert (message.status, message.goes_at) == ("waiting", MORNING)
    assert message.expires_at > MORNING
    assert not ProcrastinateJob.objects.exists()
    sentences = [e.sentence for e in queries.timeline(alarm_id=alarm.id, seen_by=world.operator)]
    assert any("07:00에 나감" in text for text in sentences)
    assert sweep(actions.release_next_messages, MORNING - MINUTE) == 0
    assert sweep(actions.expire_next_messages, MORNING - MINUTE) == 0
    assert sweep(actions.release_next_messages, MORNING) == 1
    desk = Desk()
    with gateways(gateway=desk) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=MORNING)
    assert (said(alarm), len(desk.came)) == (["waiting", "queued", "sent"], 1)
    assert ProcrastinateJob.objects.count() == 1


def test_what_is_over_by_the_morning_is_not_sent(world):
    alarm = soft(world)
    actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=NIGHT)
    by = world.operator
    actions.close(alarm_id=alarm.id, outcome="out", by=by, now=NIGHT + MINUTE)
    assert sweep(actions.release_next_messages, MORNING) == 1
    assert said(alarm) == ["waiting", "expired"]
    assert not ProcrastinateJob.objects.exists()


def test_no_crisis_and_no_relative_waits(world):
    alarm = soft(world)
    contact = alarm.household.contacts.first()
    actions.send_message(alarm_id=alarm.id, to=contact.id, by=world.operator, now=NIGHT)
    Alarm.objects.filter(id=alarm.id).update(level=2)
    actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=NIGHT)
    assert set(Message.objects.values_list("status", flat=True)) == {"queued"}


def test_a_soft_word_that_was_held_up_into_the_night_is_kept_back(world):
    alarm = soft(world)
    evening = NIGHT.replace(hour=21, minute=59)
    actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=evening)
    message = Message.objects.get(alarm=alarm)
    desk = Desk()
    with gateways(gateway=desk) as ports:
        actions.deliver(message_id=message.id, ports=ports, now=NIGHT.replace(minute=1))
    message.refresh_from_db()
    assert (desk.came, message.status, message.goes_at) == ({}, "waiting", MORNING)
    assert said(alarm) == ["queued", "waiting"]


# ---- what must always be true ----------------------------------------------------------------


def test_rows_that_break_a_promise_are_found(world):
    alarm, message = asked(world)
    assert broken() == set()
    leg = {"message": message, "began_at": NIGHT}
    Leg.objects.create(nth=0, way="gateway", state="sent", settled_at=NIGHT, **leg)
    Leg.objects.create(nth=1, way="smpp", **leg)
    assert "no_message_goes_out_under_two_keys_at_once" in broken()
    Message.objects.update(expires_at=NIGHT - 10 * MINUTE)
    assert "no_message_waits_past_its_time_without_saying_so" in broken()
    alarm.steps.filter(kind="message").delete()
    assert "a_message_has_its_cause_on_the_timeline" in broken()


def test_every_status_of_a_message_leads_on_or_ends():
    assert set(MESSAGE_NEXT) == set(Message.Status)
    assert {s for s, after in MESSAGE_NEXT.items() if not after} == {"delivered", "answered"}
    assert set().union(*MESSAGE_NEXT.values()) <= set(Message.Status)
