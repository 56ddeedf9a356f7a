"""A rule held against the past of a city's own homes: from the desk's form to the policy."""

import json
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.test import Client

from anbu.care.foundation.models import Trace
from anbu.care.people import actions as people
from anbu.care.readings import actions, queries
from anbu.care.readings.actions.studies import policy_name
from anbu.care.readings.models import DetectorPolicy, Study
from anbu.care.readings.queries import Rule
from anbu.care.readings.rules import Detector, NotAllowed
from anbu.kernel.signs import BY_NAME
from anbu.lab import past
from anbu.sources import Message, Reading
from tests.care.alarms.world import BY, HERE, MONDAY, THERE, World, make_world
from tests.desks.control_room.conftest import StandingClock

DAYS = 44
LEARNED = Rule(detector=Detector.LEARNED, hours=24.0, theta=1.0)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(db: None) -> World:
    """Return a small part of Seoul."""
    return make_world()


def settle(world: World, n: int, dong: str = HERE, *, until: datetime = MONDAY) -> UUID:
    """Return a home whose meter has told every hour for six weeks, by the real actions."""
    dice, began = Random(n), until - timedelta(days=DAYS)
    home = people.register_household(
        dong=dong,
        address="은천로00길 12",
        tier="mid",
        patience_hours=24,
        person=people.NewPerson(name=f"홍OO{n}", birth_year=1950, sex="f"),
        by=BY,
        now=began,
    )
    people.give_consent(household=home, kind="monitoring", obtained_how="서면", by=BY, now=began)
    actions.add_device(
        code=f"past-{n}",
        household=home,
        provider="plugs",
        interval=HOUR,
        channels=["power_w"],
        by=BY,
        now=began,
    )
    for day in range(DAYS):
        batch = []
        for hour in range(24):
            at = began + timedelta(days=day, hours=hour + 1)
            life = 7 <= hour < 22 and dice.random() < 0.3
            reading = Reading(BY_NAME["power_w"].code, at.timestamp(), 700.0 if life else 3.0)
            batch.append(Message(id=f"{n}-{day}-{hour}", device=f"past-{n}", readings=(reading,)))
        verdicts = actions.take_in(messages=batch, provider=None, now=batch_end(began, day))
        assert {str(v.verdict) for v in verdicts} == {"accepted"}
    return home


def batch_end(began, day):
    """Return when a day's messages have all come."""
    return began + timedelta(days=day + 1)


def ask(world: World, scope: dict[str, str] | None = None, draft: Rule = LEARNED) -> UUID:
    return actions.ask_study(scope=scope or {}, draft=draft, by=world.supervisor, now=MONDAY)


def test_a_study_is_asked_for_run_read_and_put_in_force(world: World, client: Client, settings):
    settings.CLOCK = StandingClock(MONDAY)
    for n in range(3):
        settle(world, n)
    settle(world, 9, dong=THERE)
    client.force_login(world.supervisor)
    asked = client.post(
        "/studies",
        {
            "district": "11620",
            "dong": HERE,
            "detector": "learned",
            "hours": 24,
            "theta": 1,
            "watch": 0.8,
        },
    )
    assert asked.status_code == 302, asked.content.decode()[:3000]
    address = asked["Location"]
    assert "차례를 기다림" in client.get(address).content.decode()

    study = actions.claim_study()
    assert study is not None
    past.run(study, now=MONDAY)
    page = client.get(address).content.decode()
    assert "이 범위 모두에, 한 달이면" in page
    assert "3가구 중 3가구" in page
    assert "새로 놓침" in page
    figures = json.loads(client.get(f"{address}/figures.json").content)
    assert figures["scope_homes"] == figures["homes"] == 3
    assert figures["noticed"]["present"][72] >= figures["noticed"]["present"][24]
    assert "past-" not in json.dumps(figures)  # counts, no homes

    first = client.post(f"{address}/adopt", {"valid_from": "2026-12-01", "reason": "시험 삼아"})
    assert first.status_code == 422  # not ticked: nothing happens
    assert not DetectorPolicy.objects.exists()
    given = {"valid_from": "2026-12-01", "reason": "석 달 시험", "sure": "1"}
    assert client.post(f"{address}/adopt", given).status_code == 302
    policy = DetectorPolicy.objects.get()
    assert policy.scope == {"district": "11620", "dong": HERE}
    assert (policy.detector, policy.theta) == ("learned", 1.0)
    assert policy.valid_from.isoformat().startswith("2026-11-30T15:00")  # midnight in Seoul
    trace = Trace.objects.get(verb="adopt_study")
    assert (trace.by, trace.detail["why"]) == (world.supervisor.actor, "석 달 시험")
    assert client.post(f"{address}/adopt", given).status_code == 409  # once is enough


def test_the_same_study_run_twice_tells_the_same_figures(world: World):
    for n in range(2):
        settle(world, n)
    found = []
    for _ in range(2):
        study = ask(world)
        assert actions.claim_study() == study
        past.run(study, now=MONDAY)
        found.append(Study.objects.get(id=study).result)
    assert found[0] == found[1]


