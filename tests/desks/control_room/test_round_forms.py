"""Every form of the round's pages that writes something, posted as a browser posts it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils.timezone import localdate

from anbu.care.places import queries as places
from anbu.care.rounds.models import Device, Hazard, Programme, SignUp, Unread, Worker
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BEFORE, BY, HERE, World
from tests.care.rounds.office import NOW, corps, in_round
from tests.desks.control_room.conftest import StandingClock
from tests.desks.opening import say_why

TODAY = localdate(NOW)


@pytest.fixture
def park(world: World, clock: StandingClock) -> Worker:
    clock.at = NOW
    return corps(world, "park", "박민들레")


@pytest.fixture
def dong(world: World, park: Worker, client: Client) -> Client:
    client.force_login(world.planner)
    return client


@pytest.fixture
def other(world: World) -> Staff:
    """Somebody else of the same dong."""
    post = places.dong_post(HERE)
    assert post is not None
    return staffing.add_staff(
        login="namu", name="박나무", role="planner", post=post.id, by=BY, now=BEFORE
    )[0]


def on(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def opened(client: Client, home: UUID) -> str:
    say_why(client, home)
    return f"/households/{home}/rounds"


def test_a_hazard_is_written_renewed_and_taken_away(world: World, dong: Client):
    page = opened(dong, in_round(world))
    assert dong.post(f"{page}/hazard", {"text": "", "until": on(9)}).status_code == 422
    assert dong.post(f"{page}/hazard", {"text": "큰 개", "until": on(200)}).status_code == 409
    assert dong.post(f"{page}/hazard", {"text": "큰 개", "until": on(9)}).status_code == 302
    row = Hazard.objects.get()
    deed = {"hazard": row.pk}
    assert "큰 개" in dong.get(page).content.decode()
    assert dong.post(f"{page}/hazard_deed", deed | {"deed": "dance"}).status_code == 422
    late = dong.post(f"{page}/hazard_deed", deed | {"deed": "renew", "until": on(300)})
    assert late.status_code == 409
    renewed = deed | {"deed": "renew", "until": on(90)}
    assert dong.post(f"{page}/hazard_deed", renewed).status_code == 302
    row.refresh_from_db()
    assert row.valid_until == TODAY + timedelta(days=90)
    assert dong.post(f"{page}/hazard_deed", deed | {"deed": "end"}).status_code == 302
    assert "주의할 것이 없습니다" in dong.get(page).content.decode()
    gone = dong.post(f"{page}/hazard_deed", deed | {"deed": "end"})
    assert gone.status_code == 409
    assert "지금 있는 기록이 아닙니다" in gone.content.decode()


@pytest.mark.parametrize("decided", ["uphold", "refuse"])
def test_an_objection_is_decided_by_somebody_else(
    world: World, dong: Client, other: Staff, decided: str
):
    home = in_round(world)
    page = opened(dong, home)
    dong.post(f"{page}/hazard", {"text": "큰 개", "until": on(9)})
    deed = {"hazard": Hazard.objects.get().pk}
    assert dong.post(f"{page}/hazard_deed", deed | {"deed": "refuse"}).status_code == 409
    assert dong.post(f"{page}/hazard_deed", deed | {"deed": "appeal"}).status_code == 422
    said = deed | {"deed": "appeal", "words": "이제 개가 없어요"}
    assert dong.post(f"{page}/hazard_deed", said).status_code == 302
    told = dong.get(page).content.decode()
    assert "이제 개가 없어요" in told
    assert "다른 담당자가 정합니다" in told
    own = dong.post(f"{page}/hazard_deed", deed | {"deed": decided})
    assert own.status_code == 409
    dong.force_login(other)
    page = opened(dong, home)
    assert 'value="uphold"' in dong.get(page).content.decode()
    assert dong.post(f"{page}/hazard_deed", deed | {"deed": decided}).status_code == 302
    row = Hazard.objects.get()
    assert (row.is_upheld, row.decided_by) == (decided == "uphold", other)
    told = dong.get(page).content.decode()
    assert ("큰 개" in told) is (decided == "refuse")
    assert ("그대로 둠" in told) is (decided == "refuse")
    assert 'value="uphold"' not in told


def test_what_nobody_could_read_is_settled_by_a_person(world: World, dong: Client, park: Worker):
    phone = Device.objects.create(worker=park, made_at=NOW, seen_at=NOW, key_ends_at=NOW)
    row = Unread.objects.create(
        device=phone, worker=park, digest="d", raw="{?", why="strange", said="", told_at=NOW
    )
    assert "{?" in dong.get("/rounds/questions").content.decode()
    address = f"/rounds/unread/{row.pk}/settle"
    assert dong.post(address, {"decided": ""}).status_code == 422
    dong.force_login(world.next_planner)
    assert dong.post(address, {"decided": "전화로 물어 적음"}).status_code in (404, 409)
    dong.force_login(world.planner)
    assert dong.post(address, {"decided": "전화로 물어 적음"}).status_code == 302
    row.refresh_from_db()
    assert (row.decided, row.seen_by) == ("전화로 물어 적음", world.planner)
    again = dong.post(address, {"decided": "또"})
    assert again.status_code == 409
    assert "이미 본 기록" in again.content.decode()


def test_a_worker_is_taken_on_and_has_a_number(world: World, dong: Client, park: Worker):
    office = world.planner.organisation_id
    staffing.add_staff(
        login="byeol", name="한새별", role="care_corps", organisation=office, by=BY, now=BEFORE
    )
    assert dong.post("/rounds/workers/add", {"login": "byeol"}).status_code == 302
    assert "한새별" in dong.get("/rounds/workers").content.decode()
    address = f"/rounds/workers/{park.pk}/phone"
    assert "걸 곳이 없음" in dong.get("/rounds/workers").content.decode()
    assert dong.post(address, {"phone": ""}).status_code == 422
    wrong = dong.post(address, {"phone": "열두 자리"})
    assert wrong.status_code == 422
    assert "열두 자리" in wrong.content.decode()  # what was typed stays
    assert dong.post(address, {"phone": "010-2222-3333"}).status_code == 302
    assert "010-2222-3333" in dong.get("/rounds/workers").content.decode()
    dong.force_login(district_officer(world))
    assert "010-2222-3333" not in dong.get("/rounds/workers").content.decode()
    assert dong.post(address, {"phone": "010-2222-4444"}).status_code == 404


def test_a_guest_leaves_and_a_programme_is_called_off(world: World, dong: Client):
    home = in_round(world)
    begins = (NOW + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    made = {"kind": "walk", "name": "걷기", "place": "공원", "begins_at": begins}
    page = dong.post("/programmes/make", made | {"minutes": 60, "capacity": 5})["Location"]
    dong.post(f"{page}/sign-up", {"household": home})
    assert dong.post(f"{page}/withdraw", {"household": home}).status_code == 302
    assert not SignUp.objects.filter(withdrawn_at=None).exists()
    assert dong.post(f"{page}/withdraw", {"household": home}).status_code == 409
    assert dong.post(f"{page}/call-off", {"why": ""}).status_code == 422
    assert dong.post(f"{page}/call-off", {"why": "비가 옴"}).status_code == 302
    assert Programme.objects.get().cancelled_why == "비가 옴"
    assert "비가 옴" in dong.get(page).content.decode()
