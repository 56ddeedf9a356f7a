"""The visit to the door, as rules: how long a link works, what a report needs, who may enter."""

from datetime import UTC, datetime, time, timedelta
from itertools import product

import pytest

from anbu.care.alarms.rules import (
    ENTRY_EVIDENCE,
    ENTRY_GROUNDS,
    JOB_NEXT,
    LINK_LIFE,
    SIGNS,
    DoorWay,
    Finding,
    JobState,
    NotAllowed,
    agent,
    check_entry,
    check_report,
    job_state,
    latest,
    link_works,
    offered,
    on_site,
)
from anbu.care.places.rules import SEOUL

SENT = datetime(2026, 11, 23, 22, 47, tzinfo=SEOUL)
ALL = dict.fromkeys(SIGNS, "unknown")
SECOND = timedelta(seconds=1)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


@pytest.mark.parametrize(
    ("after", "withdrawn", "closed", "works"),
    [
        (timedelta(), False, False, True),
        (LINK_LIFE - SECOND, False, False, True),
        (LINK_LIFE, False, False, False),
        (minutes(1), True, False, False),
        (minutes(1), False, True, False),
    ],
)
def test_a_link_works_until_its_time_its_job_or_its_alarm_is_over(after, withdrawn, closed, works):
    said = link_works(
        expires_at=SENT + LINK_LIFE,
        withdrawn_at=SENT if withdrawn else None,
        closed_at=SENT if closed else None,
        now=SENT + after,
    )
    assert said is works


def test_a_link_reaches_one_home_and_is_no_member_of_staff():
    actor = agent(job="j", home="h")
    assert (actor.name, str(actor.reach), actor.staff) == ("agent:j", "homes:h", None)
    assert str(agent(job="j", home=None).reach) == "nobody"


def test_where_a_job_stands_is_told_by_its_moments():
    names = ("opened_at", "arrived_at", "done_at", "withdrawn_at")
    seen = set()
    for given in product((None, SENT), repeat=4):
        state = job_state(**dict(zip(names, given, strict=True)))
        seen.add(state)
        opened, arrived, done, withdrawn = (each is not None for each in given)
        assert (state is JobState.WITHDRAWN) == withdrawn
        assert (state is JobState.DONE) == (done and not withdrawn)
        assert (state is JobState.ARRIVED) == (arrived and not done and not withdrawn)
        assert (state is JobState.SENT) == (not any((opened, arrived, done, withdrawn)))
    assert seen == set(JobState) == set(JOB_NEXT)
    assert not JOB_NEXT[JobState.DONE]
    assert not JOB_NEXT[JobState.WITHDRAWN]


def test_who_says_that_nobody_answers_has_looked():
    for finding in (Finding.MET, Finding.HELP):
        assert check_report(finding=finding, signs={}) is finding
    for finding in (Finding.NO_ANSWER, Finding.NO_ENTRY):
        assert check_report(finding=finding, signs=ALL) is finding
        for missing in SIGNS:
            told = {sign: seen for sign, seen in ALL.items() if sign != missing}
            with pytest.raises(NotAllowed):
                check_report(finding=finding, signs=told)


@pytest.mark.parametrize(
    ("finding", "signs"),
    [("", {}), ("gone", {}), ("met", {"light": "perhaps"}), ("met", {"door": "yes"})],
)
def test_a_report_says_nothing_that_was_not_asked(finding, signs):
    with pytest.raises(NotAllowed):
        check_report(finding=finding, signs=signs)


def test_a_finding_offers_and_never_decides():
    assert [offered(each) for each in ("", *Finding)] == ["", "close", "joint", "joint", "joint"]


def way(arrived: float | None, ended: float | None = None) -> DoorWay:
    return DoorWay(
        sent_at=SENT,
        arrived_at=None if arrived is None else SENT + minutes(arrived),
        ended_at=None if ended is None else SENT + minutes(ended),
    )


@pytest.mark.parametrize(
    ("ways", "until", "soon", "latest_"),
    [
        ([way(45)], 90, (1, 1), (1, 1)),
        ([way(45.1)], 90, (0, 1), (1, 1)),
        ([way(60.1)], 90, (0, 1), (0, 1)),
        ([way(None)], 30, (0, 0), (0, 0)),  # on the way, nothing to say yet
        ([way(None)], 50, (0, 1), (0, 0)),  # late already
        ([way(None)], 61, (0, 1), (0, 1)),
        ([way(None, ended=20)], 90, (0, 0), (0, 0)),  # called off in time: nobody was late
        ([way(None, ended=50)], 90, (0, 1), (0, 0)),
        ([way(10), way(50), way(None)], 90, (1, 3), (2, 3)),
    ],
)
def test_who_is_on_the_way_too_long_counts_as_late(ways, until, soon, latest_):
    found = on_site(ways, until=SENT + minutes(until))
    assert [limit for limit, _ in found] == [minutes(45), minutes(60)]
    assert [(share.k, share.n) for _, share in found] == [soon, latest_]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (time(0, 5), "2026-11-24 00:05"),
        (time(0, 10), "2026-11-24 00:10"),
        (time(0, 11), "2026-11-23 00:11"),
        (time(23, 50), "2026-11-23 23:50"),
    ],
)
def test_a_time_of_the_clock_is_the_latest_one_in_seoul(told, says):
    now = datetime(2026, 11, 24, 0, 10, 30, tzinfo=SEOUL).astimezone(UTC)
    assert f"{latest(told, now=now):%Y-%m-%d %H:%M}" == says


def test_a_door_is_opened_with_a_ground_a_sign_police_and_fire():
    whole = {
        "grounds": ["danger"],
        "evidence": ["mail"],
        "police": "관악지구대",
        "fire": "관악119",
    }
    check_entry(**whole)
    check_entry(**{**whole, "grounds": list(ENTRY_GROUNDS), "evidence": list(ENTRY_EVIDENCE)})
    for lacking in whole:
        for nothing in ([], ["else"]) if lacking in ("grounds", "evidence") else ("", "  "):
            with pytest.raises(NotAllowed):
                check_entry(**{**whole, lacking: nothing})
