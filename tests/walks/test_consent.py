"""A planner takes a consent and takes it back, and sees what changes. A real Chromium."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from anbu.care.people.models import Consent
from anbu.care.readings import actions as readings
from anbu.care.readings.models import Device
from anbu.care.readings.rules import sign
from tests.care.alarms.world import BY
from tests.walks.city import NOW, give_keys
from tests.walks.conftest import Desk, Visitor, say_why
from tests.walks.looks import check_axe, picture


@pytest.fixture
def home(desk: Desk, settings) -> str:
    settings.CLOCK = desk.clock
    world = desk.evening.world
    give_keys("lee", world.planner, NOW)
    return str(world.home(still_at=NOW + timedelta(hours=12)))


class Cloud:
    """The plug maker's cloud; it sends to the web role that runs, which takes in as ingest does."""

    def __init__(self, url: str, home: str) -> None:
        self._url = f"{url}/api/v1/readings"
        self._device = Device.objects.get(household=home).code
        self._secret = readings.rotate_provider_secret(code="plugs", by=BY, now=NOW)
        self._sent = 0

    def say(self) -> str:
        """Send one reading; return what became of it."""
        self._sent += 1
        id, stamp = f"walk-{self._sent}", str(int(NOW.timestamp()))
        at = (NOW - timedelta(minutes=30 - self._sent)).isoformat()
        said = {"id": id, "device": self._device, "at": at, "watts": 5}
        body = json.dumps({"source": "smart_plug", "messages": [said]}).encode()
        signed = {
            "webhook-provider": "plugs",
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self._secret, id=id, timestamp=stamp, body=body),
        }
        answer = httpx.post(self._url, content=body, headers=signed)
        assert answer.status_code == 202, answer.text
        (verdict,) = answer.json()["verdicts"]
        return verdict["reason"] or verdict["verdict"]


def row_of(page: Page, deed: str) -> object:
    return page.locator("tr", has=page.get_by_role("rowheader", name=deed, exact=True))


def take_back(page: Page, what: str, *, effect: str, how: str = "전화, 본인") -> None:
    page.get_by_role("link", name=f"{what} 동의 거두기").click()
    asked = page.locator("#withdraw")
    expect(asked).to_contain_text("이 동의를 거두면")
    expect(asked).to_contain_text(effect)
    page.locator("input[name=how]").fill(how)
    asked.get_by_role("button", name="동의 거두기").click()
    expect(page.locator("#withdraw")).to_have_count(0)


def test_a_consent_given_and_taken_back_and_what_changes(
    desk: Desk, home: str, visit: Callable[..., Visitor]
) -> None:
    cloud = Cloud(desk.url, home)
    page = visit("lee").page
    page.goto(f"{desk.url}/households/{home}/consents")
    say_why(page)
    expect(row_of(page, "119·112에 알리기")).to_contain_text("할 수 없음")
    expect(page.locator("select[name=kind]")).to_have_value("")
    page.locator("select[name=kind]").select_option("rescue")
    for name, told in (
        ("form", "2026-1"),
        ("obtained_how", "방문, 본인 서명"),
        ("evidence", "복지과-1204"),
    ):
        page.locator(f"input[name={name}]").fill(told)
    page.get_by_role("button", name="동의 적기").click()
    expect(row_of(page, "119·112에 알리기")).to_contain_text("동의 2026-11-21")
    assert Consent.objects.get(household=home, recipient="emergency").evidence == "복지과-1204"

    page.get_by_role("link", name="야간 확인 동의 거두기").click()
    check_axe(page)
    picture(page, "consent-withdraw-day", whole=True)
    page.get_by_role("link", name="그만두기").click()
    take_back(page, "야간 확인", effect="밤과 휴일에는 아무도 지켜보지 않습니다.")
    expect(row_of(page, "밤과 휴일에 관제센터가 맡기")).to_contain_text("동의를 거두었습니다.")
    page.get_by_role("link", name="밤에 빈 집").first.click()
    expect(page.locator("tr.hit", has_text="윤정례")).to_contain_text("야간 동의 거둠")
    check_axe(page)
    picture(page, "coverage-day", whole=True)

    assert cloud.say() == "accepted"
    page.goto(f"{desk.url}/households/{home}/consents")
    take_back(page, "안부확인", effect="1분 안에 멈춥니다")
    assert cloud.say() == "no_consent"
    page.reload()
    expect(row_of(page, "기기의 자료를 받기")).to_contain_text("할 수 없음")
    expect(page.locator("#unheard")).to_contain_text("24시간에 1건")

    night = visit("lee", theme="night", language="en-GB").page
    night.goto(f"{desk.url}/households/{home}/consents")
    expect(row_of(night, "Taking in what devices say")).to_contain_text("was withdrawn")
    check_axe(night)
    picture(night, "consents-night-en", whole=True)
    night.goto(f"{desk.url}/coverage")
    expect(night.locator("h1")).to_have_text("Dark at night")
    check_axe(night)
    picture(night, "coverage-night-en", whole=True)
