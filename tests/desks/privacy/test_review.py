"""열람 점검 through the desk, behind the walls: what a reviewer sees, does, and nobody else can."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.foundation.actions import act_as, seal_next
from anbu.care.foundation.models import Trace
from anbu.care.looking import jobs
from anbu.care.looking.models import Review, Suspicion
from anbu.care.people.models import Bait, Household, Opening
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.care.alarms.world import BY, HERE, World, make_world, sweep
from tests.care.people.test_walls import _run, the_desks
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import WHY, say_why

MADE_UP = {
    "name": "가상별",
    "birth_year": "1940",
    "sex": "f",
    "dong": HERE,
    "address": "관악구 은천로00길 99",
}


@pytest.fixture
def clock(settings) -> StandingClock:
    settings.CLOCK = StandingClock(NOW)
    return settings.CLOCK


@pytest.fixture
def world(db: None, clock: StandingClock) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    city = places.organisations("city")[0].id
    who, _ = staffing.add_staff(
        login="boho", name="안새봄", role="privacy_officer", organisation=city, by=BY, now=NOW
    )
    return sit(who)


def sit(who: Staff) -> Client:
    client = Client()
    client.force_login(who)
    return client


def weigh(now=NOW) -> None:
    sweep(seal_next, now)
    sweep(jobs.weigh_looks, now)


def test_made_up_people_are_placed_opened_flagged_judged_and_taken_back(desk: Client, world: World):
    assert desk.post("/review/bait", MADE_UP | {"dong": "12"}).status_code == 422
    assert desk.post("/review/bait", MADE_UP).status_code == 302
    made = Bait.objects.get().household_id
    planner = sit(world.planner)
    assert "가상별" in planner.post("/households", {"q": "가상"}).content.decode()
    say_why(planner, made)
    page = planner.get(f"/households/{made}/looks").content.decode()
    assert "가상별" in page
    assert "안새봄" not in page  # nothing there tells that it is bait
    assert "미끼" not in page
    weigh()
    page = desk.get("/review").content.decode()
    assert "지어낸 사람을 엶" in page
    assert "이하늘" in page
    odd = Suspicion.objects.get(rule="bait").pk  # and she looked at night, off shift
    told = {"verdict": "unclear", "note": "음"}
    answer = desk.post(f"/review/odd/{odd}", told)
    assert (answer.status_code, "5글자" in answer.content.decode()) == (422, True)
    assert desk.post(f"/review/odd/{odd}", told | {"note": "소명을 받기로 함"}).status_code == 302
    assert desk.post(f"/review/odd/{odd}", told | {"note": "소명을 받기로 함"}).status_code == 422
    assert "소명을 받기로 함" in desk.get("/review").content.decode()
    assert desk.post(f"/review/bait/{made}/remove").status_code == 302
    assert Household.objects.get(id=made).left_at == NOW


def test_a_month_is_judged_and_signed(desk: Client, world: World, clock: StandingClock):
    home = world.home(still_at=NOW + timedelta(hours=6))
    say_why(sit(world.planner), home)
    sit(world.next_planner).post(f"/households/{home}/glass", {"reason": "쓰러졌다는 전화"})
    page = desk.get("/review").content.decode()
    assert WHY in page
    assert "쓰러졌다는 전화" in page
    assert "윤정례" not in page  # a reviewer judges looks, not people
    assert "아직 끝나지 않은 달입니다." in page
    clock.at = NOW + timedelta(days=20)
    close = {"note": "두 건 모두 살펴보았음"}
    answer = desk.post("/review/2026-11/close", close)
    assert (answer.status_code, "2건" in answer.content.decode()) == (422, True)
    for opening in Opening.objects.values_list("pk", flat=True):
        told = {"verdict": "right", "note": "통화 기록과 맞음", "month": "2026-11"}
        answer = desk.post(f"/review/opening/{opening}", told)
        assert answer["Location"] == "/review/2026-11"
    assert desk.post("/review/2026-11/close", close).status_code == 302
    assert Review.objects.get().digest in desk.get("/review/2026-11").content.decode()
    assert Trace.objects.filter(verb="list_review").count() >= 3


@pytest.mark.parametrize("who", ["planner", "supervisor", "operator"])
def test_for_everybody_else_there_is_no_review(world: World, who: str):
    client = sit(getattr(world, who))
    for address in ("/review", "/review/waiting", "/review/2026-11"):
        assert client.get(address).status_code == 404
    for address in ("/review/bait", "/review/odd/1", "/review/opening/1", "/review/2026-11/close"):
        assert client.post(address, MADE_UP).status_code == 404
    assert not Bait.objects.exists()


@pytest.mark.parametrize("address", ["/review/2026-13", "/review/1999-01"])
def test_a_month_that_is_none_is_not_found(desk: Client, address: str):
    assert desk.get(address).status_code == 404


def test_the_english_page_holds_no_korean_of_ours(desk: Client, world: World):
    desk.cookies["anbu-lang"] = "en"
    page = desk.get("/review", headers={"accept-language": "en"}).content.decode()
    body = re.sub(r"<[^>]*>", " ", page[page.index('id="main"') :])
    assert [word for word in body.split() if any("가" <= c <= "힣" for c in word)] == []


def test_behind_the_walls_only_a_reviewer_reads_bait_and_flags(desk: Client, world: World):
    desk.post("/review/bait", MADE_UP)
    made: UUID = Bait.objects.get().household_id
    say_why(sit(world.planner), made)
    sit(world.planner).get(f"/households/{made}")
    weigh()
    boho = Staff.objects.get(login="boho")
    with the_desks():
        for who, seen in ((boho, True), (world.supervisor, False), (world.planner, False)):
            act_as(actor_of(who), now=NOW)
            for table in ("people_bait", "looking_suspicion", "looking_tally"):
                assert _run(f"SELECT count(*) > 0 FROM {table}") == [(seen,)], (who.login, table)
        act_as(actor_of(world.second), now=NOW)
        assert _run("SELECT count(*) FROM people_opening") == [(0,)]
