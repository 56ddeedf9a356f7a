"""Rosters without a table: rotations, what is needed, holes, who is told, what a file may say."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from anbu.care.foundation.rules import new_id
from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL, USUAL_HOURS, on_duty
from anbu.care.rosters.rules import (
    LETTERS,
    NEXT,
    NEXT_SWAP,
    OPEN,
    OPEN_SWAPS,
    REST,
    RISES,
    USUAL,
    Ahead,
    Entry,
    HoleState,
    Part,
    Planned,
    Rise,
    SwapState,
    calendar_of,
    check_pattern,
    check_turn,
    clashes,
    columns_of,
    holes,
    is_free,
    lay_out,
    month_of,
    read_line,
    short_rests,
    stair_at,
    stretches,
    tell_next_at,
    week_hours,
    weeks_of,
)

MONDAY = datetime(2026, 11, 23, tzinfo=SEOUL)
HOLIDAY = date(2026, 11, 25)  # a Wednesday that the tests make free
HOUR = timedelta(hours=1)
SIX = ((1,), (2,), (3,), (4,), (5,), (6,))


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def turn(staff: int, day: int, begins: float, ends: float, part: Part = Part.DUTY) -> Planned:
    return Planned(staff=staff, begins_at=at(day, begins), ends_at=at(day, ends), part=part)


def needed(kind: str, *, people: int = 1, days: int = 7, holidays=frozenset({HOLIDAY})):
    span = {"begins_at": MONDAY, "ends_at": MONDAY + timedelta(days=days)}
    return stretches(kind, needed=people, holidays=holidays, hours=USUAL_HOURS, **span)


def laid(pattern: str, teams, kind: str, *, days: int = 28, starts_on=date(2026, 11, 23)):
    return lay_out(
        pattern,
        teams=teams,
        starts_on=starts_on,
        first=date(2026, 11, 23),
        last=date(2026, 11, 23) + timedelta(days=days - 1),
        kind=kind,
        holidays={HOLIDAY},
        hours=USUAL_HOURS,
    )


def test_four_teams_and_two_shifts_cover_every_night_and_holiday_of_the_centre():
    turns = laid("주야비휴", SIX[:4], "centre")
    wanted = [each for each in needed("centre", days=27) if each.begins_at >= MONDAY]
    assert holes(turns, wanted) == ()
    one_short = laid("주야비휴", (*SIX[:3], ()), "centre")
    assert len(holes(one_short, wanted)) > 6


def test_a_rotation_of_the_dong_leaves_out_weekends_and_holidays():
    turns = laid("주주주주주휴휴", [(1,)], "dong")
    days = {each.begins_at.date() for each in turns}
    assert HOLIDAY not in days
    assert all(day.weekday() < 5 for day in days)
    assert len(days) == 4 * 5 - 1
    assert holes(turns, needed("dong", days=28)) == ()


def test_by_day_on_working_days_nobody_is_laid_out_at_the_centre():
    starts = {
        (each.begins_at.weekday(), each.begins_at.hour) for each in laid("주", [(1,)], "centre")
    }
    assert starts == {(5, 9), (6, 9), (2, 9)}  # Saturdays, Sundays, and the holiday


def test_round_the_clock_is_cut_to_when_the_centre_is_on_duty():
    monday = laid("당비휴", [(1,)], "centre", days=1)
    assert [(each.begins_at, each.ends_at) for each in monday] == [(at(0, 18), at(1, 9))]
    saturday = [each for each in laid("당", [(1,)], "centre") if each.begins_at.weekday() == 5]
    assert saturday[0].ends_at - saturday[0].begins_at == 24 * HOUR


def test_a_rotation_never_binds_anybody_twice_nor_lays_out_what_nobody_needs():
    laid_out = 0

    @given(
        pattern=st.text(st.sampled_from(LETTERS), min_size=1, max_size=12),
        teams=st.integers(1, 4),
        kind=st.sampled_from(["centre", "dong"]),
        begun=st.integers(-40, 20),
    )
    def run(pattern, teams, kind, begun) -> None:
        nonlocal laid_out
        pattern = pattern * teams  # any pattern divides among so many teams
        starts_on = date(2026, 11, 23) + timedelta(days=begun)
        turns = laid(pattern, [(n, n + 10) for n in range(teams)], kind, starts_on=starts_on)
        assert clashes(turns) == []
        for each in turns:
            assert each.begins_at.date() >= starts_on
            assert on_duty(each.begins_at, {HOLIDAY}, USUAL_HOURS) == kind
            assert on_duty(each.ends_at - HOUR / 60, {HOLIDAY}, USUAL_HOURS) == kind
        laid_out += len(turns)

    run()
    assert laid_out > 500


spans = st.tuples(st.integers(0, 14 * 24), st.integers(1, 24))


@given(
    rows=st.lists(st.tuples(st.integers(1, 4), spans), max_size=25),
    people=st.integers(1, 3),
    kind=st.sampled_from(["centre", "dong"]),
)
def test_holes_are_exactly_what_is_missing_at_every_instant(rows, people, kind):
    """On each half hour of two weeks: the number told is the number that is short."""
    turns = [
        Planned(staff=who, begins_at=MONDAY + HOUR * begin, ends_at=MONDAY + HOUR * (begin + long))
        for who, (begin, long) in rows
    ]
    found = holes(turns, needed(kind, people=people, days=14))
    for nth in range(14 * 48):
        instant = MONDAY + timedelta(minutes=30 * nth + 15)
        there = sum(each.begins_at <= instant < each.ends_at for each in turns)
        on = on_duty(instant, {HOLIDAY}, USUAL_HOURS) == kind
        told = [each.missing for each in found if each.begins_at <= instant < each.ends_at]
        assert told == ([people - there] if on and there < people else [])


def test_a_hole_keeps_its_beginning_while_time_goes_on():
    later = stretches(
        "centre",
        needed=1,
        begins_at=at(0, 21),
        ends_at=at(2, 0),
        holidays=(),
        hours=USUAL_HOURS,
    )
    assert later[0].begins_at == at(0, 18)
    assert holes([], later)[0] == holes([], needed("centre", days=2, holidays=()))[1]


def test_a_stretch_is_cut_where_offices_open_and_close():
    weekend = [each for each in needed("centre") if each.begins_at.weekday() == 5]
    assert [each.begins_at.hour for each in weekend] == [9, 18]
    assert needed("centre", people=0) == ()


def test_two_turns_clash_where_they_overlap_and_not_where_they_touch():
    assert clashes([turn(1, 0, 9, 18), turn(1, 0, 18, 33)]) == []
    assert clashes([turn(1, 0, 9, 18), turn(2, 0, 9, 18)]) == []
    long, one, other = turn(1, 0, 9, 33), turn(1, 0, 10, 11), turn(1, 0, 12, 13)
    assert clashes([other, one, long]) == [(long, one), (long, other)]


def test_who_rests_less_than_eleven_hours_is_told_of():
    assert REST == 11 * HOUR
    night, day = turn(1, 0, 18, 33), turn(1, 1, 19.5, 24)
    assert [each.rest for each in short_rests([night, day])] == [10.5 * HOUR]
    assert short_rests([night, turn(1, 1, 20, 24)]) == ()
    assert short_rests([night, turn(2, 1, 10, 18)]) == ()
    assert [each.rest for each in short_rests([night, turn(1, 1, 9, 18)])] == [timedelta(0)]
    assert short_rests([night, turn(1, 1, 10, 18, Part.ON_CALL)]) == ()


def test_hours_of_a_week_are_cut_at_midnight_of_monday():
    turns = [turn(1, 6, 18, 33), turn(1, 0, 9, 18), turn(2, 0, 9, 18, Part.ON_CALL)]
    assert week_hours(turns, monday=MONDAY.date()) == {1: 15 * HOUR}
    assert week_hours(turns, monday=(MONDAY + timedelta(days=7)).date()) == {1: 9 * HOUR}


@pytest.mark.parametrize(
    ("pattern", "teams"),
    [("", [(1,)]), ("주X", [(1,)]), ("비휴", [(1,)]), ("주야비", [(1,), (2,)]), ("주", [])]
    + [("주" * 29, [(1,)]), ("주야", [(1,), (1,)]), ("주야", [(1,), ()])],
)
def test_a_pattern_that_is_none_is_refused(pattern, teams):
    with pytest.raises(BadInput):
        check_pattern(pattern, teams=teams)


def test_the_usual_patterns_are_patterns():
    for pattern in USUAL:
        assert check_pattern(f" {pattern[:2]}-{pattern[2:]}", teams=[(1,)]) == pattern


def test_a_hole_is_told_higher_and_higher_before_it_opens():
    ahead, opens = Ahead(), at(7, 18)
    told = {
        "dong": [None, Rise.OFFICE, Rise.DISTRICT, Rise.CITY, Rise.CITY],
        "centre": [None, Rise.OFFICE, Rise.OFFICE, Rise.CITY, Rise.CITY],
    }
    for kind, stairs in told.items():
        for hours, stair in zip((73, 72, 24, 4, -1), stairs, strict=True):
            asked = {"kind": kind, "begins_at": opens, "now": opens - hours * HOUR, "ahead": ahead}
            assert stair_at(**asked) is stair, (kind, hours)


@given(
    kind=st.sampled_from(["dong", "centre"]),
    found=st.integers(-3, 20 * 24),
    late=st.lists(st.integers(1, 600), min_size=1, max_size=40),
)
def test_no_hole_goes_untold_however_late_the_clock_looks(kind, found, late):
    """Whoever looks when told to, or later, always finds the stair told that is due by then."""
    ahead, opens, now = Ahead(), MONDAY, MONDAY - found * HOUR
    tell_at: datetime | None = opens - ahead.before(RISES[kind][0])
    told: list[Rise] = []
    for minutes in late:
        assert tell_at is not None
        now = max(now, tell_at) + timedelta(minutes=minutes)
        stair = stair_at(kind=kind, begins_at=opens, now=now, ahead=ahead)
        assert stair is not None
        told.append(stair)
        asked = {"kind": kind, "begins_at": opens, "now": now, "ahead": ahead}
        tell_at = tell_next_at(is_taken=False, **asked)
        assert tell_at is not None
        assert tell_at > now
        coming = [opens - ahead.before(each) for each in RISES[kind]]
        assert all(each <= now or each >= tell_at for each in coming)  # none is passed over
    order = [RISES[kind].index(each) for each in told]
    assert order == sorted(order)


def test_who_took_it_on_is_not_told_again_but_the_next_stair_is():
    asked = {"kind": "dong", "begins_at": at(7, 9), "ahead": Ahead(), "is_taken": True}
    assert tell_next_at(now=at(6, 10), **asked) == at(7, 5)
    assert tell_next_at(now=at(7, 6), **asked) is None
    assert tell_next_at(now=at(7, 6), **(asked | {"is_taken": False})) == at(7, 6.5)


def test_every_state_stands_in_its_table_and_open_ones_can_end():
    assert set(NEXT) == set(HoleState)
    assert {state for state, after in NEXT.items() if after} == set(OPEN)
    assert set(NEXT_SWAP) == set(SwapState)
    assert {state for state, after in NEXT_SWAP.items() if after} == set(OPEN_SWAPS)
    for table in (NEXT, NEXT_SWAP):
        for state, after in table.items():
            assert state not in after


def test_a_calendar_is_korean_sunday_first_and_holidays_red():
    weeks = weeks_of(*month_of(date(2026, 11, 24)))
    assert weeks[0][0] == date(2026, 11, 1)
    assert weeks[-1][-1] == date(2026, 12, 5)
    assert is_free(date(2026, 11, 22), ())
    assert is_free(HOLIDAY, {HOLIDAY})
    assert not is_free(HOLIDAY, ())


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ((0, 9), (0, 9)),
        ((0, 9), (0, 9.1)),
        ((0, 9), (1, 9.5)),
        ((500, 9), (500, 18)),
        ((-40, 9), (-40, 18)),
    ],
)
def test_a_turn_that_cannot_be_is_refused(begins, ends):
    with pytest.raises(BadInput):
        check_turn(begins_at=at(*begins), ends_at=at(*ends), now=MONDAY)


LINE = {"on": "2026-11-24", "begins": "18:00", "ends": "09:00", "login": "moon"}


def test_a_line_of_a_file_is_a_turn():
    read = read_line(LINE, now=MONDAY)
    assert (read.begins_at, read.ends_at) == (at(1, 18), at(2, 9))
    assert (read.login, read.part, read.order) == ("moon", Part.DUTY, 0)
    told = {"on": "2026. 11. 24.".replace(" ", ""), "begins": "9:00:00", "ends": "24:00"}
    read = read_line({**LINE, **told, "part": "호출대기", "order": "2"}, now=MONDAY)
    assert (read.begins_at, read.ends_at, read.order) == (at(1, 9), at(2, 0), 2)


@pytest.mark.parametrize(
    ("cell", "text", "says"),
    [
        ("on", "11월 24일", "날짜를"),
        ("on", "2026-02-30", "날짜를"),
        ("begins", "25:00", "시작 칸"),
        ("ends", "아침", "끝 칸"),
        ("login", "", "아이디가"),
        ("part", "비번", "구분은"),
        ("part", "호출대기", "호출 순서"),
        ("login", "450101-2345678", "주민등록번호"),
        ("on", "2036-11-24", "너무 먼 날"),
    ],
)
def test_a_line_that_cannot_be_read_says_which_cell(cell, text, says):
    with pytest.raises(BadInput, match=says):
        read_line({**LINE, cell: text}, now=MONDAY)


def test_a_file_without_a_column_is_refused_by_its_name():
    assert columns_of(["날짜", "시작", "끝", "아이디"]) == {
        "on": 0,
        "begins": 1,
        "ends": 2,
        "login": 3,
    }
    with pytest.raises(BadInput, match="아이디"):
        columns_of(["날짜", "시작", "끝"])


def test_a_calendar_says_what_was_withdrawn_and_a_parser_that_is_not_ours_reads_it():
    ids = [new_id(), new_id()]
    told = {"title": "근무 · 관제센터", "begins_at": at(0, 18), "ends_at": at(1, 9)}
    entries = [
        Entry(id=ids[0], sequence=0, changed_at=at(0, 0), is_withdrawn=False, **told),
        Entry(id=ids[1], sequence=3, changed_at=at(0, 1), is_withdrawn=True, **told),
    ]
    body = calendar_of(entries, title="안부 근무")
    events = Calendar.from_ical(body).walk("VEVENT")
    assert [str(each["UID"]) for each in events] == [f"{id}@anbu" for id in ids]
    assert [str(each["STATUS"]) for each in events] == ["CONFIRMED", "CANCELLED"]
    assert [int(each["SEQUENCE"]) for each in events] == [0, 3]
    assert events[0].decoded("DTSTART") == at(0, 18)
    assert b"\r\n" in body
