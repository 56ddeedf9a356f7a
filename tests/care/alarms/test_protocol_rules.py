"""단계표 as data: what may be written, which line wins, and what a ladder would have made of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms import rules
from anbu.care.alarms.rules import (
    SERVICES,
    BadProtocol,
    Case,
    Heard,
    Level,
    Line,
    Past,
    Rung,
    choose,
    freeze,
    keep,
    kept,
    parse_protocol,
    replay,
    shifts,
    summed,
    thaw,
    undecided,
    weight,
)

SHIPPED = Path(rules.__file__).parent.parent / "data" / "protocols"
MINUTE = timedelta(minutes=1)
GOOD = """
name = "밤 단계표"
[[ladder]]
name = "night"
confirm = "person"
[[ladder.step]]
do = "message"
times = 2
wait_min = 30
level = 1
[[ladder.step]]
do = "call"
times = 2
wait_min = 10
level = 2
else = "centre"
[[ladder.step]]
do = "dispatch"
wait_min = 45
level = 3
[[rule]]
ladder = "night"
tier = "high"
hours = "18-09"
"""


def case(**told: object) -> Case:
    usual = {"kind": "silence", "services": (), "tier": "mid", "district": "관악구"}
    return Case(**(usual | {"day": "working", "hour": 12} | told))


def line(course: str = "a", **told: object) -> Line:
    return Line(course=course, **told)


def faults(text: str) -> list[str]:
    with pytest.raises(BadProtocol) as bad:
        parse_protocol(text)
    return [str(fault) for fault in bad.value.faults]


# ---- what may be written ---------------------------------------------------------------------


def test_attempts_become_rungs_and_a_machines_attempts_one_rung():
    course = parse_protocol(GOOD).courses["night"]
    assert [(rung.do, rung.wait_s // 60, rung.up) for rung in course.rungs] == [
        ("message", 60, ""),
        ("call", 10, ""),
        ("call", 10, "centre"),  # only when the last attempt was let lie, too
        ("dispatch", 45, ""),
    ]
    assert course.asks == {"attempts": 2, "apart_s": 1800}
    assert course.confirms
    assert not parse_protocol(GOOD.replace('"person"', '"machine"')).courses["night"].confirms


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("level = 3\n[[rule]]", "level = 1\n[[rule]]", "17: night: 단계가 오르면"),
        ('do = "call"', 'do = "shout"', "11: do: message, call"),
        ("times = 2\nwait_min = 10", "times = 2\nwait_min = 0", "11: wait_min: 1부터 1440까지"),
        ("wait_min = 45", 'wait_min = "곧"', "17: wait_min: 1부터 1440까지"),
        ('tier = "high"', 'tier = "높음"', "21: tier: low, mid, high"),
        ('hours = "18-09"', 'hours = "18시"', '21: hours: "18-09"처럼'),
        ('hours = "18-09"', 'hours = "09-09"', '21: hours: "18-09"처럼'),
        ('ladder = "night"', 'ladder = "day"', "21: 없는 단계표: day"),
        ('tier = "high"', 'tire = "high"', "21: 모르는 말: tire"),
        ('name = "밤 단계표"', "", "1: name: 단계표의 이름을"),
        ("level = 2", "", "11: night: level이(가) 빠졌습니다."),
        ('do = "dispatch"', 'do = "message"', "17: message: 기계가 묻는 것은 첫 단계에만"),
        ('tier = "high"', 'kind = "sos"', "21: 도움 요청(sos)은 처음부터 사람에게"),
        ('hours = "18-09"', 'hours = "18-09', "24: 이 줄을 읽을 수 없습니다."),
        ('name = "밤 단계표"', 'name = "900101-1234567"', "주민등록번호는 적을 수 없습니다."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, said: str):
    assert before in GOOD
    assert any(fault.startswith(said) for fault in faults(GOOD.replace(before, after))), faults(
        GOOD.replace(before, after)
    )
    parse_protocol(GOOD)  # the other side: as it stood it was right


def test_everything_wrong_is_said_at_once():
    broken = GOOD.replace("level = 2", "level = 9").replace('"18-09"', '"x"')
    assert [fault.split(":")[0] for fault in faults(broken)] == ["11", "21"]


def test_a_ladder_nobody_uses_and_rules_without_one_are_refused():
    assert (
        "어느 [[rule]]도 쓰지 않습니다"
        in faults(
            GOOD + '[[ladder]]\nname = "spare"\n'
            '[[ladder.step]]\ndo = "call"\nwait_min = 5\nlevel = 2\n'
        )[0]
    )
    assert "[[rule]]이 없습니다" in " ".join(faults(GOOD[: GOOD.index("[[rule]]")]))
    assert parse_protocol('name = "밤 단계표"').lines == ()  # a version that takes itself back


def test_what_is_kept_is_what_was_read():
    document = parse_protocol(GOOD)
    assert kept(document.name, document.source, keep(document)) == document


def test_a_ladder_frozen_before_there_was_a_way_up_still_thaws_and_compares():
    old = [{"do": "call", "wait_s": 60, "level": 3, "report_s": 0}]
    assert thaw(old) == (Rung(do="call", wait_s=60, level=Level.CRITICAL),)
    assert freeze(thaw(old)) == old
    up = Rung(do="call", wait_s=60, level=Level.CRITICAL, up="centre")
    assert thaw(freeze([up])) == (up,)


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_protocol_is_right_and_says_where_it_was_published(file: Path):
    document = parse_protocol(file.read_text("utf-8"))
    assert "http" in document.source
    assert document.lines


# ---- which line wins -------------------------------------------------------------------------


def test_the_line_that_names_most_wins():
    city, tier = line("city"), line("tier", tier="high")
    both = line("both", tier="high", district="구로구")
    lines = [city, tier, both]
    assert choose(lines, case()) is city
    assert choose(lines, case(tier="high")) is tier
    assert choose(lines, case(tier="high", district="구로구")) is both
    assert choose([tier], case()) is None


def test_hours_run_over_midnight_and_days_off_are_not_working_days():
    night, off = line("night", since=18, until=9), line("off", day="off", since=9, until=18)
    found = {hour: choose([night, off], case(hour=hour)) for hour in range(24)}
    assert [hour for hour, one in found.items() if one is night] == [*range(9), *range(18, 24)]
    assert found[12] is None
    assert choose([night, off], case(hour=12, day="off")) is off


def test_a_cry_for_help_is_meant_by_name_only():
    assert choose([line("all")], case(kind="sos")) is None
    assert choose([line("all")], case(kind="return")) is not None
    named = line("cry", kind="sos")
    assert choose([line("all"), named], case(kind="sos")) is named


def test_a_home_seen_through_two_services_is_judged_by_the_one_that_looks_oftest():
    plug, calls = line("plug", service="smart_plug"), line("calls", service="ai_call_vendor")
    both = case(services=("smart_plug", "ai_call_vendor"))
    assert choose([calls, plug], both) is plug
    assert choose([calls, plug], case(services=("ai_call_vendor",))) is calls
    assert list(undecided([calls, plug])) == []


def test_lines_between_which_nothing_decides_are_found_and_a_narrower_third_decides():
    tier, district = line("tier", tier="high"), line("gu", district="구로구")
    assert list(undecided([tier, district])) == [(tier, district)]
    third = line("both", tier="high", district="구로구")
    assert list(undecided([tier, district, third])) == []
    by_night = line("both", tier="high", district="구로구", since=18, until=9)
    assert list(undecided([tier, district, by_night])) == [(tier, district)]  # not by day
    assert list(undecided([line(tier="high"), line(tier="low")])) == []
    early, late = line(since=0, until=9), line(since=8, until=12)
    assert list(undecided([early, late])) == [(early, late)]
    assert list(undecided([early, line(since=9, until=12)])) == []


def test_a_tie_is_refused_when_read_with_both_lines():
    text = GOOD + '[[rule]]\nladder = "night"\ntier = "high"\nhours = "00-05"\n'
    assert faults(text) == ["21: 25번째 줄의 [[rule]]과 같은 신호에 맞고 둘 다 똑같이 좁습니다."]
    parse_protocol(text.replace('"00-05"', '"10-17"'))


maybe = st.sampled_from
LINES = st.lists(
    st.builds(
        Line,
        course=maybe("abc"),
        kind=maybe(("", "silence", "sos")),
        service=maybe(("", *SERVICES[:3])),
        tier=maybe(("", "low", "high")),
        district=maybe(("", "구로구")),
        day=maybe(("", "off")),
        since=st.integers(0, 23),
        until=st.integers(0, 23),
    ),
    max_size=6,
)
CASES = st.builds(
    Case,
    kind=maybe(("silence", "watch", "return", "sos")),
    services=st.lists(maybe(SERVICES), max_size=3, unique=True).map(tuple),
    tier=maybe(("low", "mid", "high")),
    district=maybe(("구로구", "관악구")),
    day=maybe(("working", "off")),
    hour=st.integers(0, 23),
)


@given(lines=LINES, one=CASES, seed=st.integers())
def test_choosing_is_total_and_the_order_of_the_lines_changes_nothing(lines, one, seed):
    found = choose(lines, one)
    fitting = [each for each in lines if each.fits(one)]
    assert (found is None) == (not fitting)
    if found is not None:
        assert found in fitting
        assert found.narrowness == max(each.narrowness for each in fitting)
    shuffled = list(lines)
    Random(seed).shuffle(shuffled)
    assert choose(shuffled, one) == found


@given(lines=LINES, one=CASES)
def test_what_is_not_refused_is_decided_by_what_is_named(lines, one):
    if list(undecided(lines)):
        return
    fitting = [each for each in lines if each.fits(one)]
    top = [f for f in fitting if f.narrowness == max(each.narrowness for each in fitting)]
    assert len({each.service for each in top}) == len(top)  # or by the service that looks oftest


# ---- what a ladder would have made of it -----------------------------------------------------

MESSAGE = Rung(do="message", wait_s=3600, level=Level.WATCH)
CALL = Rung(do="call", wait_s=600, level=Level.CAUTION)
CONTACT = Rung(do="contact", wait_s=600, level=Level.CRITICAL)
VISIT = Rung(do="dispatch", wait_s=1800, level=Level.CRITICAL)
JOINT = Rung(do="joint", wait_s=1800, level=Level.CRITICAL)
SLOW, QUICK = (MESSAGE, CALL, CALL, VISIT, JOINT), (CALL, VISIT, JOINT)
BEGAN = datetime(2026, 11, 20, 3, tzinfo=UTC)


def past(*calls: tuple[int, str], sign: int | None = None, found: int | None = None, **told: bool):
    return Past(
        began_at=BEGAN,
        calls=tuple(Heard(after=n * MINUTE, to_home=True, result=r) for n, r in calls),
        sign_after=None if sign is None else sign * MINUTE,
        found_after=None if found is None else found * MINUTE,
        is_crisis=told.get("is_crisis", False),
    )


def minutes(span: timedelta | None) -> int | None:
    return None if span is None else int(span / MINUTE)


def test_who_never_answers_is_visited_when_the_ladder_says_so():
    slow, quick = replay(SLOW, past()), replay(QUICK, past())
    assert [minutes(s) for s in (slow.person, slow.visit, slow.joint)] == [60, 80, None]
    assert [minutes(s) for s in slow.calls] == [60, 70]
    assert [minutes(s) for s in (quick.person, quick.visit)] == [0, 10]


def test_a_call_is_answered_as_the_nearest_before_it_was():
    silent_then_safe = past((5, "no_answer"), (65, "safe"))
    assert minutes(replay(SLOW, silent_then_safe).end) == 70  # the call of 60 was too early
    assert replay(SLOW, silent_then_safe).visit is None
    assert minutes(replay(QUICK, silent_then_safe).visit) == 10  # by then nobody had answered
    assert minutes(replay(SLOW, past((5, "safe"))).end) == 60
    assert minutes(replay(SLOW, past((5, "help"))).joint) == 60


def test_a_sign_that_comes_by_itself_ends_either_ladder_when_it_came():
    assert replay(SLOW, past(sign=30)).person is None
    assert minutes(replay(SLOW, past(sign=30)).end) == 30
    assert minutes(replay(SLOW, past(sign=30), confirms=True).person) == 30
    assert minutes(replay(QUICK, past(sign=30)).visit) == 10  # the quick one was there before
    assert replay(SLOW, past(found=30), confirms=True).person is None  # no sign to confirm


def test_only_a_crisis_goes_on_from_the_door_to_119():
    assert minutes(replay(SLOW, past(is_crisis=True)).joint) == 110
    assert replay(SLOW, past()).joint is None


def test_a_wrong_number_is_not_dialled_twice_but_the_relative_is():
    found = replay((CALL, CALL, CONTACT, VISIT), past((1, "bad_number")))
    assert [minutes(s) for s in found.calls] == [0, 10]  # home once, the relative once
    assert minutes(found.visit) == 20


def test_the_sums_and_shifts_count_what_stands_there():
    pasts = [past(), past((5, "safe")), past(sign=30), past(sign=5)]
    pairs = [(replay(SLOW, one), replay(QUICK, one)) for one in pasts]
    moved = shifts(pairs)
    assert (moved.earlier, moved.newly, moved.later, moved.never) == (2, 2, 0, 0)
    back = shifts([(new, old) for old, new in pairs])
    assert (back.later, back.no_more) == (2, 2)
    old, new = (summed(some, nightly=[0] * 4) for some in zip(*pairs, strict=True))
    assert (old.persons, old.calls, old.visits) == (2, 3, 1)
    assert (new.persons, new.calls, new.visits) == (4, 4, 2)
    assert (minutes(old.visit_median), minutes(new.visit_median)) == (80, 10)
    assert weight(*pairs[0]) == 130 * MINUTE
    assert weight(pairs[0][0], pairs[0][0]) == timedelta()
