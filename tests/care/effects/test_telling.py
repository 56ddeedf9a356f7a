"""What needs a human is told until one acknowledges: by turns, then to all; calm, and nameless."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from standardwebhooks import Webhook

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm
from anbu.care.alarms.rules import TakenByAnother
from anbu.care.effects import actions, queries
from anbu.care.effects.models import Notice, Order, Ring, Telling
from anbu.care.effects.rules import BadOrder, By, Cause, Thing, Turn
from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import new_id
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.channels.gateway import Gateway as Client_
from anbu.channels.port import Fate, Letter, Retry, Sent
from anbu.config import invariants, retention
from anbu.lab.gateway import Gateway, standing
from tests.care.alarms.world import MONDAY, World, make_world, sweep
from tests.care.effects.test_notices import subscribe

NIGHT = MONDAY.replace(hour=22, minute=40)
S = timedelta(seconds=1)
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1jaXR5LTEyMzQ1Njc4"
MOON, NOH, ALL = "010-1111-0001", "010-1111-0003", ["010-9999-0001", "010-9999-0002"]


@pytest.fixture
def gateway() -> Iterator[tuple[Gateway, str]]:
    """Let the telephone world stand: texts and calls, by the contract of the gateway."""
    peer = Gateway(secret=SECRET, clock=lambda: datetime.now(UTC))
    with standing(peer) as url:
        yield peer, url


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.PUSH_CONTACT, settings.PUSH_KEY = "mailto:duty@example.org", tmp_path / "key"
    settings.GATEWAY_URL = settings.CALL_BOT_URL = "http://127.0.0.1:1/"
    settings.GATEWAY_SECRET, settings.ALL_CALL = SECRET, ALL
    made = make_world()
    staffing.start_shift(by=made.operator, now=NIGHT - 60 * S)
    actions.set_order(phone=MOON, turns=(), by=made.operator, now=NIGHT)
    subscribe(made, made.operator)
    return made


def ring(after_s: float) -> None:
    sweep(actions.ring_next, NIGHT + after_s * S)


def settle_all(after_s: float) -> None:
    """Let a gateway take what is on its way."""
    for one in Ring.objects.filter(status="queued").exclude(by="push"):
        ports = {"gateway": Takes(), "voice": Takes(), "mail": Takes()}
        actions.deliver_ring(ring_id=one.id, ports=ports, now=NIGHT + after_s * S)


class Takes:
    def send(self, letter: Letter, *, at: datetime) -> Sent:
        return Sent()


def night(seconds: range) -> None:
    """Let the clock and the outbox work through a stretch of the night."""
    for after_s in seconds:
        ring(after_s)
        settle_all(after_s)
        sweep(actions.expire_next_notices, NIGHT + after_s * S)


def told() -> list[tuple[float, str, str]]:
    rows = Ring.objects.exclude(status="called_off").order_by("goes_at", "id")
    return [((r.goes_at - NIGHT).total_seconds(), r.by, r.to or r.staff.login) for r in rows]


def critical(world: World, at: datetime = NIGHT) -> Alarm:
    home = world.home(still_at=at + timedelta(hours=5))
    world.cry(home, at=at)
    sweep(alarms.raise_next_sos, at)
    return Alarm.objects.get(household=home)


def test_a_cry_rings_by_browser_then_text_then_call_then_everybody(world):
    critical(world)
    night(range(0, 700, 10))
    mine = [(at, by) for at, by, to in told() if to in (MOON, "moon")]
    assert mine[:3] == [(0, "push"), (60, "sms"), (240, "call")]
    everybody = [(at, by) for at, by, to in told() if to == ALL[0]]
    assert everybody == [(360, "sms"), (420, "call"), (540, "sms")]
    assert Telling.objects.get().rounds == 3
    broken = {one.name for one in invariants.check(now=NIGHT + 700 * S) if one.broken}
    assert not broken & {
        "every_open_telling_has_a_next_moment_that_is_kept",
        "no_ring_waits_past_its_time",
        "no_notice_waits_past_its_time",
    }
    later = {one.name for one in invariants.check(now=NIGHT + 3000 * S) if one.broken}
    assert "every_open_telling_has_a_next_moment_that_is_kept" in later  # no clock runs: told


def test_who_takes_the_signal_ends_it_and_nothing_rings_afterwards(world):
    alarm = critical(world)
    night(range(0, 50, 10))
    alarms.claim(alarm_id=alarm.id, version=alarm.version, by=world.operator, now=NIGHT + 50 * S)
    night(range(60, 1000, 20))
    assert told() == [(0, "push", "moon")]
    telling = Telling.objects.get()
    assert (telling.ended_how, telling.ended_by, telling.next_at) == (
        "acknowledged",
        world.operator,
        None,
    )


def test_who_opens_it_has_seen_it_and_who_merely_passes_has_not(world):
    alarm = critical(world)
    ring(0)
    alarms.open_incident(alarm_id=alarm.id, seen_by=world.planner, now=NIGHT + 5 * S)
    assert Telling.objects.filter(ended_at=None).exists()  # a planner, by night: not who was told
    alarms.open_incident(alarm_id=alarm.id, seen_by=world.second, now=NIGHT + 6 * S)
    assert Telling.objects.get().ended_by == world.second


def test_what_was_seen_and_left_rings_again_when_its_step_is_overdue(world):
    alarm = critical(world)
    ring(0)
    alarms.open_incident(alarm_id=alarm.id, seen_by=world.operator, now=NIGHT + 5 * S)
    due = Alarm.objects.get(id=alarm.id).rung_due_at
    sweep(alarms.advance_next_overdue, due)
    assert Telling.objects.filter(cause=alarm.id, ended_at=None).count() == 1
    assert Telling.objects.count() == 2


def test_a_quiet_question_tells_nobody_and_a_caution_is_patient(world):
    actions.tell([Thing(kind=Cause.ALARM, id=new_id(), post=places.centre(), level=1)], now=NIGHT)
    assert not Telling.objects.exists()
    actions.tell([Thing(kind=Cause.ALARM, id=new_id(), post=places.centre(), level=2)], now=NIGHT)
    night(range(0, 400, 20))
    assert told() == [(0, "push", "moon"), (300, "sms", MOON)]


def test_there_is_one_telling_of_a_cause_and_a_graver_word_begins_it_anew(world):
    thing = {"kind": Cause.ALARM, "id": new_id(), "post": places.centre()}
    for level in (2, 2, 3, 2):
        actions.tell([Thing(**thing, level=level)], now=NIGHT)
        ring(0)
    row = Telling.objects.get()
    assert (row.level, row.began_at) == (3, NIGHT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Telling.objects.create(
            cause_kind="alarm",
            cause=row.cause,
            post=row.post,
            level=3,
            began_at=NIGHT,
            next_at=NIGHT,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Telling.objects.filter(id=row.id).update(next_at=None)  # silence is no state


def test_a_cause_that_moves_is_told_where_it_is_now(world):
    staffing.start_shift(by=world.planner, now=NIGHT)
    actions.set_order(phone="010-1111-0009", turns=(), by=world.planner, now=NIGHT)
    thing = {"kind": Cause.ALARM, "id": new_id(), "level": 3}
    actions.tell([Thing(**thing, post=places.centre())], now=NIGHT)
    night(range(0, 100, 10))
    actions.tell([Thing(**thing, post=world.planner.post_id)], now=NIGHT + 100 * S)
    night(range(100, 200, 10))
    assert [row for row in told() if row[0] >= 100] == [(100, "sms", "010-1111-0009")]


def test_ten_signals_ring_one_telephone_once_and_say_how_many(world):
    for _ in range(10):
        critical(world)
    night(range(0, 100, 10))
    assert told() == [(0, "push", "moon"), (60, "sms", MOON)]
    assert "신호 10건" in Ring.objects.get(by="sms").text
    assert Notice.objects.get().text == "새 신호 10건이 기다립니다."


def test_a_telephone_that_rang_a_moment_ago_waits_and_nothing_is_forgotten(world):
    actions.set_order(phone=MOON, turns=(Turn(By.SMS, 0),), by=world.operator, now=NIGHT)
    critical(world)
    night(range(0, 10, 5))
    critical(world, at=NIGHT + 10 * S)
    ring(12)
    waiting = Ring.objects.get(status="waiting")
    assert waiting.goes_at == NIGHT + 60 * S
    night(range(20, 100, 10))
    assert [(at, by) for at, by, _ in told()] == [(0, "sms"), (60, "sms")]
    assert "신호 2건" in Ring.objects.latest("goes_at").text


def test_a_ring_that_waited_is_called_off_when_somebody_has_acknowledged(world):
    actions.set_order(phone=MOON, turns=(Turn(By.SMS, 0),), by=world.operator, now=NIGHT)
    critical(world)
    night(range(0, 10, 5))
    critical(world, at=NIGHT + 10 * S)
    ring(12)
    shown = [row.id for row in queries.tellings(seen_by=world.operator, now=NIGHT)]
    assert len(shown) == 2
    actions.acknowledge_tellings(tellings=shown, by=world.operator, now=NIGHT + 20 * S)
    night(range(30, 900, 30))
    assert len(told()) == 1
    assert Ring.objects.filter(status="called_off").count() == 1
    assert Trace.objects.filter(verb="acknowledge_telling").count() == 1


def test_nobody_says_it_for_another_post(world):
    critical(world)
    ring(0)
    (row,) = queries.tellings(seen_by=world.operator, now=NIGHT)
    assert queries.tellings(seen_by=world.planner, now=NIGHT) == ()
    actions.acknowledge_tellings(tellings=[row.id], by=world.planner, now=NIGHT)
    assert Telling.objects.get().ended_at is None


def test_nobody_of_a_closed_office_is_called_at_home(world):
    """By night the centre is told in its place; by day those who belong to it are."""
    actions.set_order(phone="010-1111-0009", turns=(), by=world.planner, now=NIGHT)
    thing = {"kind": Cause.HANDOVER, "post": world.planner.post_id, "level": 3}
    actions.tell([Thing(**thing, id=new_id())], now=NIGHT)
    night(range(0, 100, 20))
    assert told() == [(0, "push", "moon"), (60, "sms", MOON)]
    assert len(queries.tellings(seen_by=world.operator, now=NIGHT)) == 1
    noon = MONDAY.replace(hour=12) + timedelta(days=1) - NIGHT
    assert queries.tellings(seen_by=world.operator, now=NIGHT + noon) == ()
    shown = [row.id for row in queries.tellings(seen_by=world.operator, now=NIGHT)]
    actions.acknowledge_tellings(tellings=shown, by=world.operator, now=NIGHT + 100 * S)
    actions.tell([Thing(**thing, id=new_id())], now=NIGHT + noon)
    ring(noon.total_seconds())
    assert [to for at, _, to in told() if at > 200] == ["010-1111-0009"]


def test_an_empty_chair_calls_those_who_belong_to_it_and_then_all(world):
    staffing.end_shift(by=world.operator, now=NIGHT)
    actions.set_order(phone=NOH, turns=(), by=world.supervisor, now=NIGHT)
    critical(world)
    night(range(0, 1000, 20))
    assert (0, "push", "moon") in told()
    assert (0, "sms", NOH) in told()
    assert any(to == ALL[1] for _, _, to in told())


def test_a_person_and_a_post_say_in_which_order(world):
    actions.set_post_order(
        turns=(Turn(By.CALL, 0), Turn(By.SMS, 30)), by=world.supervisor, now=NIGHT
    )
    assert queries.order_of(seen_by=world.operator).source == "post"
    own = (Turn(By.SMS, 0), Turn(By.PUSH, 20))
    actions.set_order(phone=MOON, turns=own, by=world.operator, now=NIGHT)
    page = queries.order_of(seen_by=world.operator)
    assert (page.source, tuple(page.turns), page.phone) == ("own", own, MOON)
    assert queries.order_of(seen_by=world.planner).source == "usual"
    assert [row.version for row in Order.objects.filter(staff=world.operator)] == [1, 2]
    with pytest.raises(BadOrder):  # nobody can be called without a number
        actions.set_order(phone="", turns=own, by=world.second, now=NIGHT)
    with pytest.raises(actions.NoPost):
        actions.set_post_order(turns=own, by=world.operator, now=NIGHT)


def test_a_real_gateway_gets_texts_and_calls_once_under_a_key_of_the_ring(world, gateway, settings):
    peer, settings.GATEWAY_URL = gateway
    critical(world)
    night_of_the_gateway(settings, peer, seconds=range(0, 400, 20))
    mine = [m for m in peer.came.values() if m["to"] == MOON]
    assert [(m["kind"], m["id"]) for m in mine] == [
        ("sms", str(Ring.objects.get(by="sms", to=MOON).key)),
        ("voice", str(Ring.objects.get(by="call", to=MOON).key)),
    ]
    everything = json.dumps(list(peer.came.values()), ensure_ascii=False)
    for canary in ("윤정례", "은천로", "관악", "0000-4321", "심부전", "문가람"):
        assert canary not in everything


def night_of_the_gateway(settings: Any, peer: Gateway, seconds: range) -> None:
    settings.CALL_BOT_URL = settings.GATEWAY_URL
    for after_s in seconds:
        ring(after_s)
        for one in Ring.objects.filter(status="queued").exclude(by="push"):
            with queries.ways() as ports:
                actions.deliver_ring(ring_id=one.id, ports=ports, now=NIGHT + after_s * S)


class Dies(Exception):
    """The process is killed here."""


class Killed:
    """A way whose letter arrives, and whose sender never learns of it."""

    def __init__(self, port: Any) -> None:
        self.port = port

    def send(self, letter: Letter, *, at: datetime) -> Sent:
        self.port.send(letter, at=at)
        raise Dies


def test_who_dies_after_sending_sends_the_same_letter_again(world, gateway):
    peer, url = gateway
    actions.set_order(phone=MOON, turns=(Turn(By.SMS, 0),), by=world.operator, now=NIGHT)
    critical(world)
    ring(0)
    one = Ring.objects.get(by="sms")
    with Client_(url=url, secret=SECRET) as port:
        with pytest.raises(Dies):
            actions.deliver_ring(ring_id=one.id, ports={"gateway": Killed(port)}, now=NIGHT)
        assert Ring.objects.get(id=one.id).status == "queued"
        actions.deliver_ring(ring_id=one.id, ports={"gateway": port}, now=NIGHT)
    assert (peer.posts, len(peer.came)) == (2, 1)
    assert Ring.objects.get(id=one.id).status == "sent"


class Busy:
    def send(self, letter: Letter, *, at: datetime) -> Retry:
        return Retry("바쁨", 0)


def test_a_busy_provider_is_passed_by_and_what_comes_too_late_says_so(world):
    actions.set_order(phone=MOON, turns=(Turn(By.SMS, 0),), by=world.operator, now=NIGHT)
    critical(world)
    ring(0)
    (one,) = Ring.objects.filter(by="sms")
    ports = {"gateway": Busy(), "smpp": Takes()}
    assert actions.deliver_ring(ring_id=one.id, ports=ports, now=NIGHT) is not None
    first = Ring.objects.get(id=one.id).key
    assert actions.deliver_ring(ring_id=one.id, ports=ports, now=NIGHT) is None
    one.refresh_from_db()
    assert (one.status, one.way) == ("sent", "smpp")
    assert one.key != first
    critical(world, at=NIGHT + 120 * S)
    ring(121)
    sweep(actions.expire_next_rings, NIGHT + 1000 * S)
    assert Ring.objects.get(goes_at=NIGHT + 121 * S, by="sms").status == "expired"


def test_a_job_is_written_with_its_ring(world):
    critical(world)
    ring(60)
    jobs = [job.args for job in ProcrastinateJob.objects.all()]
    assert {"ring_id": str(Ring.objects.get(by="sms").id)} in jobs
    assert {"notice_id": str(Notice.objects.get().id)} in jobs


def test_who_answers_the_telephone_has_acknowledged(world):
    critical(world)
    night(range(0, 250, 10))
    called = Ring.objects.get(by="call", to=MOON)
    fate = Fate("answered", "1")
    with pytest.raises(actions.UnknownRing):
        actions.take_ring_receipt(key=called.key, ways=["gateway"], fate=fate, now=NIGHT)
    assert actions.take_ring_receipt(key=called.key, ways=["voice"], fate=fate, now=NIGHT)
    assert not actions.take_ring_receipt(key=called.key, ways=["voice"], fate=fate, now=NIGHT)
    assert Telling.objects.get().ended_by == world.operator


def test_somebody_of_the_all_call_list_may_answer_too(world, settings):
    critical(world)
    night(range(0, 460, 10))
    called = Ring.objects.get(by="call", to=ALL[0])
    assert receipt(called.key, "delivered") == {"news": True}
    assert Telling.objects.get().ended_at is None  # it rang there; nobody has answered
    assert receipt(called.key, "answered") == {"news": True}
    row = Telling.objects.get()
    assert (row.ended_how, row.ended_by, row.answered) == ("acknowledged", None, called)
    night(range(460, 2000, 20))
    assert not [at for at, _, _ in told() if at > 460]


def receipt(key: UUID, status: str) -> Any:
    body, moment = json.dumps({"id": str(key), "status": status}), datetime.now(UTC)
    headers = {
        "webhook-id": "receipt-1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("receipt-1", moment, body),
    }
    answer = Client().post(
        "/api/v1/receipts", data=body, content_type="application/json", headers=headers
    )
    return answer.json()


def test_a_brake_and_a_cause_of_many_are_told_and_their_owner_ends_it(world, settings):
    alarms.brake_for_step(parted_s=-600, now=NIGHT)
    row = Telling.objects.get()
    assert (row.cause_kind, row.level, row.post_id) == ("brake", 3, places.centre())
    alarms.claim_brake(brake_id=row.cause, by=world.operator, now=NIGHT + 5 * S)
    assert Telling.objects.get().ended_by == world.operator
    with pytest.raises(TakenByAnother):
        alarms.claim_brake(brake_id=row.cause, by=world.second, now=NIGHT + 6 * S)


def test_what_was_told_is_kept_for_a_year_and_a_number_while_it_counts(world):
    critical(world)
    night(range(0, 600, 20))
    shown = [row.id for row in queries.tellings(seen_by=world.operator, now=NIGHT)]
    actions.acknowledge_tellings(tellings=shown, by=world.operator, now=NIGHT + 600 * S)
    night(range(620, 640, 10))
    sweep(actions.expire_next_notices, NIGHT + 2000 * S)
    actions.set_order(phone="010-1111-0002", turns=(), by=world.operator, now=NIGHT + S)
    retention.run(now=NIGHT + timedelta(days=364), dry=False)
    assert (Telling.objects.count(), Ring.objects.exists()) == (1, True)
    assert [order.phone for order in Order.objects.all()] == ["010-1111-0002"]
    retention.run(now=NIGHT + timedelta(days=366), dry=False)
    assert (Telling.objects.count(), Ring.objects.exists()) == (0, False)
    staffing.disable(staff=world.operator.pk, by="system:test", now=NIGHT)
    retention.run(now=NIGHT + timedelta(days=366), dry=False)
    assert not Order.objects.exists()


DEEDS = ("wait", "wait", "cry", "kill", "seen", "refuse", "order")


def test_whatever_happens_a_human_is_called_or_has_acknowledged(world):
    """Random nights: cries, sweeps that are killed, providers that refuse, people who answer."""
    reached: set[str] = set()
    for seed in range(8):
        dice = Random(seed)  # a night that fails is had again by its number
        deeds = [(dice.randint(1, 200), dice.choice(DEEDS)) for _ in range(dice.randint(4, 14))]
        with transaction.atomic():
            reached |= _live(world, deeds)
            transaction.set_rollback(True)
    assert reached == {"acknowledged", "all called"}


def _live(world: World, deeds: list[tuple[int, str]]) -> set[str]:
    at, reached = 0, set()
    things = [Thing(kind=Cause.ALARM, id=new_id(), post=places.centre(), level=3)]
    actions.tell(things, now=NIGHT)
    for pause, deed in deeds:
        at += pause
        now = NIGHT + at * S
        if deed == "cry":
            more = Thing(kind=Cause.ALARM, id=new_id(), post=places.centre(), level=3)
            actions.tell([more], now=now)
        elif deed == "kill":
            with pytest.raises(Dies):
                _killed(now)
        elif deed == "refuse":
            for one in Ring.objects.filter(status="queued").exclude(by="push"):
                actions.deliver_ring(ring_id=one.id, ports={"gateway": Busy()}, now=now)
        elif deed == "seen":
            ids = [row.id for row in queries.tellings(seen_by=world.operator, now=NIGHT)][:1]
            actions.acknowledge_tellings(tellings=ids, by=world.operator, now=now)
            reached.add("acknowledged")
        elif deed == "order":
            one = (Turn(By.CALL, 0),)
            actions.set_order(phone=MOON, turns=one, by=world.operator, now=now)
        sweep(actions.ring_next, now)
        settle_all(at)
        sweep(actions.expire_next_rings, now)
        for row in Telling.objects.filter(ended_at=None):
            assert row.next_at is not None
            assert row.next_at > now
        for row in Telling.objects.exclude(ended_at=None):
            assert row.ended_by is not None
    for later in range(at, at + 1800, 60):
        sweep(actions.ring_next, NIGHT + later * S)
        settle_all(later)
    _check_peace()
    for row in Telling.objects.filter(ended_at=None):
        last = Ring.objects.filter(tellings__contains=[row.id]).latest("goes_at")
        assert last.goes_at > NIGHT + (at + 1200) * S  # they still ring for it
        assert row.rounds > 0
        reached.add("all called")
    return reached


@transaction.atomic
def _killed(now: datetime) -> None:
    """Ring, and die before the commit."""
    actions.ring_next(now=now)
    raise Dies


def _check_peace() -> None:
    """No telephone rings sooner or more often than it may."""
    by_phone: dict[str, list[datetime]] = {}
    real = Ring.objects.exclude(status__in=["called_off", "waiting"]).exclude(to="")
    for one in real.order_by("goes_at"):
        by_phone.setdefault(one.to, []).append(one.goes_at)
    for rang in by_phone.values():
        assert all(b - a >= 60 * S for a, b in zip(rang, rang[1:], strict=False))
        for first in rang:
            assert sum(first <= one < first + timedelta(hours=1) for one in rang) <= 24
