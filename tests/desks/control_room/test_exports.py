"""The pages of exports: one asks, another allows, the file comes once with its word."""

import io

import pytest
import pyzipper

from anbu.care.exports import actions as deeds
from anbu.care.exports.models import Export
from tests.care.exports.test_exports import take_on
from tests.desks.control_room.conftest import NOW

WHY = "반찬 나눔에 쓸 명단"


@pytest.fixture
def asked(world, clock, client):
    world.home(still_at=NOW)
    client.force_login(world.planner)
    answer = client.post("/exports", {"data_set": "homes", "reason": WHY})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_file_goes_from_one_to_another_and_back(asked, world, client):
    privacy = take_on("boho", "privacy_officer")
    page = client.get(asked).content.decode()
    assert WHY in page
    assert "허락하기" not in page  # not one's own
    assert client.post(f"{asked}/allow", {}).status_code == 409
    client.force_login(privacy)
    assert "내 답을 기다림" in client.get("/exports").content.decode()
    seen = client.get(asked).content.decode()
    assert "허락하기" in seen
    assert "윤정례" not in seen
    assert client.post(f"{asked}/allow", {}).status_code == 302
    assert client.post(f"{asked}/refuse", {"why": "너무 많습니다"}).status_code == 409
    assert client.post(f"{asked}/file").status_code == 404
    assert client.post(f"{asked}/password").status_code == 404
    client.force_login(world.planner)
    assert 'hx-trigger="every 2s"' in client.get(asked).content.decode()
    deeds.make(export=Export.objects.get().pk, now=NOW)
    done = client.get(asked, headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    shown = client.post(f"{asked}/password")
    word = Export.objects.get()
    assert word.password == ""
    assert shown["Cache-Control"].count("no-store") == 1
    password = shown.content.decode().split('id="password">')[1].split("<")[0]
    assert client.post(f"{asked}/password").status_code == 409
    file = client.post(f"{asked}/file")
    assert file["Content-Type"] == "application/zip"
    with pyzipper.AESZipFile(io.BytesIO(file.content)) as archive:
        assert archive.read(archive.namelist()[0], pwd=password.encode())


def test_what_is_filled_in_wrongly_is_said_in_words(world, clock, client):
    client.force_login(world.planner)
    answer = client.post("/exports", {"data_set": "homes", "reason": "업무"})
    assert answer.status_code == 422
    assert "다섯 글자" in answer.content.decode()
    client.force_login(take_on("boho", "privacy_officer"))
    assert client.post("/exports", {"data_set": "homes", "reason": WHY}).status_code == 404
    client.force_login(take_on("bunseok", "analyst"))
    page = client.get("/exports").content.decode()
    assert "이름, 전화, 주소" not in page
    assert client.post("/exports", {"data_set": "homes", "reason": WHY}).status_code == 422


def test_the_list_asks_the_same_however_long(world, clock, client, django_assert_num_queries):
    for _ in range(2):
        world.home(still_at=NOW)
    client.force_login(world.planner)
    for _ in range(4):
        client.post("/exports", {"data_set": "tiers", "reason": WHY})
    with django_assert_num_queries(11):  # one: is somebody's glass broken
        assert client.get("/exports").status_code == 200
