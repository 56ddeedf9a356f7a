"""The watchdog tells what stands still, once, and is patient at its own start."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import Alarm, Message
from anbu.care.effects import actions
from anbu.care.effects.models import Ring
from anbu.care.effects.rules import Kind
from anbu.care.foundation.rules import new_id
from anbu.config import start
from anbu.config import watch as watch_module
from anbu.config.postgres import CannotStart
from anbu.config.watch import DATABASE, WATCHED, Watch
from anbu.lab.gateway import Gateway, standing
from anbu.lab.rude import Desk
from tests.care.alarms.world import make_world
from tests.desks.control_room.conftest import NOW, StandingClock


@pytest.fixture(autouse=True)
def _twenty_seconds() -> Iterator[None]:
    with override_settings(STANDSTILL_S=20):
        yield


def _all(ago: float) -> dict[str, float]:
    return dict.fromkeys(WATCHED, ago)


def test_everything_gets_its_time_after_the_start() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1019, {}) == []
    assert set(watch.look(1021, {})) == set(WATCHED)


def test_what_stands_still_is_told_once_and_again_after_five_minutes() -> None:
    watch = Watch(moment=1000)
    pulses = _all(1) | {"clock": 25.0}
    assert watch.look(1025, pulses) == ["clock"]
    assert watch.look(1027, pulses) == []
    assert watch.look(1025 + 301, _all(1) | {"clock": 326.0}) == ["clock"]


def test_what_moves_again_may_be_told_anew() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1030, _all(1) | {"notify": 30.0}) == ["notify"]
    assert watch.look(1032, _all(1)) == []
    assert watch.look(1060, _all(1) | {"notify": 28.0}) == ["notify"]


def test_a_database_that_is_away_is_told_before_a_minute_is_over() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1010, _all(1)) == []
    told = [(at, watch.look(at, None)) for at in range(1012, 1070, 2)]
    first = next(at for at, names in told if DATABASE in names)
    assert first - 1010 <= 60


def test_one_failing_sweep_is_told_although_the_clock_still_ticks() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1100, _all(1) | {"clock/silence": 60.0}) == ["clock/silence"]


def test_without_a_database_only_the_database_is_told_and_the_others_get_their_time() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1010, _all(1)) == []
    told = [name for at in range(1012, 1100, 2) for name in watch.look(at, None)]
    assert told == [DATABASE]
    assert watch.look(1100, _all(85.0)) == []  # nobody could beat meanwhile
    assert watch.moving_again() == [DATABASE]
    assert set(watch.look(1121, _all(106.0))) == set(WATCHED)


def test_what_stood_still_is_not_said_to_move_because_nobody_can_look() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1030, _all(1) | {"clock": 30.0}) == ["clock"]
    watch.look(1032, None)
    assert watch.moving_again() == []


def test_what_moves_again_is_told_once() -> None:
    watch = Watch(moment=1000)
    watch.look(1030, _all(1) | {"notify": 30.0})
    assert not watch.is_well
    watch.look(1032, _all(1))
    assert watch.is_well
    assert (watch.moving_again(), watch.moving_again()) == (["notify"], [])


def test_what_nobody_heard_is_told_again_within_seconds() -> None:
    watch = Watch(moment=1000)
    pulses = _all(1) | {"clock": 30.0}
    assert watch.look(1030, pulses) == ["clock"]
    watch.nobody_heard(["clock"], 1035)
    assert watch.look(1036, pulses) == []
    assert watch.look(1040, pulses) == ["clock"]


class _World:
    """A gateway, a switch outside, and a file, for a watchdog that has no database."""

    def __init__(self, refuse: int) -> None:
        self.gateway = Gateway(secret="", clock=lambda: datetime.now(UTC), refuse=refuse)
        self.beats: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/beat":
            self.beats.append(scope["method"])
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.gateway(scope, receive, send)


@contextmanager
def _world(folder: Path, refuse: int = 0) -> Iterator[_World]:
    world = _World(refuse)
    with standing(world) as address:
        told = {
            "GATEWAY_URL": address,
            "ALL_CALL": ["010-0000-0001", "010-0000-0002"],
            "HEARTBEAT_URL": address + "beat",
            "HEARTBEAT_BY": "post",
            "HEARTBEAT_EVERY_S": 0.1,
            "STANDSTILL_FILE": folder / "new" / "standstill.jsonl",
            "STANDSTILL_S": 0.4,
        }
        with override_settings(**told):
            yield world


def _watch(until: Callable[[], bool], *, pulses: Callable[[], Any]) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watch_module, "LOOK_EVERY_S", 0.1)
            patch.setattr(watch_module, "TRY_AGAIN_S", 0.2)
            patch.setattr(watch_module, "_pulses", pulses)
            watching = asyncio.create_task(watch_module.watch_everything(stop))
            async with asyncio.timeout(15):
                while not until():
                    await asyncio.wait([watching], timeout=0.05)
            stop.set()
            await watching

    asyncio.run(run())


async def _nothing() -> None:
    return None


def test_people_hear_without_any_database_although_the_gateway_is_busy(tmp_path: Path) -> None:
    file = tmp_path / "new" / "standstill.jsonl"
    with _world(tmp_path, refuse=2) as world:
        _watch(
            lambda: len(world.gateway.came) == 2 and len(file.read_text().splitlines()) == 2,
            pulses=_nothing,
        )
    told = {(m["to"], m["text"].split(".")[0]) for m in world.gateway.came.values()}
    sentence = "[안부] 멈춤: database"
    assert told == {("010-0000-0001", sentence), ("010-0000-0002", sentence)}
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["heard"], line["failed"]) for line in lines] == [(0, 2), (2, 0)]


def test_the_switch_outside_hears_nothing_while_something_stands_still(tmp_path: Path) -> None:
    async def well() -> dict[str, float]:
        return _all(0.0)

    with _world(tmp_path) as world:
        _watch(lambda: len(world.beats) >= 3, pulses=well)
        assert set(world.beats) == {"POST"}
        assert world.gateway.came == {}
        seen: list[int] = []  # how many beats had come, at each look after people were told

        def long_enough() -> bool:
            if len(world.gateway.came) == 2:
                seen.append(len(world.beats))
            return len(seen) == 10

        _watch(long_enough, pulses=_nothing)
    assert seen[-1] - seen[0] <= 1, "one may have been under way"


def test_who_is_not_reached_by_one_provider_is_told_by_another_and_some_by_mail(settings) -> None:
    class Box:
        def __init__(self) -> None:
            self.to: list[str] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.to += envelope.rcpt_tos
            return "250 OK"

    box, first, second = Box(), Desk(), Desk()
    first.misdeeds.append("500")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = Controller(box, hostname="127.0.0.1", port=port)
    mail.start()
    settings.ALL_CALL = ["010-0000-0001", "duty@example.org"]
    settings.MAIL_URL, settings.MAIL_FROM = f"smtp://127.0.0.1:{port}", "anbu@example.org"
    try:
        with first.standing() as settings.GATEWAY_URL, second.standing() as settings.GATEWAY2_URL:
            told = asyncio.run(watch_module._call_everybody(Kind.STANDSTILL, ["clock"]))
    finally:
        mail.stop(no_assert=True)
    assert (told, box.to) == ((2, 0), ["duty@example.org"])
    assert [letter["to"] for letter in second.came.values()] == ["010-0000-0001"]
    assert "멈춤: clock" in next(iter(second.came.values()))["text"]


def test_a_watchdog_starts_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "postgresql://anbu@/anbu?host=/nowhere"
    monkeypatch.setenv("ANBU_DATABASE_URL", nowhere)
    assert start.database(must_answer=False) == (nowhere, None)
    with pytest.raises(CannotStart, match="does not answer"):
        start.database()


def test_an_outbox_that_nobody_empties_is_told_although_everything_beats(settings) -> None:
    settings.OUTBOX_STILL_S = 60
    watch = Watch(moment=1000)
    told = {at: watch.look(at, _all(1) | {"outbox": at - 1010.0}) for at in range(1012, 1130, 2)}
    first = next(at for at, names in told.items() if names)
    assert told[first] == ["outbox"]
    assert 60 < first - 1010 <= 120  # within a minute of being stuck
    assert not watch.is_well
    assert watch.look(1132, _all(1) | {"outbox": 0.0}) == []
    assert watch.moving_again() == ["outbox"]


def test_an_old_outbox_gets_its_time_after_our_own_start(settings) -> None:
    settings.OUTBOX_STILL_S = 60
    watch = Watch(moment=1000)
    assert watch.look(1002, _all(1) | {"outbox": 900.0}) == []
    assert watch.look(1050, _all(1) | {"outbox": 5.0}) == []
    assert watch.look(1100, _all(1) | {"outbox": 55.0}) == []


def test_a_brake_is_told_at_once_and_again_until_somebody_has_chosen() -> None:
    watch = Watch(moment=1000)
    assert watch.look(1002, _all(1) | {"brake": 0.0}) == []
    assert watch.look(1004, _all(1) | {"brake": 1.5}) == ["brake"]
    assert watch.is_well  # we do not stand still: the switch outside is called on
    assert watch.look(1100, _all(1) | {"brake": 97.5}) == []
    assert watch.look(1310, _all(1) | {"brake": 307.5}) == ["brake"]
    assert watch.look(1312, _all(1) | {"brake": 0.0}) == []
    assert watch.moving_again() == ["brake"]


def test_the_brake_has_words_of_its_own(tmp_path: Path) -> None:
    async def braked() -> dict[str, float]:
        return _all(0.0) | {"brake": 5.0}

    with _world(tmp_path) as world:
        _watch(lambda: len(world.gateway.came) == 2, pulses=braked)
    (words,) = {m["text"] for m in world.gateway.came.values()}
    assert words.startswith("[안부] 한꺼번에 울려")
    line = json.loads((tmp_path / "new" / "standstill.jsonl").read_text().splitlines()[0])
    assert (line["event"], line["what"]) == ("brake_waits", ["brake"])


@pytest.mark.django_db(transaction=True)
def test_the_database_says_what_waits_and_what_was_tried(
    settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is due and untried counts; one that was tried, or is held, does not."""
    settings.CLOCK = StandingClock(NOW)
    world = make_world()
    alarm = world.silent(at=NOW - timedelta(seconds=90), tier="low")
    assert asyncio.run(_waits()) == {"outbox": pytest.approx(89, abs=2), "brake": 0.0}
    Message.objects.filter(alarm=alarm).update(tries=1)
    assert asyncio.run(_waits())["outbox"] == 0.0
    held = {"status": "waiting", "tries": 0, "goes_at": NOW - timedelta(seconds=30)}
    Message.objects.filter(alarm=alarm).update(**held)
    assert asyncio.run(_waits())["outbox"] == pytest.approx(30)
    Alarm.objects.filter(id=alarm.id).update(waits_for="brake")
    assert asyncio.run(_waits())["outbox"] == 0.0
    alarms.brake_for_step(parted_s=-60, now=NOW - timedelta(seconds=20))
    waits = asyncio.run(_waits())
    assert waits["brake"] == pytest.approx(20)
    actions.ring_next(now=NOW)
    Ring.objects.create(
        by="sms",
        to="010-1111-0001",
        is_all_call=False,
        tellings=[new_id()],
        status="queued",
        made_at=NOW,
        goes_at=NOW - timedelta(seconds=70),
    )
    assert asyncio.run(_waits())["outbox"] == pytest.approx(70)
    monkeypatch.setattr(settings.CLOCK, "speed", 0.0, raising=False)  # 멈춤: time stands still
    assert asyncio.run(_waits()) == {"outbox": 0.0, "brake": 0.0}


async def _waits() -> dict[str, float]:
    async with await watch_module.connect() as db:
        return await watch_module._waiting(db)
