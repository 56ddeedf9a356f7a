"""알리는 차례: everybody sets their own, the supervisor the post's, and nobody anybody else's."""

import pytest
from django.test import Client

from anbu.care.effects.models import Order
from tests.care.alarms.world import World, make_world

OWN = {"phone": "010-1234-5678", "by_0": "sms", "by_1": "call", "after_1": "90"}


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def me(world: World, client: Client) -> Client:
    client.force_login(world.operator)
    return client


def test_one_says_how_one_is_told(me, world):
    page = me.get("/account/telling").content.decode()
    assert "지금은 안부의 보통 차례를 따릅니다" in page
    assert "/account/telling" in me.get("/account").content.decode()
    assert me.post("/account/telling", OWN)["Location"] == "/account/telling"
    order = Order.objects.get()
    assert (order.staff, order.phone, order.version) == (world.operator, "010-1234-5678", 1)
    assert order.turns == [{"by": "sms", "after_s": 0}, {"by": "call", "after_s": 90}]
    page = me.get("/account/telling").content.decode()
    assert "지금 내 차례" in page
    assert 'value="010-1234-5678"' in page
    assert "90초 뒤" in page
    me.post("/account/telling", {"phone": "010-1234-5678"})  # back to what the post has
    assert "보통 차례" in me.get("/account/telling").content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"phone": "010-12"}, "전화번호"),
        ({"phone": ""}, "전화번호를 적어 주세요"),
        ({"phone": "900101-1234567"}, "주민등록번호"),
        ({"by_1": "smoke"}, "목록에 없는"),
        ({"after_1": "0"}, "기다리는 시간은 1초에서"),
        ({"after_1": "3600"}, "1800보다 클 수 없습니다"),
        ({"after_1": "soon"}, "숫자로"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(me, wrong, says):
    answer = me.post("/account/telling", OWN | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert '<option value="sms" selected>' in page
    assert "900101" not in page
    assert not Order.objects.exists()


def test_the_supervisor_sets_the_posts_order_and_nobody_else_can(me, world):
    told = {"post-by_0": "call", "post-by_1": "sms", "post-after_1": "30"}
    assert me.post("/account/telling/post", told).status_code == 404
    assert "자리의 차례로 두기" not in me.get("/account/telling").content.decode()
    me.force_login(world.supervisor)
    assert "관제" in me.get("/account/telling").content.decode()
    assert me.post("/account/telling/post", told | {"post-after_1": "0"}).status_code == 422
    assert me.post("/account/telling/post", told).status_code == 302
    assert Order.objects.get().post == world.supervisor.post
    me.force_login(world.second)
    assert "지금은 자리의 차례를 따릅니다" in me.get("/account/telling").content.decode()


def test_who_has_no_duty_post_has_no_such_page(me, world):
    type(world.operator).objects.filter(pk=world.operator.pk).update(role="analyst")
    assert me.get("/account/telling").status_code == 404
