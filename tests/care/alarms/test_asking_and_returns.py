"""How a machine asks: twice, as the person wishes, by more than one channel; and who is back."""

from datetime import timedelta

import pytest

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Message, Step
from anbu.care.alarms.rules import LONGEST_REASON
from anbu.care.people import actions as people
from anbu.care.people.models import Absence
from anbu.channels.port import Letter, Sent

from .test_asking_softly import HOUR, POLICY, Home, overdue
from .world import BY, MONDAY, World, sweep

MINUTE = timedelta(minutes=1)
GATEWAY = "http://127.0.0.1:9/"


@pytest.fixture
def home(world: World, settings) -> Home:
    settings.GATEWAY_URL = settings.CALL_BOT_URL = GATEWAY
    return Home(world)


def again(alarm: Alarm, later: timedelta) -> None:
    sweep(actions.ask_next_again, alarm.raised_at + later)


def sent_by(alarm: Alarm) -> list[str]:
    return list(
        Message.objects.filter(alarm=alarm).order_by("queued_at").values_list("channel", flat=True)
    )


def test_nobody_answers_so_the_machine_asks_once_more_after_half_an_hour(home: Home) -> None:
    alarm = home.until_asked()
    again(alarm, 29 * MINUTE)
    assert sent_by(alarm) == ["sms"]
    again(alarm, 30 * MINUTE)
    again(alarm, 59 * MINUTE)
    assert sent_by(alarm) == ["sms", "sms"]
    alarm.refresh_from_db()
    assert (alarm.asked, alarm.ask_again_at, alarm.rung) == (2, None, 0)
    sweep(actions.advance_next_overdue, alarm.raised_at + 60 * MINUTE)
    assert overdue(alarm)[0] == ("message", "call", "overdue")


def test_who_took_the_question_over_is_not_asked_again_by_a_machine(
    home: Home, world: World
) -> None:
    alarm = home.until_asked()
    actions.claim(alarm_id=alarm.id, version=alarm.version, by=world.planner, now=home.at)
    again(alarm, 40 * MINUTE)
    alarm.refresh_from_db()
    assert (sent_by(alarm), alarm.ask_again_at) == (["sms"], None)


def test_times_and_channels_of_asking_are_data_of_a_policy(world: World, settings) -> None:
    settings.GATEWAY_URL = settings.CALL_BOT_URL = GATEWAY
    more = 'attempts = 3\napart_s = 300\nanswer_s = 2400\nthen_by = "voice"\n'
    home = Home(world, policy=POLICY + more)
    alarm = home.until_asked()
    assert alarm.rung_due_at == alarm.raised_at + timedelta(seconds=2400)
    for minutes in (5, 10, 15):
        again(alarm, minutes * MINUTE)
    assert sent_by(alarm) == ["sms", "voice", "voice"]


def test_what_a_person_wishes_goes_before_the_policy(world: World, settings) -> None:
    settings.GATEWAY_URL = settings.CALL_BOT_URL = GATEWAY
    home = Home(world)
    wish = {"ask_by": "voice", "ask_hour": None, "by": BY, "now": home.at}
    people.set_asking(household=home.id, quiet_from=0, quiet_until=23, **wish)
    home.hear("." * 14)
    assert [kind for kind, _, _ in home.alarms()] == ["silence"]  # no hour to ask in
    home.hear("#")
    for alarm in Alarm.objects.filter(closed_at=None):
        actions.close(alarm_id=alarm.id, outcome="test", by=world.planner, now=home.at)
    people.set_asking(household=home.id, quiet_from=1, quiet_until=2, **wish)
    assert sent_by(home.until_asked()) == ["voice"]


def test_without_a_call_bot_everything_is_a_text(world: World, settings) -> None:
    settings.GATEWAY_URL, settings.CALL_BOT_URL = GATEWAY, ""
    home = Home(world, policy=POLICY + 'by = "voice"\n')
    assert sent_by(home.until_asked()) == ["sms"]


class Paper:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, letter: Letter, *, at: object) -> Sent:
        self.sent.append(letter.key)
        return Sent()


def test_each_channel_has_its_own_port(home: Home) -> None:
    alarm = home.until_asked()
    message = Message.objects.get(alarm=alarm)
    Message.objects.update(channel="voice")
    text, bot = Paper(), Paper()
    ports = {"gateway": text, "voice": bot}
    assert actions.deliver(message_id=message.id, ports=ports, now=home.at) is None
    assert (text.sent, bot.sent) == ([], [str(message.id)])


