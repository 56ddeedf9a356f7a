"""묻는 방법 on the desk: how a person is asked, how long a home may be still, in words."""

from datetime import timedelta

import pytest
from django.test import Client

from anbu.care.alarms.models import Alarm
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Person
from anbu.care.readings import jobs
from anbu.care.readings.actions import judge_next
from anbu.care.readings.models import OwnPatience, Watch
from tests.care.alarms.world import World
from tests.desks.control_room.conftest import NOW, StandingClock

WISH = {"quiet_from": "21", "quiet_until": "9", "ask_by": "voice", "ask_hour": "11"}
PATIENCE = {"hours": "36", "valid_from": "", "reason": "주말마다 딸네에 감"}


def ask(client: Client, alarm: Alarm, rest: str = "", told: dict | None = None) -> tuple[int, str]:
    address = f"/households/{alarm.household_id}/asking{rest}"
    answer = client.get(address) if told is None else client.post(address, told, follow=True)
    return answer.status_code, answer.content.decode()


def test_how_a_person_is_asked_is_written_down_shown_and_traced(
    desk: Client, world: World, alarm: Alarm
) -> None:
    status, seen = ask(desk, alarm, "/wish", WISH)
    assert status == 200
    person = Person.objects.get(household=alarm.household_id)
    assert (person.quiet_from, person.quiet_until) == (21, 9)
    assert (person.ask_by, person.ask_hour) == ("voice", 11)
    assert 'value="21"' in seen
    assert '<option value="voice" selected>' in seen
    assert Trace.objects.filter(verb="set_asking", by=world.operator.actor).count() == 1
    empty = dict.fromkeys(WISH, "")
    assert ask(desk, alarm, "/wish", empty)[0] == 200
    person.refresh_from_db()
    assert (person.quiet_from, person.ask_by, person.ask_hour) == (None, "", None)


def test_patience_is_decided_for_a_person_and_what_was_before_stays(
    desk: Client, world: World, alarm: Alarm, clock: StandingClock
) -> None:
    assert ask(desk, alarm, "/patience", PATIENCE)[0] == 200
    clock.at = NOW + timedelta(hours=1)
    _, seen = ask(desk, alarm, "/patience", PATIENCE | {"hours": "48", "reason": "오래 입원했음"})
    assert "주말마다 딸네에 감" in seen
    assert "오래 입원했음" in seen
    jobs.tell_patience(now=clock.at)
    judge_next(now=clock.at)
    assert Watch.objects.get(household=alarm.household_id).patience_s == 48 * 3600
    assert "지금 48시간" in ask(desk, alarm)[1]
    kept = OwnPatience.objects.order_by("id").values_list("hours", "set_by")
    assert list(kept) == [(36, world.operator.actor), (48, world.operator.actor)]


@pytest.mark.parametrize(
    ("rest", "told", "word"),
    [
        ("/wish", WISH | {"quiet_until": ""}, "시작과 끝을 함께"),
        ("/wish", WISH | {"quiet_from": "25"}, "24보다 클 수 없습니다"),
        ("/wish", WISH | {"ask_by": "pigeon"}, "목록에 없는"),
        ("/patience", PATIENCE | {"hours": "51"}, "50보다 클 수 없습니다"),
        ("/patience", PATIENCE | {"hours": ""}, "몇 시간인지"),
        ("/patience", PATIENCE | {"reason": ""}, "적어 주세요"),
        ("/patience", PATIENCE | {"valid_from": "2020-01-01T09:00"}, "지난 때부터"),
        ("/patience", PATIENCE | {"reason": "450101-2345678"}, "주민등록번호"),
    ],
)
def test_what_cannot_be_is_said_in_words(
    desk: Client, alarm: Alarm, rest: str, told: dict, word: str
) -> None:
    status, seen = ask(desk, alarm, rest, told)
    assert status == 422
    assert word in seen
    assert "2345678" not in seen
    assert not OwnPatience.objects.exists()
    assert Person.objects.get(household=alarm.household_id).ask_by == ""


@pytest.mark.parametrize(("rest", "told"), [("/wish", WISH), ("/patience", PATIENCE)])
def test_for_the_planner_next_door_there_is_nobody_to_decide_for(
    world: World, client: Client, alarm: Alarm, rest: str, told: dict
) -> None:
    client.force_login(world.next_planner)
    assert ask(client, alarm, rest, told)[0] == 404
    assert ask(client, alarm)[0] == 404
    assert not OwnPatience.objects.exists()
