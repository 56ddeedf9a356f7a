"""One clock a person, from a log that only grows: order and repetition change nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from anbu.care.rounds.rules.clock import Row, clock_of, done_on, promised_in, standing
from anbu.care.rounds.rules.contacts import MAY_END, Kind, Result

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # half past nine in Seoul


def row(n: int, hours: float, kind: Kind, result: Result, replaces: int | None = None) -> Row:
    other = UUID(int=replaces) if replaces is not None else None
    at = MORNING + timedelta(hours=hours)
    return Row(id=UUID(int=n), at=at, kind=kind, result=result, replaces=other)


@some.composite
def logs(draw: some.DrawFn) -> list[Row]:
    rows = []
    for n in range(draw(some.integers(0, 25))):
        kind = draw(some.sampled_from(list(Kind)))
        result = draw(some.sampled_from(sorted(MAY_END[kind])))
        replaces = draw(some.one_of(some.none(), some.integers(0, 25)))
        rows.append(row(n, draw(some.integers(-500, 500)), kind, result, replaces))
    return rows


@given(logs(), some.randoms(use_true_random=False))
def test_a_log_told_late_twice_and_in_any_order_makes_one_clock(log, dice):
    once = clock_of(log)
    again = [*log, *log]
    dice.shuffle(again)
    assert clock_of(again) == once


@given(logs())
def test_a_real_contact_more_never_sets_the_clock_back(log):
    before = clock_of(log).contact_at
    after = clock_of([*log, row(99, 0, Kind.AI_CALL, Result.REACHED)]).contact_at
    assert after is not None
    assert before is None or after >= before


def test_what_was_tried_in_vain_moves_nothing_but_is_counted():
    log = [
        row(1, 0, Kind.CALL, Result.REACHED),
        row(2, 24, Kind.CALL, Result.NO_ANSWER),
        row(3, 25, Kind.VISIT, Result.NO_ANSWER),
        row(4, 26, Kind.NOTE, Result.LEFT),
    ]
    told = clock_of(log)
    assert (told.contact_at, told.tries) == (MORNING, 3)
    assert told.visit_at is None
    assert (told.tried_by_hour[0], told.answered_by_hour[0]) == (2, 1)
    taken = clock_of([*log, row(5, 50, Kind.NOTE, Result.TAKEN)])
    assert (taken.contact_kind, taken.tries) == (Kind.NOTE, 0)


def test_a_correction_puts_right_what_it_names():
    wrong = row(1, 0, Kind.CALL, Result.REACHED)
    right = row(2, 0, Kind.CALL, Result.NO_ANSWER, replaces=1)
    assert clock_of([right, wrong]).contact_at is None
    back = row(3, 0, Kind.CALL, Result.REACHED, replaces=2)
    assert clock_of([wrong, back, right]).contact_at == MORNING
    assert clock_of([wrong, back, right]).tried_by_hour[0] == 1


def test_a_promise_stands_until_its_day_brings_a_word():
    friday = MORNING.date() + timedelta(days=3)
    asked = replace(row(1, 0, Kind.CALL, Result.REACHED), next_on=friday)
    early = row(2, 24, Kind.CALL, Result.REACHED)
    vain = row(3, 73, Kind.CALL, Result.NO_ANSWER)
    kept = row(4, 74, Kind.VISIT, Result.REACHED)
    assert promised_in(standing([asked])) == (asked, friday)
    assert promised_in(standing([vain, early, asked])) == (asked, friday)
    assert promised_in(standing([kept, vain, early, asked])) is None
    again = replace(row(5, 75, Kind.CALL, Result.REACHED), next_on=friday + timedelta(days=7))
    assert promised_in(standing([again, kept, asked])) == (again, friday + timedelta(days=7))


def test_a_day_is_done_by_its_first_real_contact():
    log = [
        row(1, 0, Kind.CALL, Result.NO_ANSWER),
        row(2, 1, Kind.CALL, Result.REACHED),
        row(3, 2, Kind.AI_CALL, Result.REACHED),
        row(4, 15.5, Kind.CALL, Result.REACHED),  # past midnight in Seoul
    ]
    today = MORNING.date()
    assert done_on(standing(log)) == {today: UUID(int=2), today + timedelta(days=1): UUID(int=4)}


def test_who_says_no_refuses_until_somebody_reaches_them():
    no = row(1, 0, Kind.CALL, Result.DECLINED)
    later_no = row(2, 48, Kind.CALL, Result.DECLINED)
    bag = row(3, 72, Kind.NOTE, Result.TAKEN)
    yes = row(4, 96, Kind.NEIGHBOUR, Result.SEEN)
    assert clock_of([later_no, bag, no, yes]).refuses_since == MORNING.date()
    assert clock_of([no, bag, row(5, 97, Kind.CALL, Result.REACHED)]).refuses_since is None
