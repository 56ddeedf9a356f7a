"""One run: a city, its truth, its senders, and round after round of faults."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random

import uvicorn
from django.db import DatabaseError, InterfaceError

from anbu.care.foundation.jobs import in_database
from anbu.care.foundation.queries import now
from anbu.lab.faults import truth, world
from anbu.lab.faults.injector import Injector
from anbu.lab.faults.moods import Moody
from anbu.lab.faults.plan import Fault, Scenario, plan
from anbu.lab.faults.proxy import Proxy
from anbu.lab.faults.report import Report, Tried
from anbu.lab.faults.senders import Books, Cloud, Plug, Sent
from anbu.lab.faults.site import Site, Stage
from anbu.lab.gateway import Gateway

SPEAKS_EVERY_S = 1.0
FALLS_DUE_S = (2, 7)  # after the beginning of its round
WAKES_DUE_S = (7, 9)
CRIES_AFTER_S = (2.0, 4.0)
ENROL_WITHIN_S = 60.0
# Who fell silent and was found, or woke, lives on quietly: a city in which ever more plugs stop has
# lost a vendor's feed, and rings once for all of them. Long after an alarm, long before patience.
LIVES_ON_EVERY_S = 1200.0

AWAY = (DatabaseError, InterfaceError)

type Say = Callable[[str], None]


class _Server(uvicorn.Server):
    """A web server that leaves the signals to the laboratory."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Laboratory:
    """Everything one run needs."""

    stage: Stage
    scenario: Scenario
    report: Report
    dice: Random
    say: Say
    stop: asyncio.Event  # somebody wants the report now
    site: Site = field(init=False)
    proxies: dict[str, Proxy] = field(init=False)
    gateway: Moody = field(init=False)
    books: Books = field(init=False)
    clouds: dict[str, Cloud] = field(default_factory=dict)
    plugs: dict[str, Plug] = field(default_factory=dict)
    quiet: asyncio.Event = field(default_factory=asyncio.Event)  # nothing new is said
    _later: deque[tuple[float, list[world.Home]]] = field(default_factory=deque)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def __post_init__(self) -> None:
        self.site = Site(self.stage, self.scenario.patience)
        self.gateway = Moody(Gateway(secret=self.stage.gateway_secret, clock=now))
        self.proxies = {
            name: Proxy(here, there, Random(self.dice.random()))
            for name, (here, there) in self.stage.proxies.items()
        }

    async def run(self) -> None:
        """Build the city, break it round by round, and hold it against the truth."""
        began = time.monotonic()
        config = uvicorn.Config(
            self.gateway, port=self.stage.gateway_port, log_level="error", lifespan="off"
        )
        server = _Server(config)
        for proxy in self.proxies.values():
            await proxy.open()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(server.serve())
                try:
                    await self._build(tasks)
                    await self._break_and_settle()
                finally:
                    self.quiet.set()
                    server.should_exit = True
                    await self.site.stop()
        finally:
            for proxy in self.proxies.values():
                await proxy.close()
            self.report.seconds = time.monotonic() - began

    async def _build(self, tasks: asyncio.TaskGroup) -> None:
        self.say("a city is built …")
        await self.site.start()
        await self.site.start_twin()
        tasks.create_task(self.site.keep_twin(self.quiet))
        self.books = Books(truth.Ledger(truth.Hours(*world.pace())))
        secrets = await in_database(world.prepare)
        door = f"http://127.0.0.1:{self.stage.proxies['http'][0]}/api/v1/readings"
        self.clouds = {
            code: Cloud(
                code, source, secrets[code], door, now, self.books, Random(self.dice.random())
            )
            for code, source in world.SOURCES.items()
            if code != world.PLUGS
        }
        living = await self._settle_homes(world.CLOUD, self.scenario.living)
        plugged = await self._settle_homes(world.PLUGS, self.scenario.plugs)
        port = self.stage.proxies["mqtt"][0]
        assert isinstance(port, int)
        self.plugs = {
            home.device: Plug(home.device, home.password, port, self.books) for home in plugged
        }
        for sender in self._senders():
            tasks.create_task(sender.send(self.quiet))
        tasks.create_task(self._live([*living, *plugged]))
        await self._injector().everything_works()

    async def _settle_homes(self, provider: str, count: int) -> list[world.Home]:
        codes = [f"{provider}-{next(self._numbers)}" for _ in range(count)]
        return await in_database(world.settle, provider, codes) if codes else []

    async def _live(self, homes: list[world.Home]) -> None:
        """Let everybody go on living: a lamp goes on, a lamp goes off."""
        self.books.ledger.living |= {home.home for home in homes}
        watts = world.STILL
        while not self.quiet.is_set():
            watts = world.STILL if watts == world.LIFE else world.LIFE
            at = now().timestamp()
            for home in homes:
                self._post(home, at=at, body={"watts": watts})
            self._live_on()
            await asyncio.sleep(SPEAKS_EVERY_S)

    def _live_on(self) -> None:
        """Let the homes of earlier rounds show life again when it is their turn."""
        while self._later and self._later[0][0] <= time.monotonic():
            _, homes = self._later.popleft()
            for home in homes:
                for ago, watts in ((1.0, world.STILL), (0.0, world.LIFE)):
                    self._post(home, at=now().timestamp() - ago, body={"watts": watts})
            self._later.append((time.monotonic() + LIVES_ON_EVERY_S, homes))

    def _post(self, home: world.Home, *, at: float, **more: object) -> None:
        # a clock that was set back must not let two messages say the same moment
        number = next(self._numbers)
        sent = Sent(home.device, f"m-{number}", round(at, 3), home=home.home, **more)  # type: ignore[arg-type]
        if not sent.is_cry:
            self.books.ledger.said[sent.device, sent.id] = sent.at
        sender = self.plugs.get(home.device) or self.clouds[home.provider]
        sender.waiting.append(sent)

    def _injector(self) -> Injector:
        ledger, dice = self.books.ledger, Random(self.dice.random())
        return Injector(self.site, self.proxies, self.gateway, ledger, dice)

    async def _break_and_settle(self) -> None:
        try:
            await self._break()
            await self._settle()
        except AWAY as error:  # for good: then the report says what is known
            self.report.broken["the_database_answers"] = 1
            self.say(f"the database does not come back: {type(error).__name__}")

    async def _break(self) -> None:
        rounds = plan(self.scenario, seed=self.report.seed)
        self.report.planned = sum(map(len, rounds))
        injector = self._injector()
        for nth, faults in enumerate(rounds, 1):
            if self.stop.is_set():
                self.report.was_cut = True
                return
            await self._cohort()
            self.report.tried += await self._round(injector, faults)
            done = len(self.report.tried)
            last = ", ".join(_in_words(one) for one in self.report.tried[-len(faults) :])
            self.say(f"{done}/{self.report.planned}  {last}")
            if nth % self.scenario.verify_every == 0 or nth == len(rounds):
                await self._verify(injector, self.report.tried[-done:])

    async def _round(self, injector: Injector, faults: list[Fault]) -> list[Tried]:
        async def later(fault: Fault) -> Tried:
            await asyncio.sleep(self.dice.uniform(0, 1.5) if len(faults) > 1 else 0)
            return await injector.inject(fault)

        return list(await asyncio.gather(*map(later, faults)))

    async def _cohort(self) -> None:
        """Let some homes fall silent in this round, some nearly, and some cry for help."""
        scenario = self.scenario
        voices = await self._patiently(partial(self._settle_homes, world.VOICE, scenario.cries))
        shown = int(now().timestamp())
        falls = [float(shown + self.dice.randint(*FALLS_DUE_S)) for _ in range(scenario.silent)]
        wakes = [float(shown + self.dice.randint(*WAKES_DUE_S)) for _ in range(scenario.waking)]
        lasts = [due - world.PATIENCE.total_seconds() for due in (*falls, *wakes)]
        codes = [f"{world.CLOUD}-{next(self._numbers)}" for _ in lasts]
        homes = await self._patiently(partial(in_database, world.settle_still, codes, lasts))
        ledger = self.books.ledger
        ledger.fell_silent |= {home.home: due for home, due in zip(homes, falls, strict=False)}
        loop = asyncio.get_running_loop()
        for home, due in zip(homes[len(falls) :], wakes, strict=True):
            ledger.woke[home.home] = (due, None)
            body: dict[str, object] = {"watts": world.LIFE}
            self._post(home, at=now().timestamp(), body=body, is_awakening=True)
        self._later.append((time.monotonic() + LIVES_ON_EVERY_S, homes))
        for home in voices:
            after = self.dice.uniform(*CRIES_AFTER_S)
            loop.call_later(after, self._cry, home)

    def _cry(self, home: world.Home) -> None:
        said = {"type": "sos", "words": "살려 줘"}
        self._post(home, at=now().timestamp(), body=said, is_cry=True)

    async def _patiently[T](self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again while the database is away: this is the laboratory's own deed."""
        until = time.monotonic() + ENROL_WITHIN_S * self.scenario.patience
        while True:
            try:
                return await ask()
            except AWAY:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(0.3)

    async def _verify(self, injector: Injector, suspects: list[Tried]) -> None:
        """Ask the product what it knows to be broken; the faults before it have to answer."""
        with suppress(TimeoutError):
            await injector.everything_works()
        self.report.looks += 1
        broken = _broken(await self.site.verify("invariants"), "invariants")
        self.report.broken.update(broken)
        for one in suspects if broken else ():
            if one.survived:
                one.survived, one.why = False, f"broken afterwards: {', '.join(broken)}"

    async def _settle(self) -> None:
        """Let the city catch up, then hold it against the truth."""
        self.say("the truth is told …")
        ledger = self.books.ledger
        await asyncio.sleep(CRIES_AFTER_S[1])
        self.quiet.set()
        last = max([ledger.hours.first_shown(at) for at in ledger.fell_silent.values()] or [0.0])
        await asyncio.sleep(max(0.0, last - world.real()))
        until = time.monotonic() + self.scenario.settles_s * self.scenario.patience
        while True:
            await self._patiently(self._judge)
            judged, found = self.report.judgement, self.report.found
            assert judged
            assert found
            is_sent = not any(sender.waiting for sender in self._senders())
            if time.monotonic() > until or is_sent and not (judged.missed or found.lost):
                break
            await asyncio.sleep(1)
        await self._verify(self._injector(), [])
        audit = _broken(await self.site.verify("audit"), "audit")
        self.report.broken.update(audit)
        self.report.broken.update(await in_database(self._texts_gone_wrong))
        if self.books.refused:
            self.report.broken["a_true_message_is_not_refused"] = len(self.books.refused)
            self.say(f"refused: {self.books.refused[0]}")

    def _senders(self) -> list[Cloud | Plug]:
        return [*self.clouds.values(), *self.plugs.values()]

    async def _judge(self) -> None:
        ledger = self.books.ledger
        dues = ledger.dues(until_real=world.real())
        raised = await in_database(world.alarms)
        self.report.judgement = truth.judge(dues, raised, unsure=ledger.may_ring())
        names, rows = await in_database(world.delivered), await in_database(world.stored)
        self.report.found = truth.count(ledger.acked, ledger.said, names, rows)

    def _texts_gone_wrong(self) -> dict[str, int]:
        """Hold what the gateway has against what the city says of its messages."""
        said, came = world.texts(), self.gateway.inner.came
        ours = {key for key, message in came.items() if not message["text"].startswith("[안부] ")}
        wrong = {
            "a_sent_text_is_at_the_gateway": len(
                [key for key, state in said.items() if state == "sent" and key not in came]
            ),
            "no_text_goes_out_without_its_row": len(ours - said.keys()),
        }
        return {name: count for name, count in wrong.items() if count}


def _broken(out: bytes, what: str) -> dict[str, int]:
    """Return what is broken, by name; an answer that cannot be read is broken too."""
    try:
        told = json.loads(out)
        if what == "audit":
            return {} if told["ok"] else {"audit": len(told["found"])}
        return {name: count for name, count in told["broken"].items() if count}
    except (ValueError, KeyError):
        return {f"verify_{what}_answers": 1}


def _in_words(one: Tried) -> str:
    if one.skipped:
        return f"{one.kind} not tried"
    return f"{one.kind} {one.recovery_s:.1f} s" if one.survived else f"{one.kind} NOT SURVIVED"


async def experiment(
    *, stage: Stage, scenario: Scenario, seed: int, commit: str, say: Say, stop: asyncio.Event
) -> Report:
    """Make one run and return its report, also of one that was ended early."""
    report = Report(scenario.name, seed, commit)
    await Laboratory(stage, scenario, report, Random(seed), say, stop).run()
    return report
