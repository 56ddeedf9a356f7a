"""Absences: who said so, until when; every one ends, and nobody is away twice."""

from datetime import timedelta

import pytest

from anbu.care.foundation.models import Trace
from anbu.care.people import actions, queries
from anbu.care.people.models import Absence
from anbu.care.people.rules import BadInput
from tests.care.readings.conftest import BY, NOW, build, city  # noqa: F401

DAY = timedelta(days=1)


def leave(home, **more):
    told = {
        "kind": "hospital",
        "begins_at": NOW,
        "expected_until": NOW + 5 * DAY,
        "told_by": "딸",
        "told_how": "call",
        "by": BY,
        "now": NOW,
    } | more
    return actions.register_absence(household=home, **told)


@pytest.fixture
def home(city):  # noqa: F811
    return city.homes["plug-1"]


def test_an_absence_is_written_down_with_who_said_so_and_leaves_a_trace(home):
    leave(home, note="ㅇㅇ병원 5층")
    (row,) = Absence.objects.all()
    assert (row.told_by, row.told_how, row.registered_by, row.ended_at) == ("딸", "call", BY, None)
    trace = Trace.objects.get(verb="register_absence")
    assert (trace.household, trace.detail["kind"]) == (home, "hospital")
    assert "note" not in trace.detail


def test_nobody_is_away_twice_at_a_time(home):
    leave(home)
    with pytest.raises(BadInput, match="이미"):
        leave(home)
    actions.end_absence(household=home, by=BY, now=NOW + DAY)
    leave(home, begins_at=NOW + DAY, now=NOW + DAY)
    assert Absence.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"expected_until": NOW}, "뒤여야"),
        ({"begins_at": NOW + 6 * DAY}, "앞설 수"),
        ({"begins_at": NOW - 40 * DAY}, "31일"),
        ({"expected_until": NOW + 200 * DAY}, "180일"),
        ({"told_by": " "}, "비워"),
        ({"note": "450101-2345678"}, "주민등록번호"),
        ({"told_by": "450101-2345678"}, "주민등록번호"),
        ({"kind": "gone"}, "골라"),
        ({"told_how": "rumour"}, "골라"),
    ],
)
def test_what_cannot_be_an_absence_is_refused_in_words(home, wrong, word):
    with pytest.raises(BadInput, match=word):
        leave(home, **wrong)
    assert not Absence.objects.exists()


def test_the_end_may_be_moved_but_not_into_the_past(home):
    leave(home)
    actions.change_absence(
        household=home, expected_until=NOW + 9 * DAY, told_by="본인", by=BY, now=NOW + DAY
    )
    assert Absence.objects.get().expected_until == NOW + 9 * DAY
    with pytest.raises(BadInput):
        actions.change_absence(
            household=home, expected_until=NOW, told_by="본인", by=BY, now=NOW + DAY
        )


def test_an_absence_ends_by_itself_once_and_asks_whether_the_person_is_back(home):
    leave(home)
    assert actions.end_past_absences(by="system:clock", now=NOW + 4 * DAY, limit=9) == []
    ended = actions.end_past_absences(by="system:clock", now=NOW + 6 * DAY, limit=9)
    assert ended == [(home, NOW + 5 * DAY)]
    assert actions.end_past_absences(by="system:clock", now=NOW + 6 * DAY, limit=9) == []
    (asked,) = actions.claim_returns(now=NOW + 6 * DAY, limit=9)
    assert (asked.household, asked.ended_at) == (home, NOW + 5 * DAY)
    assert actions.claim_returns(now=NOW + 6 * DAY, limit=9) == []


def test_who_is_told_to_be_back_is_not_asked(home):
    leave(home)
    actions.end_absence(household=home, by=BY, now=NOW + DAY)
    assert actions.claim_returns(now=NOW + 9 * DAY, limit=9) == []
    with pytest.raises(BadInput, match="없습니다"):
        actions.end_absence(household=home, by=BY, now=NOW + DAY)


def test_the_clocks_stand_still_from_when_we_were_told(home):
    leave(home, begins_at=NOW - 3 * DAY)
    (away,) = queries.away_since(since={home: NOW - 9 * DAY}, seen_by=None)[home]
    assert (away.begins_at, away.until, away.is_over) == (NOW, NOW + 5 * DAY, False)
    assert queries.away_now(households=[home], now=NOW) == {home: NOW + 5 * DAY}
    assert queries.away_since(since={home: NOW + 5 * DAY}, seen_by=None) == {}


def test_an_absence_to_come_is_none_yet(home):
    leave(home, begins_at=NOW + DAY)
    assert queries.away_now(households=[home], now=NOW) == {}
    assert queries.away_now(households=[home], now=NOW + DAY)


def test_how_a_person_wants_to_be_asked_has_both_ends(home):
    wish = {"ask_by": "voice", "ask_hour": 10, "by": BY, "now": NOW}
    actions.set_asking(household=home, quiet_from=20, quiet_until=9, **wish)
    told = queries.asking(households=[home])[home]
    assert (told.quiet_from, told.quiet_until, told.by, told.hour) == (20, 9, "voice", 10)
    with pytest.raises(BadInput, match="함께"):
        actions.set_asking(household=home, quiet_from=20, quiet_until=None, **wish)
    with pytest.raises(BadInput, match="시각"):
        actions.set_asking(household=home, quiet_from=20, quiet_until=25, **wish)
