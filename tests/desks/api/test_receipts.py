"""The message gateway tells what became of a message, and nobody else can."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from standardwebhooks import Webhook

from anbu.care.alarms import actions
from anbu.care.alarms.models import FieldText, Message, Step
from anbu.care.foundation.queries import now
from anbu.channels.port import Letter, Sent
from tests.care.alarms.world import MONDAY, World, make_world

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1jaXR5LTEyMzQ1Njc4"


class Taken:
    """A gateway that takes everything."""

    def send(self, letter: Letter, *, at: object) -> Sent:
        return Sent()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def message(world, settings) -> Message:
    settings.GATEWAY_SECRET = SECRET
    at = MONDAY - timedelta(hours=2)
    alarm = world.silent(at=at)
    actions.send_message(alarm_id=alarm.id, to="person", by=world.operator, now=at)
    made = Message.objects.get(alarm=alarm)
    assert actions.deliver(message_id=made.id, ports={"gateway": Taken()}, now=at) is None
    return made


def tell(id: object, *, secret: str = SECRET, status: str = "delivered") -> int:
    body = json.dumps({"id": str(id), "status": status})
    moment = now()
    headers = {
        "webhook-id": "receipt-1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign("receipt-1", moment, body),
    }
    answer = Client().post(
        "/api/v1/receipts", data=body, content_type="application/json", headers=headers
    )
    return answer.status_code


def test_a_receipt_settles_its_message_once(message):
    assert tell(message.id) == 200
    assert tell(message.id) == 200
    message.refresh_from_db()
    assert message.status == "delivered"
    told = Step.objects.filter(alarm=message.alarm, kind="message", detail__status="delivered")
    assert told.count() == 1


def test_a_stranger_cannot_settle_anything(message):
    assert tell(message.id, secret="whsec_" + "b3RoZXItc2VjcmV0LW9mLXNvbWVib2R5") == 401
    message.refresh_from_db()
    assert message.status == "sent"


def test_a_receipt_for_nothing_is_answered_so(message):
    assert tell("0190d5a0-0000-7000-8000-000000000000") == 404


def test_nobody_can_settle_where_no_secret_is_set(message, settings):
    settings.GATEWAY_SECRET = ""
    assert tell(message.id) == 401


def test_a_receipt_tells_of_a_link_to_who_goes_and_only_by_who_took_it(world, settings):
    settings.GATEWAY_SECRET = SECRET
    at = MONDAY - timedelta(hours=2)
    alarm = world.silent(at=at)
    who = {"kind": "dong", "name": "박출동", "phone": "010-2222-3333", "call_back": "02-100-1000"}
    actions.send_agent(
        alarm_id=alarm.id, **who, link_of=lambda token: token, by=world.operator, now=at
    )
    row = FieldText.objects.get()
    assert tell(row.id) == 404  # nobody was handed it under that key
    actions.deliver_link(text_id=row.id, ports={"gateway": Taken()}, now=at)
    row.refresh_from_db()
    assert tell(row.key, status="failed") == 200
    row.refresh_from_db()
    assert (row.status, row.text) == ("failed", "")
    assert Step.objects.filter(alarm=alarm, detail__what="field_text_failed").count() == 1
