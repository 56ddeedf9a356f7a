"""The page behind a link: nothing of anybody without the right one, little with it, no script."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, FieldJob
from anbu.care.alarms.rules import LINK_LIFE
from anbu.care.citizens import queries as citizens
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Person
from anbu.config.settings import SECURE_CSP
from tests.care.alarms.test_field import ALL, WHO
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.test_unknown import answer

SECRETS = ("윤정례", "은천로", "302호", "1234*", "심부전", "010-0000-4321")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def clock(settings) -> StandingClock:
    settings.CLOCK = StandingClock(NOW)
    return settings.CLOCK


@pytest.fixture
def alarm(world: World, clock: StandingClock) -> Alarm:
    return world.silent(at=NOW)


@pytest.fixture
def token(world: World, alarm: Alarm) -> str:
    return actions.send_agent(alarm_id=alarm.id, **WHO, by=world.operator, now=NOW)


def page(client: Client, token: str) -> str:
    return client.get(f"/go/{token}").content.decode()


def test_a_look_at_the_link_alone_shows_and_changes_nothing(client: Client, token: str):
    """An app that draws a picture of a link must not look at a home."""
    told = page(client, token)
    assert "열기" in told
    assert not [word for word in SECRETS if word in told]
    assert FieldJob.objects.get().opened_at is None
    assert not Trace.objects.filter(by__startswith="agent:").exists()
    for deed in ("way", "arrive", "report"):
        got = client.post(f"/go/{token}/{deed}", {"finding": "met"})
        assert (got.status_code, got["Location"]) == (302, f"/go/{token}")
    job = FieldJob.objects.get()
    assert (job.arrived_at, job.done_at) == (None, None)


def test_from_the_cover_to_the_result_in_a_few_taps(
    client: Client, alarm: Alarm, token: str, clock: StandingClock
):
    assert client.post(f"/go/{token}/open").status_code == 302
    told = page(client, token)
    assert "은천로" in told
    assert not [word for word in ("윤정례", "1234*", "심부전", "010-0000-4321") if word in told]
    assert "tel:02-2133-0120" in told
    assert "tel:119" in told
    assert "<script" not in told
    way = client.post(f"/go/{token}/way").content.decode()
    assert "윤정례" in way
    assert "1234*" in way
    assert Trace.objects.filter(verb="see_way_in", household=alarm.household_id).count() == 1
    clock.at = NOW + timedelta(minutes=30)
    for _ in range(2):
        client.post(f"/go/{token}/arrive")
    told = page(client, token)
    assert "어떤가요?" in told
    assert " checked" not in told  # nothing is chosen beforehand
    for _ in range(2):
        got = client.post(f"/go/{token}/report", {"finding": "no_answer", **ALL})
        assert got["Location"] == f"/go/{token}"
    told = page(client, token)
    assert "알려 주셔서 고맙습니다" in told
    assert not [word for word in SECRETS if word in told]
    assert client.post(f"/go/{token}/way").status_code == 302
    job = FieldJob.objects.get()
    assert job.arrived_at == NOW + timedelta(minutes=30)
    assert (job.finding, job.signs) == ("no_answer", ALL)
    alarm.refresh_from_db()
    assert alarm.closed_at is None


def test_a_cry_is_told_119_first(client: Client, token: str):
    client.post(f"/go/{token}/open")
    client.post(f"/go/{token}/report", {"finding": "help"})
    told = page(client, token)
    assert told.index("tel:119") < told.index("관제 화면에 바로")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"finding": "no_answer", "light": "yes"}, "다섯 가지를 모두"),
        ({}, "결과를 골라 주세요"),
        ({"finding": "fine"}, "목록에 없는"),
        ({"finding": "met", "light": "perhaps"}, "목록에 없는"),
        ({"finding": "met", "note": "주민 450301-2123456"}, "주민등록번호는 적을 수 없습니다"),
        ({"finding": "met", "note": "가" * 301}, "너무 깁니다"),
    ],
)
def test_what_is_missing_is_said_and_what_was_chosen_stays(
    client: Client, token: str, said: dict[str, str], why: str
):
    client.post(f"/go/{token}/open")
    client.post(f"/go/{token}/arrive")
    got = client.post(f"/go/{token}/report", said)
    told = got.content.decode()
    assert got.status_code == 422
    assert why in told
    assert "450301" not in told
    kept = re.findall(r'name="(\w+)" value="(\w+)" checked', told)
    assert kept == ([("light", "yes")] if said.get("light") == "yes" else [])
    assert FieldJob.objects.get().done_at is None


def test_no_other_link_says_or_does_anything_else(
    client: Client, world: World, alarm: Alarm, token: str, clock: StandingClock
):
    """Never there, over, called off, its alarm ended: one page, one status, whoever looks."""
    other = world.silent(at=NOW)
    gone = {"never": "A" * 43}
    gone["called off"] = actions.send_agent(alarm_id=other.id, **WHO, by=world.operator, now=NOW)
    actions.call_off_agent(alarm_id=other.id, by=world.operator, now=NOW)
    gone["replaced"] = actions.send_agent(alarm_id=other.id, **WHO, by=world.operator, now=NOW)
    gone["alarm ended"] = actions.send_agent(alarm_id=other.id, **WHO, by=world.operator, now=NOW)
    actions.close(alarm_id=other.id, outcome="safe_visit", by=world.operator, now=NOW)
    browser = Client()
    browser.post(f"/go/{token}/open")
    heard = {name: _all(Client(), each) for name, each in gone.items()}
    clock.at = NOW + LINK_LIFE
    heard["over"] = _all(browser, token)  # who had opened it learns no more
    for name, each in heard.items():
        assert each == heard["never"], name
    assert {status for status, _, _ in heard["never"]} == {404}
    assert not [word for word in SECRETS if word in str(heard)]


def _all(client: Client, token: str) -> list[tuple[int, str, dict[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE citizens_knock")  # tries are counted: the next test
    found = []
    for way, deed in (("get", ""), *(("post", f"/{d}") for d in ("open", "way", "arrive"))):
        status, body, heads, _ = answer(client, way, f"/go/{token}{deed}", {}, token)
        found.append((status, body, heads))
    status, body, heads, _ = answer(
        client, "post", f"/go/{token}/report", {"finding": "met"}, token
    )
    return [*found, (status, body, heads)]


def test_guessing_is_counted_and_a_good_link_opens_all_the_same(client: Client, token: str):
    answers = [client.get(f"/go/{'B' * 42}{n % 10}").status_code for n in range(14)]
    assert answers[:10] == [404] * 10
    assert answers[-1] == 429
    assert client.get(f"/go/{token}").status_code == 200


def test_nothing_of_it_is_kept_framed_or_sent_on(client: Client, token: str):
    client.post(f"/go/{token}/open")
    got = client.get(f"/go/{token}")
    assert "no-store" in got["Cache-Control"]
    # not `no-referrer`: a form would then say it comes from nowhere, and be refused
    assert got["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in got["Content-Security-Policy"]
    assert SECURE_CSP["default-src"] == ["'self'"]
    assert 'content="noindex,nofollow"' in got.content.decode()
    opened = next(cookie for name, cookie in client.cookies.items() if name.endswith("-go"))
    assert (opened["httponly"], opened["path"], opened["samesite"]) == (True, "/go/", "Lax")
    assert token not in opened.value


def test_a_link_opened_for_one_home_opens_no_other(client: Client, world: World, token: str):
    other = world.silent(at=NOW)
    second = actions.send_agent(alarm_id=other.id, **WHO, by=world.operator, now=NOW)
    client.post(f"/go/{token}/open")
    assert "열면 가실 곳" in page(client, second)
    assert "열면 가실 곳" not in page(client, token)


def test_a_member_of_staff_who_follows_a_link_acts_as_its_holder(
    client: Client, world: World, alarm: Alarm, token: str
):
    client.force_login(world.next_planner)
    client.post(f"/go/{token}/open")
    assert "은천로" in page(client, token)
    trace = Trace.objects.filter(verb="open_job").latest("id")
    assert trace.by == f"agent:{FieldJob.objects.get().id}"


def test_it_speaks_english(client: Client, token: str):
    client.post("/language", {"language": "en", "back": f"/go/{token}"})
    told = page(client, token)
    assert "Open" in told
    assert not re.search(r"[가-힣]", re.sub(r"한국어|<title>.*?</title>", "", told))


def test_who_lives_there_learns_that_somebody_looked(client: Client, alarm: Alarm, token: str):
    client.post(f"/go/{token}/open")
    client.get(f"/go/{token}")
    client.post(f"/go/{token}/way")
    person = Person.objects.get(household=alarm.household_id)
    who = citizens.citizen(person=person.pk, household=alarm.household_id)
    told = [(line.role, line.times) for line in citizens.looks(actor=who, now=NOW)]
    assert ("현장에 나간 사람", 3) in told  # the page twice, for the way in stands on it
