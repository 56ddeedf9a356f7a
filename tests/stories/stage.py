"""A stage for one home: its devices speak at the real door, people sit at real pages."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from anbu.care.alarms import jobs
from anbu.care.alarms.models import Alarm, CallNote, Message, Step
from anbu.care.people.models import Contact, Household
from anbu.care.readings.rules import sign
from anbu.care.register import jobs as register
from anbu.care.staff.models import Staff
from anbu.channels.gateway import Gateway
from anbu.cli import people as commands
from tests.care.alarms.world import World
from tests.desks.control_room.conftest import StandingClock
from tests.desks.opening import say_why

LINK = re.compile(r"http://testserver(/go/[\w-]{43})")
VERSION = re.compile(r'name="version" value="(\d+)"')
MINUTE = timedelta(minutes=1)
TITLES = "성명,생년월일,성별,연락처,행정동,주소,상세주소,위험군,보호자,관계,보호자 연락처,건강상태"


@dataclass
class Stage:
    """Everything a story needs: it passes time, and keeps who owned what at each look."""

    world: World
    clock: StandingClock
    telephones: Gateway
    ownerless: list[tuple[datetime, UUID]] = field(default_factory=list)
    _sent: Any = field(default_factory=count)
    _secrets: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, str] = field(default_factory=dict)

    # ---- before the story: a home, what it agreed to, what stands in it

    def register(self, line: str) -> UUID:
        """Bring one home in from an office's list, as a supervisor does; return it."""
        chief = self.sit(self.world.supervisor)
        before = set(Household.objects.values_list("id", flat=True))
        file = SimpleUploadedFile("명단.csv", f"{TITLES}\n{line}\n".encode("cp949"))
        shown = chief.post("/register/imports", {"file": file})
        assert shown.status_code == 302, words(shown)
        assert chief.post(f"{shown['Location']}/start").status_code == 302
        while register.take_import_step(now=self.clock.at):  # the clock role's work
            pass
        (home,) = set(Household.objects.values_list("id", flat=True)) - before
        return home

    def agree(self, home: UUID, *kinds: str) -> None:
        """Write down what the person signed, each with its form and where it is kept."""
        planner = self.sit(self.world.planner)
        say_why(planner, home, "동의서를 받아 적음")
        for kind in kinds:
            told = {
                "kind": kind,
                "form": "2026-1",
                "obtained_how": "방문, 본인 서명",
                "evidence": "문서 12-345",
            }
            done(planner.post(f"/households/{home}/consents/give", told))

    def enrol(self, home: UUID, *, code: str, source: str, channels: tuple[str, ...]) -> None:
        """Let a provider and one device of this home in, as whoever runs the system does."""
        provider = f"{code}-maker"
        said = ["add", provider, "--name", "공급사", "--source", source]
        self._secrets[code] = self._say(commands.provider, *said)
        self._sources[code] = source
        told = ["add", code, "--household", str(home), "--provider", provider]
        told += ["--interval", "10800", *(w for c in channels for w in ("--channel", c))]
        self._say(commands.device, *told)

    def _say(self, command: Any, *told: str) -> str:
        done = CliRunner().invoke(command, told)
        assert done.exit_code == 0, done.output
        return done.output.strip()

    # ---- time and the world outside

    def speak(self, code: str, at: datetime, **values: object) -> None:
        """Let a device say something at the readings' door, signed by its provider."""
        self.clock.at = max(self.clock.at, at)
        number = next(self._sent)
        message = {"id": f"m{number}", "device": code, "at": at.isoformat(), **values}
        body = json.dumps({"source": self._sources[code], "messages": [message]}).encode()
        stamp = str(int(self.clock.at.timestamp()))
        told = {
            "webhook-provider": f"{code}-maker",
            "webhook-id": f"b{number}",
            "webhook-timestamp": stamp,
            "webhook-signature": sign(
                self._secrets[code], id=f"b{number}", timestamp=stamp, body=body
            ),
        }
        answer = Client().post(
            "/api/v1/readings", body, content_type="application/json", headers=told
        )
        assert answer.status_code == 202, answer.content
        assert [v["verdict"] for v in answer.json()["verdicts"]] == ["accepted"], answer.json()

    def until(self, at: datetime, *, every: timedelta = 5 * MINUTE) -> None:
        """Let time pass: the clock role sweeps, letters go out, and owners are looked at."""
        while self.clock.at < at:
            self.clock.at = min(self.clock.at + every, at)
            self._pass()

    def _pass(self) -> None:
        for step in jobs.SWEEPS:
            while step(self.clock.at):
                pass
        queued = Message.objects.filter(status=Message.Status.QUEUED).order_by("id")
        for message in queued.values_list("id", flat=True):
            jobs.actions.deliver(
                message_id=message, ports={"gateway": self.telephones}, now=self.clock.at
            )
        self._look_at_owners()

    def _look_at_owners(self) -> None:
        for open_one in (
            *Alarm.objects.filter(closed_at=None),
            *CallNote.objects.filter(closed_at=None),
        ):
            if (open_one.owner_staff_id is None) == (open_one.owner_post_id is None):
                self.ownerless.append((self.clock.at, open_one.id))

    # ---- people at their pages

    def sit(self, who: Staff) -> Client:
        """Return a browser at which somebody has signed in."""
        client = Client()
        client.force_login(who)
        return client

    def do(self, desk: Client, alarm: UUID, deed: str, **told: object) -> HttpResponse:
        """Do something to a signal on its page, and see that it was not refused."""
        shown = page(desk, f"/alarms/{alarm}")
        if deed == "claim":
            told["version"] = VERSION.search(shown)[1]  # type: ignore[index]
        answer = desk.post(f"/alarms/{alarm}/{deed}", {**told, "page": "incident"})
        assert answer.status_code in (200, 302), words(answer)
        self._look_at_owners()
        return answer

    def link(self, desk: Client, alarm: UUID, **told: str) -> str:
        """Send somebody to the door and return the address of their link, shown this once."""
        shown = self.do(desk, alarm, "dispatch", **told).content.decode()
        (way,) = set(LINK.findall(shown))
        return way


def done(answer: Any) -> None:
    """See that a form was taken."""
    assert answer.status_code == 302, words(answer)


def page(client: Client, address: str) -> str:
    """Return what stands on a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code, words(answer)[:300])
    return answer.content.decode()


def words(answer: Any) -> str:
    """Return a page without its tags, its spaces as one."""
    told = answer if isinstance(answer, str) else answer.content.decode()
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", told, flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare)


def owners(alarm: Alarm) -> list[tuple[datetime, str]]:
    """Return who owned a signal from when on, as its timeline tells it, the first first."""
    steps = Step.objects.filter(alarm=alarm, kind=Step.Kind.OWNER).order_by("at", "id")
    return [(step.at, step.detail["to"]) for step in steps]


def contact_of(home: UUID) -> int:
    """Return the contact who stands first on the home's page."""
    return Contact.objects.filter(household=home).order_by("id").values_list("id", flat=True)[0]


def in_order(text: str, told: Sequence[str]) -> bool:
    """Say whether these words stand in a text one after the other."""
    place = 0
    for each in told:
        place = text.find(each, place)
        if place < 0:
            return False
        place += len(each)
    return True