def test_an_answer_is_a_life_sign_and_ends_the_question(home: Home) -> None:
    alarm = home.until_asked()
    message = Message.objects.get(alarm=alarm)
    told = {"message_id": message.id, "is_help": False, "words": "네 450101-2345678"}
    assert actions.hear_answer(**told, now=home.at)
    assert not actions.hear_answer(**told, now=home.at)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.outcome) == ("closed", "answered_by_sign")
    step = Step.objects.get(alarm=alarm, kind="evidence")
    assert step.detail["what"] == "answer"
    assert "2345678" not in step.detail["words"]
    home.hear("..")
    assert len(home.alarms()) == 1


def test_who_answers_that_help_is_needed_is_called_at_once(home: Home) -> None:
    alarm = home.until_asked()
    message = Message.objects.get(alarm=alarm)
    actions.hear_answer(message_id=message.id, is_help=True, words="도와주세요", now=home.at)
    alarm.refresh_from_db()
    assert (alarm.level, alarm.closed_at) == (3, None)
    assert overdue(alarm) == [("message", "call", "help")]


# ---- who is back ------------------------------------------------------------------------------


def leave(home: Home, hours: float) -> None:
    people.register_absence(
        household=home.id,
        kind="hospital",
        begins_at=home.at,
        expected_until=home.at + hours * HOUR,
        told_by="딸",
        told_how="call",
        by=BY,
        now=home.at,
    )


def live_through(home: Home, picture: str) -> Home:
    for sign in picture:
        home.hear(sign)
    return home


def test_when_an_absence_is_over_a_machine_asks_who_is_back(home: Home) -> None:
    leave(home, 26)
    live_through(home, "." * 25)
    assert home.alarms() == []
    live_through(home, ".")
    (alarm,) = Alarm.objects.all()
    assert (alarm.kind, alarm.level, alarm.waits_for) == ("return", 1, "answer")
    assert alarm.reason == "부재(입원)가 11월 24일에 끝남. 돌아오셨는지 확인 필요"
    assert len(alarm.reason) <= LONGEST_REASON
    assert "돌아오셨나요" in Message.objects.get(alarm=alarm).text
    live_through(home, ".")
    alarm.refresh_from_db()
    assert (alarm.level, alarm.closed_at) == (2, None)  # nobody answered: a person calls


def test_life_at_home_is_the_answer(home: Home) -> None:
    leave(home, 26)
    live_through(home, "." * 26)
    home.hear("#")
    live_through(home, ".")
    assert home.alarms() == [("return", 1, "answered_by_sign")]


def test_who_is_at_home_again_is_not_asked(home: Home) -> None:
    leave(home, 26)
    home.hear("." * 27 + "#", look=False)
    live_through(home, ".")
    assert home.alarms() == []
    assert Absence.objects.get().check_at is None


def test_a_sign_during_the_absence_is_evidence_and_no_answer(home: Home) -> None:
    leave(home, 26)
    live_through(home, "..#" + "." * 23)
    (alarm,) = Alarm.objects.all()
    assert (alarm.closed_at, alarm.kind) == (None, "return")
    assert alarm.facts["sign_away"] is not None


def test_by_night_nobody_is_asked_who_is_back(home: Home) -> None:
    leave(home, 16)  # until 02:00
    live_through(home, "." * 20)
    assert home.alarms() == []
    live_through(home, "." * 2)
    (alarm,) = Alarm.objects.all()
    assert alarm.raised_at == MONDAY + 24 * HOUR + 7 * HOUR


def test_the_hour_a_person_prefers_is_kept(home: Home) -> None:
    wish = {"quiet_from": None, "quiet_until": None, "ask_by": "", "by": BY, "now": home.at}
    people.set_asking(household=home.id, ask_hour=15, **wish)
    leave(home, 25)  # until 11:00
    live_through(home, "." * 28)
    assert home.alarms() == []
    live_through(home, ".")
    assert Alarm.objects.get().raised_at == MONDAY + 24 * HOUR + 15 * HOUR


def test_who_has_no_phone_is_a_persons_matter(world: World, settings) -> None:
    settings.GATEWAY_URL = GATEWAY
    home = Home(world, phone="")
    leave(home, 26)
    live_through(home, "." * 26)
    (alarm,) = Alarm.objects.all()
    assert (alarm.kind, alarm.level, alarm.ladder[0]["do"]) == ("return", 3, "contact")
