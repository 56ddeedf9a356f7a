"""What a home rings at: hours by service, tier, district and person, each from its own moment."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.readings import actions, jobs
from anbu.care.readings.models import OwnPatience, Watch
from anbu.care.readings.queries.policies import hours_of
from anbu.care.readings.rules import SCOPES, Detector, NotAllowed, OwnHours, Patience, hours_for

from .conftest import BY, NOW, rows
from .test_learned_clock import POLICY, Home

HOUR = timedelta(hours=1)


def told(home: Home, hours: int) -> None:
    """Let still hours pass, with the sweep that tells a changed patience."""
    for _ in range(hours):
        home.hear(".", look=False)
        while jobs.tell_patience(now=home.at):
            pass
        home.sweep()


def rang_after(home: Home, hours: int = 27) -> float | None:
    """Return after how many hours of stillness the home rings."""
    last = home.watch.last_sign
    told(home, hours)
    found = [one.due_at for _, one in home.told("silent")]
    return (found[0].timestamp() - last) / 3600 if found else None


def district_of(home: Home) -> str:
    query = (
        "SELECT d.code FROM people_household h JOIN places_dong o ON o.id = h.dong_id "
        "JOIN places_district d ON d.id = o.district_id WHERE h.id = %s"
    )
    return rows(query, home.id)[0][0]


@pytest.fixture
def home(city, days):
    home = Home(city, policy="")
    people.enrol(household=home.id, service="smart_plug", by=machine("test"), now=home.at)
    return home


MINE = {
    "service": lambda home: "smart_plug",
    "tier": lambda home: "mid",
    "district": district_of,
    "provider": lambda home: "plugs",
    "household": lambda home: str(home.id),
}
NOT_MINE = {"service": "ai_speaker", "tier": "high", "provider": "others"}


def load(rows_of_file: str, *, since=None, at=NOW) -> None:
    begins = f"valid_from = {since.isoformat()}\n" if since else ""
    actions.load_detectors(text=f'name = "city"\n{begins}{rows_of_file}', by=BY, now=at)


@pytest.mark.parametrize("scope", MINE)
def test_hours_of_a_policy_count_for_its_homes_from_its_moment(home, scope):
    row = f'[[policy]]\ndetector = "fixed"\nhours = 10\n{scope} = "{MINE[scope](home)}"\n'
    load(row, since=home.at + 3 * HOUR, at=home.at)
    assert home.watch.patience_s == 24 * 3600
    told(home, 2)
    assert home.watch.patience_s == 24 * 3600
    assert rang_after(home, 10) == 10


@pytest.mark.parametrize("scope", NOT_MINE)
def test_hours_of_a_policy_for_others_change_nothing_here(home, scope):
    load(f'[[policy]]\ndetector = "fixed"\nhours = 10\n{scope} = "{NOT_MINE[scope]}"\n', at=home.at)
    assert rang_after(home) == 24


@pytest.mark.parametrize("scope", MINE)
def test_a_learned_policy_judges_its_homes_from_its_moment(home, scope):
    row = f'[[policy]]\ndetector = "learned"\n{scope} = "{MINE[scope](home)}"\n'
    load(row, since=home.at + 2 * HOUR, at=home.at)
    told(home, 1)
    assert home.watch.policy_id is None
    jobs.turn_learned_clocks(now=home.at + 2 * HOUR)
    assert rang_after(home, 16) < 16
    assert home.watch.policy_id is not None


def test_the_hours_of_a_policy_end_with_it(home):
    load('[[policy]]\ndetector = "fixed"\nhours = 10\n', at=home.at)
    told(home, 1)
    assert home.watch.patience_s == 10 * 3600
    load('[[policy]]\ndetector = "fixed"\n', since=home.at + HOUR, at=home.at)
    assert rang_after(home) == 24


def decide(home: Home, hours: int, *, since=None) -> None:
    actions.set_patience(
        household=home.id,
        hours=hours,
        reason="자주 집을 비움",
        valid_from=since,
        by=BY,
        now=home.at,
    )


@pytest.mark.parametrize("policy", ["", POLICY], ids=["fixed", "learned"])
def test_what_is_decided_for_a_person_counts_from_its_moment_and_the_past_stays(city, days, policy):
    home = Home(city, policy=policy + ("theta = 9.0\n" if policy else ""))
    decide(home, 8, since=home.at + 3 * HOUR)
    decide(home, 12)
    told(home, 1)
    assert home.watch.patience_s == 12 * 3600
    assert rang_after(home, 9) == 8
    assert [(row.hours, row.set_by) for row in OwnPatience.objects.order_by("id")] == [
        (8, BY),
        (12, BY),
    ]
    verbs = "SELECT detail->>'hours' FROM foundation_trace WHERE verb = 'set_patience' ORDER BY id"
    assert rows(verbs) == [("8",), ("12",)]


def test_more_hours_for_one_person_stand_before_fewer_for_all(home):
    load('[[policy]]\ndetector = "fixed"\nhours = 10\n', at=home.at)
    decide(home, 26)
    assert rang_after(home, 28) == 26


def test_more_hours_in_a_silence_that_was_told_neither_answer_it_nor_hide_the_next(home):
    decide(home, 6)
    told(home, 8)
    assert len(home.told("silent")) == 1
    decide(home, 12)
    told(home, 1)
    assert home.told("sign_again") == []
    assert home.watch.silent_since is None
    told(home, 5)
    first, second = (one.due_at for _, one in home.told("silent"))
    assert second - first == 6 * HOUR


@pytest.mark.parametrize("hours", [0, 73, 24.5, True])
def test_hours_that_nobody_may_be_left_alone_are_refused(home, hours):
    with pytest.raises(NotAllowed):
        decide(home, hours)
    with pytest.raises(NotAllowed, match="지난 때"):
        decide(home, 24, since=home.at - HOUR)
    with pytest.raises(NotAllowed):
        load(f'[[policy]]\ndetector = "fixed"\nhours = {hours}\n'.replace("True", "true"))
    assert not OwnPatience.objects.exists()


def test_a_new_home_starts_with_the_hours_in_force(city, days):
    city.now = NOW
    load('[[policy]]\ndetector = "fixed"\nhours = 9\ntier = "mid"\n')
    made = city.add_home("late", "motion", patience=40)
    assert Watch.objects.get(household=made).patience_s == 9 * 3600


def test_many_homes_are_told_a_part_at_a_time_and_none_is_left_out(city, days, monkeypatch):
    monkeypatch.setattr("anbu.care.readings.actions.policies.TELL_AT_ONCE", 2)
    city.now = NOW
    made = [city.add_home(f"home-{nth}", "motion") for nth in range(5)]
    Watch.objects.update(check_at=None)
    load('[[policy]]\ndetector = "fixed"\nhours = 9\n')
    turns = 0
    while jobs.tell_patience(now=NOW):
        turns += 1
    assert turns == 4  # six homes, and one look more
    assert Watch.objects.filter(household__in=made, check_at=NOW).count() == 5


def test_looking_at_clocks_asks_for_their_hours_in_a_fixed_number_of_queries(
    home, django_assert_num_queries
):
    everywhere = "".join(
        f'[[policy]]\ndetector = "fixed"\nhours = 30\n{scope} = "{MINE[scope](home)}"\n'
        for scope in MINE
    )
    load(everywhere, at=home.at)
    decide(home, 30)
    others = [home.city.add_home(f"home-{nth}", "motion") for nth in range(3)]
    with django_assert_num_queries(5):  # policies, own, devices, services, homes
        hours_of(households=[home.id, *others], now=home.at)


HOURS = st.integers(1, 72)


@given(registered=HOURS, own=st.none() | HOURS, of=st.dictionaries(st.sampled_from(SCOPES), HOURS))
def test_a_policy_for_many_only_shortens_and_a_persons_own_hours_stand(registered, own, of):
    place = {scope: ("x",) for scope in SCOPES}
    policies = [
        Patience(detector=Detector.FIXED, scope={scope: "x"}, hours=hours, valid_from=NOW)
        for scope, hours in of.items()
    ]
    mine = None if own is None else OwnHours(hours=own, since=NOW)
    found = hours_for(policies, place, registered=registered, own=mine)
    if own is not None:
        assert found == own
    elif "household" in of:
        assert found == of["household"]
    else:
        first = next((of[scope] for scope in SCOPES if scope in of), registered)
        assert found == min(first, registered)
