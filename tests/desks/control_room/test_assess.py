"""평가 on the desk: answered, decided, asked about; and what the centre sees of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.assess import actions
from anbu.care.assess.models import Assessment, Crisis, Decision, Request
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Household
from anbu.desks.control_room.assess_forms import AnswersForm, RequestForm, TierForm
from tests.care.alarms.world import BY, World
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import say_why

FIRST = "하는 일에 흥미나 즐거움이 거의 없었습니까"
TIER = {"tier": "high", "reason": "찾는 이가 없어짐", "review_on": "2027-05-24", "assessment": ""}


@pytest.fixture
def home(world: World, clock: StandingClock) -> UUID:
    actions.load_shipped(by=BY, now=NOW)
    return world.home(still_at=NOW)


@pytest.fixture
def office(world: World, client: Client, home: UUID) -> Client:
    """Return a browser at which the planner of the dong sits, with the page of the home open."""
    client.force_login(world.planner)
    say_why(client, home)
    return client


def read(client: Client, home: UUID, more: str = "") -> str:
    answer = client.get(f"/households/{home}/assess{more}")
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, home: UUID, to: str, told: dict) -> tuple[int, str]:
    answer = client.post(f"/households/{home}/assess/{to}", told, follow=True)
    return answer.status_code, answer.content.decode()


def phq9(**more: str) -> dict:
    return {"version": "1", "how": "face", "note": ""} | {f"q_{n}": "1" for n in range(1, 9)} | more


def test_a_form_answers_nothing_by_itself(office: Client, home: UUID):
    page = read(office, home, "?with=phq9")
    assert FIRST in page
    form = page[page.index('class="answers"') :]
    assert form.count('type="radio"') == 9 * 4 + 4
    assert "checked" not in form
    assert form.count("data-now") == 3  # of the ninth item, all but none
    assert "checked" not in read(office, home)
    for made in (AnswersForm, TierForm, RequestForm):
        assert not any(field.initial for field in made().fields.values())


def test_an_assessment_is_explained_and_decides_nothing(office: Client, home: UUID):
    status, page = send(office, home, "answers/phq9", phq9(q_9="0"))
    assert status == 200
    assert "가벼움" in page
    assert "왜 이 점수인가" in page
    assert "중위험" in page
    assert Household.objects.get(id=home).tier == "mid"
    status, page = send(office, home, "answers/phq9", phq9())
    assert "8–11" in page
    assert "가벼움 또는 중간" in page
    assert "답이 없습니다. 여쭈어 주세요" in page


def test_what_is_wrong_is_said_and_what_was_answered_stays(office: Client, home: UUID):
    status, page = send(office, home, "answers/phq9", phq9(how="", q_3="2"))
    assert status == 422
    assert "하나를 골라 주세요" in page
    assert page.count("checked") == 8
    status, page = send(office, home, "answers/phq9", phq9(note="450101-2345678"))
    assert (status, "주민등록번호" in page, "450101" in page) == (422, True, False)
    assert send(office, home, "answers/tool13", phq9(total="14"))[0] == 422
    assert send(office, home, "answers/none", phq9())[0] == 404
    assert not Assessment.objects.exists()
    status, page = send(office, home, "tier", TIER | {"reason": "네"})
    assert (status, "다섯 글자 이상" in page, "2027-05-24" in page) == (422, True, True)
    assert not Decision.objects.exists()


def test_the_officer_decides_and_the_page_says_why_and_until_when(office: Client, home: UUID):
    send(office, home, "answers/tool13", phq9(total="4"))
    made = str(Assessment.objects.get().id)
    status, page = send(office, home, "tier", TIER | {"assessment": made})
    assert status == 200
    for word in ("고위험", "찾는 이가 없어짐", "2027-05-24에 다시 봅니다", "이하늘"):
        assert word in page
    assert str(Decision.objects.get().assessment_id) == made
    assert "위험군을 정함" in office.get(f"/households/{home}/looks").content.decode()


def test_a_crisis_stands_on_every_tab_and_on_the_queue_until_it_ends(
    office: Client, world: World, home: UUID, clock: StandingClock
):
    _status, page = send(office, home, "answers/phq9", phq9(q_9="1"))
    assert "지금 움직여 주세요" in page
    assert "tel:109" in page
    crisis = Crisis.objects.get().id
    for place in (f"/households/{home}", "/assessments"):
        assert "이하늘" in office.get(place).content.decode()
    assert "지금 움직일 일" in office.get("/").content.decode()
    centre = Client()
    centre.force_login(world.operator)
    assert "지금 움직일 일" not in centre.get("/").content.decode()
    clock.at = NOW + timedelta(minutes=31)
    assert "지금 움직일 일" in centre.get("/").content.decode()
    page = centre.get(f"/households/{home}").content.decode()
    assert "지금 움직여 주세요" in page
    assert FIRST not in page
    assert centre.get(f"/households/{home}/assess").status_code == 404  # answers are not theirs
    assert "/assess" + '"' not in page
    status, page = send(centre, home, f"crisis/{crisis}/end", {"outcome": "", "note": "통화"})
    assert (status, "하나를 골라 주세요" in page) == (422, True)
    assert send(centre, home, f"crisis/{crisis}/take", {})[0] == 200
    told = {"outcome": "line", "note": "109와 세 사람이 통화"}
    assert send(centre, home, f"crisis/{crisis}/end", told)[0] == 200
    assert "지금 움직여 주세요" not in office.get(f"/households/{home}").content.decode()


def test_a_request_is_written_down_and_answered(office: Client, home: UUID):
    told = {"asks": "review", "told_by": "본인", "words": "왜 고위험인가"}
    _status, page = send(office, home, "ask", told)
    assert "30일 남음" in page
    asked = Request.objects.get().id
    assert "왜 고위험인가" not in office.get("/assessments").content.decode()
    assert "사람의 재검토를 요구" in office.get("/assessments").content.decode()
    status, page = send(office, home, f"ask/{asked}", {"reply": "changed", "words": "낮추었습니다"})
    assert (status, "새로 결정해 주세요" in page, "낮추었습니다" in page) == (422, True, True)
    status, page = send(office, home, f"ask/{asked}", {"reply": "upheld", "words": "그대로 둡니다"})
    assert (status, "다시 살펴 그대로 둠" in page) == (200, True)


def test_the_next_dong_finds_nothing_and_the_centre_no_answers(
    world: World, office: Client, home: UUID, client: Client
):
    send(office, home, "answers/phq9", phq9(q_9="1"))
    crisis = Crisis.objects.get().id
    stranger = Client()
    stranger.force_login(world.next_planner)
    assert stranger.get(f"/households/{home}/assess").status_code == 404
    for to, told in (
        ("answers/phq9", phq9()),
        ("tier", TIER),
        ("ask", {"asks": "review", "told_by": "딸", "words": "왜인가요"}),
        (f"crisis/{crisis}/take", {}),
    ):
        assert send(stranger, home, to, told)[0] == 404
    assert "윤정례" not in stranger.get("/assessments").content.decode()
    centre = Client()
    centre.force_login(world.operator)
    assert send(centre, home, "tier", TIER)[0] == 404  # not for this role: there is no such page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("homes", [1, 4])
def test_the_work_page_asks_a_constant_number_of_questions(
    world: World, office: Client, home: UUID, homes: int, django_assert_max_num_queries
):
    for _nth in range(homes):
        one = world.home(still_at=NOW)
        say_why(office, one)
        send(office, one, "tier", TIER | {"review_on": "2026-11-25"})
        send(office, one, "ask", {"asks": "review", "told_by": "딸", "words": "왜인가요"})
    with django_assert_max_num_queries(17):  # 7 of the lists, one trace; the door; broken glass
        page = office.get("/assessments").content.decode()
    assert page.count("윤정례") == 2 * homes
    assert Trace.objects.filter(verb="list_assessment_work").exists()


def test_the_english_page_holds_no_korean_of_ours(office: Client, home: UUID):
    send(office, home, "answers/phq9", phq9(q_9="1"))
    send(office, home, "ask", {"asks": "review", "told_by": "Ms Yun", "words": "why"})
    office.cookies["anbu-lang"] = "en"
    for more in ("", "?with=phq9", "?with=tool13", "?with=groups5"):
        answer = office.get(f"/households/{home}/assess{more}", headers={"accept-language": "en"})
        page = answer.content.decode()
        body = page[page.index('class="crisis"') : page.index('class="tabs"')]
        body += page[page.index('class="pg"') :]
        for known in ("이하늘", "낙성대동", "주민센터", "윤정례"):
            body = body.replace(known, "")
        korean = sorted({word for word in body.split() if any("가" <= c <= "힣" for c in word)})
        assert korean == []
