"""The link to who goes, as a text: sent once, forgotten at once, and its failure said aloud."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, FieldText, Step
from anbu.care.alarms.queries.field import field_of
from anbu.care.alarms.rules import NotAllowed
from anbu.care.effects.rules import LONGEST_LINK
from anbu.channels.port import Answer, Fate, Letter, Refused, Retry, Sent
from anbu.config import invariants
from tests.care.alarms.test_field import NIGHT, WHO, after
from tests.care.alarms.world import World, sweep

S = timedelta(seconds=1)
CANARIES = ("윤정례", "은천로", "심부전", "박출동", "봉천", "공동현관")


class Line:
    """A provider that answers as it is told, and keeps what it got."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.got = list(answers), []

    def send(self, letter: Letter, *, at: object) -> Answer:
        self.got.append(letter)
        return self.answers.pop(0) if self.answers else Sent()


@pytest.fixture
def alarm(world: World) -> Alarm:
    return world.silent(at=NIGHT - timedelta(minutes=1))


def link_of(token: str) -> str:
    return f"https://anbu.example/go/{token}"


def send(world: World, alarm: Alarm, minute: float = 0, **who: str) -> str:
    told = WHO | who
    return actions.send_agent(
        alarm_id=alarm.id, **told, link_of=link_of, by=world.operator, **after(minute)
    )


def deliver(row: FieldText, at: float = 1, **ports: Line) -> float | None:
    return actions.deliver_link(text_id=row.id, ports=ports, now=NIGHT + at * S)


def card(world: World, alarm: Alarm) -> str:
    return field_of(alarm_id=alarm.id, seen_by=world.operator).jobs[0].text


def broken(at: float) -> set[str]:
    return {one.name for one in invariants.check(now=NIGHT + at * S) if one.broken}


def test_the_link_goes_to_who_is_sent_and_names_nobody_and_is_forgotten(world, alarm):
    token = send(world, alarm)
    row = FieldText.objects.get()
    assert ProcrastinateJob.objects.get(task_name="alarms.send_link").args == {
        "text_id": str(row.id)
    }
    line = Line()
    assert deliver(row, gateway=line) is None
    (letter,) = line.got
    assert letter.to == WHO["phone"]
    assert link_of(token) in letter.text
    for canary in CANARIES:
        assert canary not in letter.text + letter.subject
    row.refresh_from_db()
    assert (row.status, row.text) == ("sent", "")
    assert card(world, alarm) == "sent"
    assert token not in "".join(str(vars(one)) for one in FieldText.objects.all())


def test_who_has_no_telephone_gets_no_text(world, alarm):
    send(world, alarm, phone="")
    assert not FieldText.objects.exists()
    actions.send_agent(alarm_id=alarm.id, **WHO, by=world.operator, **after(1))  # no address known
    assert not FieldText.objects.exists()


def test_a_try_again_goes_under_the_same_key_and_the_next_provider_under_its_own(world, alarm):
    send(world, alarm)
    row = FieldText.objects.get()
    first, second = Line(Retry("바쁨"), Retry("바쁨")), Line()
    assert deliver(row, gateway=first, gateway2=second) is not None
    assert deliver(row, 4, gateway=first, gateway2=second) is None
    assert len({letter.key for letter in first.got}) == 1
    assert {letter.key for letter in second.got}.isdisjoint(letter.key for letter in first.got)
    assert card(world, alarm) == "sent"


@pytest.mark.parametrize("ports", [{}, {"gateway": Line(Refused("없는 번호"))}])
def test_what_fails_is_said_on_the_signal_at_once(world, alarm, ports):
    send(world, alarm)
    row, version = FieldText.objects.get(), Alarm.objects.get().version
    assert deliver(row, **ports) is None
    assert card(world, alarm) == "failed"
    step = Step.objects.filter(alarm=alarm, kind="evidence").latest("id")
    assert step.detail == {"what": "field_text_failed", "agent": "박출동"}
    assert Alarm.objects.get().version == version + 1  # every screen learns of it
    assert FieldText.objects.get().text == ""


def test_what_nobody_sends_in_time_has_failed_too(world, alarm):
    send(world, alarm)
    assert not actions.expire_next_links(now=NIGHT + 299 * S)
    assert not broken(299) & {"a_link_text_goes_in_time_and_then_holds_no_link"}
    assert broken(700) & {"a_link_text_goes_in_time_and_then_holds_no_link"}
    assert "1 link texts nobody sent or gave up" in queries.broken_invariants(NIGHT + 700 * S)
    sweep(actions.expire_next_links, NIGHT + 301 * S)
    assert card(world, alarm) == "expired"
    assert not broken(700) & {"a_link_text_goes_in_time_and_then_holds_no_link"}
    assert deliver(FieldText.objects.get(), 302, gateway=(line := Line())) is None
    assert not line.got


@pytest.mark.parametrize("how", ["off", "renewed", "closed", "another"])
def test_a_dead_link_does_not_go_out(world, alarm, how):
    send(world, alarm)
    row = FieldText.objects.get()
    told = {"alarm_id": alarm.id, "by": world.operator, **after(1)}
    if how == "off":
        actions.call_off_agent(**told)
    elif how == "renewed":
        actions.renew_link(**told, link_of=link_of)
    elif how == "closed":
        actions.close(**told, outcome="safe_call")
    else:
        send(world, alarm, 1)
    assert deliver(row, 70, gateway=(line := Line())) is None
    assert not line.got
    row.refresh_from_db()
    assert (row.status, row.text) == ("called_off", "")
    new = FieldText.objects.filter(status="queued")
    assert new.count() == (how in ("renewed", "another"))


def test_a_receipt_says_what_became_of_it(world, alarm):
    send(world, alarm)
    row = FieldText.objects.get()
    deliver(row, gateway=Line())
    row.refresh_from_db()
    told = {"key": row.key, "ways": ["gateway"], "now": NIGHT + 9 * S}
    with pytest.raises(NotAllowed):
        actions.take_link_receipt(**told | {"ways": ["solapi"]}, fate=Fate("failed", "x"))
    assert actions.take_link_receipt(**told, fate=Fate("failed", "꺼져 있음"))
    assert card(world, alarm) == "failed"
    assert not actions.take_link_receipt(**told, fate=Fate("failed", "꺼져 있음"))
    assert Step.objects.filter(detail__what="field_text_failed").count() == 1


def test_a_link_is_never_cut(world, alarm):
    with pytest.raises(NotAllowed):
        actions.send_agent(
            alarm_id=alarm.id,
            **WHO,
            link_of=lambda token: "https://" + "x" * LONGEST_LINK,
            by=world.operator,
            **after(0),
        )
    assert not FieldText.objects.exists()


def test_the_table_itself_keeps_no_link_of_what_has_gone(world, alarm):
    send(world, alarm)
    for wrong in ({"status": "sent", "settled_at": NIGHT}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FieldText.objects.update(**wrong)
