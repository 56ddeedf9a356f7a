"""Who is on duty is told on the own device, once, and by nothing that names a person."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions as alarms
from anbu.care.effects import actions, queries
from anbu.care.effects.models import Notice, Subscription
from anbu.care.foundation.models import Trace
from anbu.care.staff import actions as staffing
from anbu.channels.port import Answer, Letter, Retry, Sent
from anbu.channels.push import Gone
from anbu.config import retention
from tests.care.alarms.world import MONDAY, World, make_world, sweep
from tests.channels.test_push import browser

NIGHT = MONDAY.replace(hour=22, minute=40)
MINUTE = timedelta(minutes=1)


class Phone:
    """A push service that says what it is told to."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.shown: list[str] = []

    def send(self, letter: Letter, *, at: object) -> Answer:
        self.shown.append(letter.text)
        return self.answer


@pytest.fixture
def world(db: None, settings, tmp_path: Path) -> World:
    settings.PUSH_CONTACT = "mailto:duty@example.org"
    settings.PUSH_KEY = tmp_path / "key"
    return make_world()


def subscribe(world: World, staff, box: str = "1") -> None:
    _, public, secret = browser()
    told = {"public": public, "secret": secret, "name": "Chrome · Android"}
    endpoint = f"https://fcm.googleapis.com/fcm/send/{box}"
    actions.subscribe(endpoint=endpoint, by=staff, now=NIGHT, **told)


def ring(now=NIGHT + timedelta(seconds=2)) -> None:
    """Let the clock tell whoever is due."""
    sweep(actions.ring_next, now)


def deliver(phone: Phone, after: timedelta = timedelta()) -> float | None:
    notice = Notice.objects.latest("queued_at", "id")
    return actions.deliver_notice(notice_id=notice.id, port=phone, now=NIGHT + after, dice=0.5)


def test_who_is_on_duty_is_told_once_and_no_name_leaves(world):
    staffing.start_shift(by=world.operator, now=NIGHT)
    for staff, box in ((world.operator, "1"), (world.operator, "2"), (world.planner, "3")):
        subscribe(world, staff, box)
    alarm = world.silent(at=NIGHT)
    ring()
    told = Notice.objects.filter(cause=alarm.id)
    assert {n.subscription.staff for n in told} == {world.operator}  # the planner is off duty
    assert (told.count(), {n.text for n in told}) == (2, {"새 신호 1건이 기다립니다."})
    jobs = [job.args for job in ProcrastinateJob.objects.all()]
    assert sorted(job["notice_id"] for job in jobs) == sorted(str(n.id) for n in told)
    phone = Phone(Sent())
    assert deliver(phone) is None
    assert deliver(phone) is None
    assert phone.shown == ["새 신호 1건이 기다립니다."]


def test_a_machines_own_question_rings_no_ones_pocket(world):
    staffing.start_shift(by=world.operator, now=NIGHT)
    subscribe(world, world.operator)
    world.silent(at=NIGHT, tier="low")
    ring()
    assert not Notice.objects.exists()
    sweep(alarms.advance_next_overdue, NIGHT + 31 * MINUTE)  # nobody answered: a person calls
    ring(NIGHT + 31 * MINUTE)
    assert Notice.objects.count() == 1


def test_a_browser_that_is_over_is_told_no_more_and_a_busy_service_again(world):
    staffing.start_shift(by=world.operator, now=NIGHT)
    subscribe(world, world.operator)
    world.silent(at=NIGHT)
    ring()
    assert deliver(Phone(Retry("바쁨", 7))) == 7
    assert deliver(Phone(Gone("더는 받지 않음"))) is None
    assert Notice.objects.get().status == "failed"
    assert queries.subscriptions_of(seen_by=world.operator) == ()
    world.silent(at=NIGHT + MINUTE)
    ring(NIGHT + 2 * MINUTE)
    assert Notice.objects.count() == 1


def test_a_notice_is_kept_for_ninety_days_and_a_browser_while_it_is_told(world):
    staffing.start_shift(by=world.operator, now=NIGHT)
    for box in ("1", "2"):
        subscribe(world, world.operator, box)
    world.silent(at=NIGHT)
    ring()
    sweep(actions.expire_next_notices, NIGHT + 6 * MINUTE)
    ended = Subscription.objects.earliest("id")
    actions.end_subscription(subscription=ended.pk, by=world.operator, now=NIGHT + 7 * MINUTE)
    retention.run(now=NIGHT + timedelta(days=89), dry=False)
    assert (Notice.objects.count(), Subscription.objects.count()) == (2, 2)
    retention.run(now=NIGHT + timedelta(days=91), dry=False)
    assert (Notice.objects.count(), Subscription.objects.get().ended_at) == (0, None)


def test_a_notice_too_late_is_no_news(world):
    staffing.start_shift(by=world.operator, now=NIGHT)
    subscribe(world, world.operator)
    world.silent(at=NIGHT)
    ring()
    phone = Phone(Sent())
    assert not sweep(actions.expire_next_notices, NIGHT + 4 * MINUTE)
    assert deliver(phone, 6 * MINUTE) is None
    assert (phone.shown, Notice.objects.get().status) == ([], "expired")


def test_a_browser_belongs_to_the_last_who_asked_and_five_are_enough(world):
    subscribe(world, world.operator, "shared")
    subscribe(world, world.second, "shared")
    assert queries.subscriptions_of(seen_by=world.operator) == ()
    for nth in range(6):
        subscribe(world, world.second, str(nth))
    assert len(queries.subscriptions_of(seen_by=world.second)) == 5
    assert Trace.objects.filter(verb="subscribe", by=world.second.actor).count() == 7
    other = Subscription.objects.filter(staff=world.second, ended_at=None).latest("id")
    actions.end_subscription(subscription=other.pk, by=world.operator, now=NIGHT)
    assert len(queries.subscriptions_of(seen_by=world.second)) == 5  # nobody ends another's


def test_the_account_page_lets_a_browser_in_and_out(world, settings):
    client = Client()
    client.force_login(world.operator)
    page = client.get("/account").content.decode()
    assert f'data-push="{queries.push_key()}"' in page
    assert "showNotification" in client.get("/push.js").content.decode()
    _, public, secret = browser()
    told = {"public": public, "secret": secret, "name": "Edge · Windows"}
    refused = client.post("/account/push", told | {"endpoint": "https://127.0.0.1/x"})
    assert refused.status_code == 422
    known = {"endpoint": "https://fcm.googleapis.com/fcm/send/9"}
    assert client.post("/account/push", told | known).status_code == 302
    (mine,) = queries.subscriptions_of(seen_by=world.operator)
    assert "Edge · Windows" in client.get("/account").content.decode()
    client.post(f"/account/push/{mine.id}/off")
    assert queries.subscriptions_of(seen_by=world.operator) == ()
    settings.PUSH_CONTACT = ""
    assert "data-push" not in client.get("/account").content.decode()
    assert client.post("/account/push", told | known).status_code == 404
