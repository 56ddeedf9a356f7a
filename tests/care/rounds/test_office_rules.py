"""활동일지, programmes, and days without contact: pure rules."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.rounds.rules import (
    EDGES,
    Kind,
    NotAllowed,
    Pay,
    Worked,
    after,
    attendance_id,
    check_amount,
    check_programme,
    check_signing,
    digest_of,
    first_of,
    lines_of,
    month_of,
    runs_out,
    seated,
    spread_of,
    worked_once,
)

NOV = date(2026, 11, 1)
HOME, OTHER = UUID(int=1), UUID(int=2)


def worked(n: int, day: int = 2, **told: object) -> Worked:
    usual: dict = {"home": HOME, "kind": Kind.CALL, "minutes": 12, "is_own": True}
    return Worked(id=UUID(int=n), day=NOV.replace(day=day), **(usual | told))


def test_a_day_is_a_line_with_its_rows():
    rows = [
        worked(1),
        worked(2, kind=Kind.VISIT, minutes=35, home=OTHER),
        worked(3, day=1, kind=Kind.NOTE, minutes=10),
        worked(1),  # told twice
    ]
    one, two = lines_of(rows)
    assert (one.day.day, one.minutes, one.calls, one.visits, one.others) == (1, 10, 0, 0, 1)
    assert (two.day.day, two.minutes, two.calls, two.visits, two.others) == (2, 47, 1, 1, 0)
    assert two.contacts == (UUID(int=1), UUID(int=2))


def test_a_visit_told_by_both_is_made_once():
    mine = worked(1, kind=Kind.VISIT, minutes=30)
    theirs = worked(2, kind=Kind.VISIT, minutes=40, is_own=False)
    elsewhere = worked(3, kind=Kind.VISIT, minutes=40, is_own=False, home=OTHER)
    assert worked_once([theirs, mine, elsewhere]) == [mine, elsewhere]
    assert worked_once([theirs]) == [theirs]  # told by the partner alone it counts too


@given(st.permutations(range(6)))
def test_the_same_log_has_the_same_digest_in_any_order(order: list[int]):
    rows = [worked(n, day=n + 1, home=UUID(int=n)) for n in order]
    lines = lines_of(rows)
    sums = month_of([(line.day, line.minutes) for line in lines], Pay())
    told = {"worker": 1, "month": NOV, "sums": sums, "full": 396_000}
    assert digest_of(lines=lines, **told) == digest_of(
        lines=lines_of(sorted(rows, key=str)), **told
    )


def test_another_row_or_minute_or_worker_makes_another_digest():
    def digest(*rows: Worked, worker: int = 1, full: int = 396_000) -> str:
        lines = lines_of(rows)
        sums = month_of([(line.day, line.minutes) for line in lines], Pay())
        return digest_of(worker=worker, month=NOV, lines=lines, sums=sums, full=full)

    usual = digest(worked(1))
    others = {
        digest(worked(2)),
        digest(worked(1, minutes=13)),
        digest(worked(1, kind=Kind.NOTE)),
        digest(worked(1, day=3)),
        digest(worked(1), worker=2),
        digest(worked(1), full=400_000),
        digest(),
    }
    assert usual not in others
    assert len(others) == 7


def test_two_people_sign_and_what_changed_is_not_signed():
    told = {"confirmed": "a", "present": "a", "confirmed_by": 1, "signs": 2}
    check_signing(**told)
    with pytest.raises(NotAllowed, match="다른 사람"):
        check_signing(**told | {"signs": 1})
    with pytest.raises(NotAllowed, match="기록이 바뀌었습니다"):
        check_signing(**told | {"present": "b"})


def test_a_month_begins_on_its_first_day():
    assert first_of(date(2026, 11, 30)) == NOV
    assert after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert after(date(2026, 1, 1)) == date(2026, 2, 1)


def test_a_paper_that_runs_out_is_shown_before_it_does():
    today = date(2026, 11, 23)
    said = [runs_out(None, today)] + [
        runs_out(date(2026, *day), today) for day in ((11, 22), (11, 23), (12, 23), (12, 24))
    ]
    assert said == ["none", "over", "soon", "soon", "valid"]


def test_a_slip_of_the_finger_is_no_help():
    check_amount(0)
    check_amount(100_000_000)
    for amount in (-1, 100_000_001):
        with pytest.raises(NotAllowed):
            check_amount(amount)


def test_first_come_first_in_and_who_leaves_makes_room():

    assert seated(list("abcd"), 3) == (("a", "b", "c"), ("d",))
    assert seated(list("acd"), 3) == (("a", "c", "d"), ())


def test_attendance_has_one_id_and_what_puts_it_right_another():
    one, two = uuid4(), uuid4()
    assert attendance_id(one, HOME) == attendance_id(one, HOME, 0)
    ids = {
        attendance_id(*which) for which in ((one, HOME), (one, OTHER), (two, HOME), (one, HOME, 1))
    }
    assert len(ids) == 4


def test_no_day_holds_a_programme_of_a_minute_or_of_a_thousand_people():
    check_programme(minutes=90, capacity=12)
    for wrong in ({"minutes": 5, "capacity": 12}, {"minutes": 800, "capacity": 12}):
        with pytest.raises(NotAllowed):
            check_programme(**wrong)
    for capacity in (0, 201):
        with pytest.raises(NotAllowed):
            check_programme(minutes=90, capacity=capacity)


def test_days_are_a_distribution():
    told = [0, 3, 4, 7, 8, 14, 15, 30, 31, 61, 62, 400]
    found = spread_of(told)
    assert found.bins == (2, 2, 2, 2, 2, 2)
    assert (found.median, found.p90, found.longest) == (14, 62, 400)
    assert spread_of([]).longest is None
    assert spread_of([]).bins == (0,) * (len(EDGES) + 1)


@given(st.lists(st.integers(0, 500), min_size=1))
def test_every_person_stands_in_one_bin_and_quantiles_are_of_somebody(days: list[int]):
    found = spread_of(days)
    assert sum(found.bins) == found.people == len(days)
    assert {found.median, found.p90, found.longest} <= set(days)
    assert sum(day <= found.median for day in days) * 2 >= len(days)  # type: ignore[operator]
    assert sum(day <= found.p90 for day in days) * 10 >= len(days) * 9  # type: ignore[operator]
