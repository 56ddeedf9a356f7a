"""By which turns people are told, until one of them acknowledges. Pure."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.effects.rules import (
    COUNTING,
    BadOrder,
    By,
    Callee,
    Kind,
    Pace,
    Standing,
    Turn,
    check_order,
    clean_number,
    due,
    filled,
    free_at,
    freeze_order,
    moments,
    read_shipped,
    thaw_order,
)

T0 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
USUAL = (Turn(By.PUSH, 0), Turn(By.SMS, 60), Turn(By.CALL, 180))
EVERY = frozenset(By)
PACE = Pace(first_s=60, longest_s=300, after_last_s=120)


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def callee(id: int = 1, *, order=USUAL, can=EVERY, since=T0) -> Callee:
    return Callee(id=id, since=since, order=order, can=can)


def told(who: Callee, level: int = 3) -> list[tuple[float, str]]:
    plan = moments(who, Standing(began_at=T0, level=level))
    return [((at - T0).total_seconds(), str(by)) for at, by in plan]


def test_a_critical_signal_rings_by_browser_then_text_then_call():
    assert told(callee()) == [(0, "push"), (60, "sms"), (240, "call")]


def test_what_is_less_grave_leaves_the_desk_five_times_as_long():
    assert told(callee(), level=2) == [(0, "push"), (300, "sms"), (1200, "call")]


def test_a_way_that_leads_nowhere_costs_no_time():
    assert told(callee(can={By.SMS, By.CALL})) == [(0, "sms"), (180, "call")]
    assert told(callee(can={By.CALL})) == [(0, "call")]
    assert told(callee(can=())) == []


def test_who_comes_on_duty_later_is_told_from_then_on():
    assert told(callee(since=after(100)))[0] == (100, "push")


def test_where_nobody_can_be_reached_all_are_called_at_once():
    step = due(Standing(began_at=T0, level=3), [callee(can=())], pace=PACE, now=T0)
    assert (step.turns, step.calls_all, step.rounds) == ([], True, 1)
    assert step.next_at == after(60)


def test_the_all_call_waits_for_everybodys_turns_and_some_more():
    standing = Standing(began_at=T0, level=3, told_until=after(240))
    assert not due(standing, [callee()], pace=PACE, now=after(359)).calls_all
    assert due(standing, [callee()], pace=PACE, now=after(360)).calls_all


def test_the_all_call_comes_later_each_time_and_then_keeps_its_pace():
    standing, at, gaps = Standing(began_at=T0, level=3), T0, []
    for _ in range(7):
        step = due(standing, [], pace=PACE, now=at)
        assert step.calls_all
        gaps.append((step.next_at - at).total_seconds())
        at = step.next_at
        standing = Standing(
            began_at=T0, level=3, told_until=at, rounds=step.rounds, round_at=step.round_at
        )
    assert gaps == [60, 120, 240, 300, 300, 300, 300]


TURNS = st.builds(Turn, st.sampled_from(By), st.integers(1, 1800))
ORDERS = st.lists(TURNS, min_size=1, max_size=4).map(
    lambda turns: (Turn(turns[0].by, 0), *turns[1:])
)
CALLEES = st.lists(
    st.builds(
        lambda order, can, late: (order, can, late),
        ORDERS,
        st.frozensets(st.sampled_from(By)),
        st.integers(0, 900),
    ),
    max_size=4,
)
SEEN = Counter[str]()


@given(
    people=CALLEES,
    level=st.sampled_from([2, 3]),
    lags=st.lists(st.floats(0, 400), min_size=1, max_size=20),
    acknowledged_at=st.none() | st.integers(0, 20_000),
)
def test_a_telling_has_a_next_moment_until_a_human_acknowledges(
    people, level, lags, acknowledged_at
):
    """Sweeps come late, or not at all for a while (a process is killed): nothing is left out."""
    callees = [
        callee(nth, order=order, can=can, since=after(late))
        for nth, (order, can, late) in enumerate(people)
    ]
    standing, now, taken, rounds = Standing(began_at=T0, level=level), T0, Counter(), []
    for nth in range(60):
        if acknowledged_at is not None and now >= after(acknowledged_at):
            SEEN["acknowledged"] += 1
            return
        step = due(standing, callees, pace=PACE, now=now)
        taken.update(step.turns)
        if step.calls_all:
            rounds.append(now)
        assert step.next_at > now
        lag = timedelta(seconds=lags[nth % len(lags)])
        standing = Standing(
            began_at=T0,
            level=level,
            told_until=step.told_until,
            rounds=step.rounds,
            round_at=step.round_at,
        )
        now = step.next_at + lag
    every = Counter((one.id, by) for one in callees for _, by in moments(one, standing))
    assert taken == every  # each turn once: none forgotten, none twice
    assert len(rounds) >= 3
    SEEN["all called"] += 1
    longest = timedelta(seconds=PACE.longest_s + max(lags))
    ends = [at for one in callees for at, _ in moments(one, standing)]
    last = max(ends, default=T0) + timedelta(seconds=PACE.after_last_s * (5 if level == 2 else 1))
    if ends:
        assert last <= rounds[0] <= last + timedelta(seconds=max(lags))
    else:
        assert rounds[0] == T0
    assert all(b - a <= longest for a, b in zip(rounds, rounds[1:], strict=False))


def test_the_property_reached_both_ends():
    assert SEEN["acknowledged"] > 5
    assert SEEN["all called"] > 5


@given(wishes=st.lists(st.integers(0, 9000), max_size=150).map(sorted))
def test_a_telephone_rings_neither_too_soon_nor_too_often_and_never_for_good_not(wishes):
    rang: list[datetime] = []
    for wish in wishes:
        now = after(wish)
        if rang and rang[-1] > now:
            continue  # one is waiting: the wish goes along
        at = free_at(rang, apart_s=60, an_hour=15, then_apart_s=300, now=now)
        assert now <= at <= now + timedelta(seconds=300)
        rang.append(at)
    pairs = zip(rang, rang[1:], strict=False)
    assert all(b - a >= timedelta(seconds=60) for a, b in pairs)
    for nth, at in enumerate(rang):
        before = [one for one in rang[:nth] if at - timedelta(minutes=55) < one]
        assert len(before) < 15 or at - before[-1] >= timedelta(seconds=300)


def test_who_is_wanted_all_the_time_hears_fifteen_quick_rings_and_then_slow_ones():
    rang: list[datetime] = []
    for wish in range(0, 3600, 5):
        if not rang or rang[-1] <= after(wish):
            rang.append(free_at(rang, apart_s=60, an_hour=15, then_apart_s=300, now=after(wish)))
    gaps = [(b - a).total_seconds() for a, b in zip(rang, rang[1:], strict=False)]
    assert gaps == [60.0] * 14 + [300.0] * 10


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (Turn(By.SMS, 10),),
        (Turn(By.SMS, 0), Turn(By.SMS, 0)),
        (Turn(By.SMS, 0), Turn(By.SMS, 1801)),
        tuple(Turn(By.SMS, nth) for nth in range(5)),
    ],
)
def test_an_order_that_reaches_nobody_is_refused(turns):
    with pytest.raises(BadOrder):
        check_order(turns)


def test_an_order_is_kept_as_it_was_said():
    assert thaw_order(freeze_order(check_order(USUAL))) == USUAL


@pytest.mark.parametrize("number", ["010-1234-5678", "01012345678", "02-123-4567", ""])
def test_a_number_is_kept(number):
    assert clean_number(number) == number


@pytest.mark.parametrize("number", ["900101-1234567", "010-12", "moon", "010-1234-5678;1"])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(BadOrder):
        clean_number(number)


def test_the_words_to_colleagues_have_a_place_for_a_count_and_for_nothing_else():
    for kind in COUNTING:
        template = read_shipped()[kind]
        assert template.text.count("{") == 1
        assert "3건" in filled(template, {"건수": "3"})
        with pytest.raises(KeyError):
            filled(template, {"이름": "윤정례"})
    assert Kind.DUTY_CALL in COUNTING
