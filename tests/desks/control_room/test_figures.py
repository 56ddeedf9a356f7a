"""응답 수치 on the desk: for who may see it, without anybody's name, in both languages."""

from datetime import timedelta

from django.test import Client

from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from tests.care.alarms.test_figures import NIGHT, take_and_close
from tests.care.alarms.world import BY
from tests.desks.control_room.conftest import StandingClock


def test_the_page_counts_and_names_nobody(world, desk: Client, clock: StandingClock):
    for outcome in ("safe_call", "rescued"):
        alarm = world.silent(at=NIGHT, tier="high")
        take_and_close(alarm, world, after_s=20, outcome=outcome)
    clock.at = NIGHT + timedelta(hours=1)
    page = desk.get("/figures").content.decode()
    assert "60초 안에 시작" in page
    assert "100.0 %" in page
    assert "50.0 % (9.5–90.5) · 1 / 2" in page
    assert "스마트플러그" in page
    assert "20초" in page
    assert "윤정례" not in page
    assert desk.get("/figures", {"days": "90"}).status_code == 200
    for nonsense in ("0", "-1", "365", "x", ""):
        assert desk.get("/figures", {"days": nonsense}).status_code == 404


def test_an_analyst_sees_it_and_a_case_manager_does_not(world, client: Client):
    city = places.organisations("city")[0].id
    analyst, _ = staffing.add_staff(
        login="won", name="원하람", role="analyst", organisation=city, by=BY, now=NIGHT
    )
    client.force_login(analyst)
    assert client.get("/figures").status_code == 200


def test_an_empty_city_has_dashes_and_no_zero_percent(desk: Client):
    page = desk.get("/figures").content.decode()
    assert "–" in page
    assert "0.0 %" not in page