def test_too_little_past_is_said_in_words(world: World):
    world.home(still_at=MONDAY)
    study = ask(world)
    assert actions.claim_study() == study
    past.run(study, now=MONDAY)
    row = Study.objects.get(id=study)
    assert row.state == "failed"
    assert "모자랍니다" in row.why


def test_a_study_is_cancelled_while_it_runs(world: World, monkeypatch):
    settle(world, 1)
    study = ask(world)
    assert actions.claim_study() == study
    whole = past.told_by

    def cancelled_midway(**told):
        actions.cancel_study(study=study, by=world.supervisor, now=MONDAY)
        return whole(**told)

    monkeypatch.setattr(past, "told_by", cancelled_midway)
    past.run(study, now=MONDAY)
    row = Study.objects.get(id=study)
    assert (row.state, row.result) == ("cancelled", None)
    with pytest.raises(NotAllowed):
        actions.cancel_study(study=study, by=world.supervisor, now=MONDAY)


def test_a_study_whose_process_died_is_taken_up_again_and_a_living_one_is_not(world: World):
    study = ask(world)
    assert actions.claim_study() == study
    assert actions.claim_study() is None
    Study.objects.filter(id=study).update(beat_at="2020-01-01T00:00Z")
    assert actions.claim_study() == study
    assert actions.claim_study() is None
    actions.cancel_study(study=study, by=world.supervisor, now=MONDAY)
    assert not actions.beat_study(study=study, part="", done=0, total=0)
    assert actions.claim_study() is None


def test_operators_and_planners_cannot_ask_and_do_not_see(world: World, client: Client):
    study = ask(world)
    for who in (world.operator, world.planner):
        with pytest.raises(NotAllowed):
            actions.ask_study(scope={}, draft=LEARNED, by=who, now=MONDAY)
        assert queries.study(study=study, seen_by=who) is None
        assert queries.studies(seen_by=who) == ()
        client.force_login(who)
        for address in ("/studies", f"/studies/{study}", f"/studies/{study}/figures.json"):
            assert client.get(address).status_code == 404


def test_nothing_is_switched_on_before_the_figures_or_for_the_past(world: World):
    study = ask(world)
    told = {"study": study, "reason": "까닭", "by": world.supervisor, "now": MONDAY}
    with pytest.raises(NotAllowed):
        actions.adopt_study(valid_from=MONDAY, **told)
    Study.objects.filter(id=study).update(state="done", result={"present": {"hours": 24.0}})
    with pytest.raises(NotAllowed):
        actions.adopt_study(valid_from=MONDAY - HOUR, **told)
    fixed = ask(world, draft=Rule(detector=Detector.FIXED, hours=30.0))
    Study.objects.filter(id=fixed).update(state="done", result={"present": {"hours": 24.0}})
    with pytest.raises(NotAllowed):  # hours are each household's own
        actions.adopt_study(valid_from=MONDAY, **(told | {"study": fixed}))
    assert not DetectorPolicy.objects.exists()


def test_two_scopes_never_share_a_policy_name():
    long = {"district": "11620", "dong": HERE, "provider": "p" * 30, "tier": "mid"}
    names = {policy_name(long | {"tier": tier}) for tier in ("high", "mid", "low")}
    assert len(names) == 3
    assert all(len(name) <= 40 for name in names)
    assert policy_name({}) == "화면"


def test_adopting_again_writes_a_new_version_and_keeps_the_old(world: World):
    for theta in (1.0, 1.2):
        study = ask(world, draft=Rule(detector=Detector.LEARNED, hours=24.0, theta=theta))
        Study.objects.filter(id=study).update(state="done", result={"present": {"hours": 24.0}})
        told = {"study": study, "reason": "까닭", "by": world.supervisor, "now": MONDAY}
        actions.adopt_study(valid_from=MONDAY + HOUR, **told)
    versions = DetectorPolicy.objects.order_by("version").values_list("version", "theta")
    assert list(versions) == [(1, 1.0), (2, 1.2)]


def test_a_registered_absence_is_left_out_of_both_rules_figures(world: World):
    homes = [settle(world, n) for n in range(2)]
    months = []
    for _ in range(2):
        study = ask(world)
        assert actions.claim_study() == study
        past.run(study, now=MONDAY)
        months.append(Study.objects.get(id=study).result["months"])
        begins = MONDAY - timedelta(days=9)
        if len(months) == 1:
            people.register_absence(
                household=homes[0],
                kind="hospital",
                begins_at=begins,
                expected_until=begins + timedelta(days=6),
                told_by="딸",
                told_how="call",
                by=BY,
                now=begins,
            )
            people.end_past_absences(by=BY, now=MONDAY, limit=10)  # it ran its time
    assert months[0] - months[1] == pytest.approx(6 / 30.4375, abs=0.06)


def test_homes_that_joined_lately_are_not_drawn(world: World):
    old = settle(world, 1)
    young = world.home(still_at=MONDAY)
    found = queries.settled(households=[old, young], before=MONDAY - past.LEAST_PAST)
    assert found == [old]
