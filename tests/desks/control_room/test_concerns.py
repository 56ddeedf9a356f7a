"""The quiet list: who may see it, what it says, and that nothing of it reaches the queue."""

import re

import pytest
from django.test import Client

from anbu.care.concerns.models import Concern
from anbu.care.foundation.models import Trace
from tests.care.alarms.world import World
from tests.care.concerns.test_concerns import AT, ask, lives
from tests.desks.control_room.conftest import StandingClock
from tests.kernel.test_decline import LATE


@pytest.fixture
def concern(world: World, clock: StandingClock) -> Concern:
    clock.at = AT
    lives(world, LATE)
    (one,) = ask()
    return one


@pytest.fixture
def office(world: World, client: Client) -> Client:
    """Return a browser at which the planner of the dong sits."""
    client.force_login(world.planner)
    return client


def test_the_planner_reads_why_and_sees_both_pictures(office: Client, concern: Concern):
    page = office.get("/concerns").content.decode()
    assert "윤정례" in page
    assert re.search(r"최근 4주 하루가 \d시간 \d+분쯤 늦어졌습니다", page)
    assert page.count('class="cw"') == 2 + 2  # pictures and legend
    assert "관심 — 서서히 달라진 집" in office.get("/").content.decode()
    assert Trace.objects.filter(verb="list_concerns").exists()


def test_nothing_of_it_stands_in_the_queue(office: Client, world: World, concern: Concern):
    assert "윤정례" not in office.get("/list").content.decode()


def test_who_looks_into_it_writes_and_ends_it(office: Client, concern: Concern):
    at = f"/concerns/{concern.id}"
    assert office.post(f"{at}/acknowledge").status_code == 302
    assert office.post(f"{at}/note", {"text": "전화드림"}).status_code == 302
    refused = office.post(f"{at}/close", {"note": "보건소"})
    assert refused.status_code == 422
    assert "결과를 골라 주세요" in refused.content.decode()
    assert "보건소" in refused.content.decode()  # what was typed stays
    assert office.post(f"{at}/close", {"outcome": "linked", "note": "보건소"}).status_code == 302
    assert office.post(f"{at}/acknowledge").status_code == 409
    page = office.get("/concerns?closed=1").content.decode()
    assert "전화드림" in page
    assert "돌봄·진료로 이음" in page
    assert "윤정례" not in office.get("/concerns").content.decode()


def test_the_next_dong_and_the_operator_see_nothing(client: Client, world: World, concern: Concern):
    for stranger in (world.next_planner, world.operator):
        client.force_login(stranger)
        assert "윤정례" not in client.get("/concerns").content.decode()
        assert client.post(f"/concerns/{concern.id}/acknowledge").status_code == 404
    concern.refresh_from_db()
    assert concern.state == "open"


def test_the_english_list_holds_no_korean_of_ours(office: Client, concern: Concern):
    office.cookies["anbu-lang"] = "en"
    page = office.get("/concerns", headers={"accept-language": "en"}).content.decode()
    assert "The day comes about" in page
    assert "Days perhaps out" in page
    assert "살펴" not in page


@pytest.mark.parametrize("homes", [1, 6])
def test_the_list_asks_a_constant_number_of_questions(
    office: Client, world: World, clock: StandingClock, homes: int, django_assert_max_num_queries
):
    clock.at = AT
    for seed in range(homes):
        lives(world, LATE, seed=seed)
    ask()
    with django_assert_max_num_queries(18):
        office.get("/concerns")
