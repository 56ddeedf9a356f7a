"""A year at a glance: what could not be seen looks otherwise than what was seen and still."""

from datetime import date, timedelta

from anbu.care.readings.queries import Day
from anbu.desks.control_room import household_svg


def day(nth: int, *, signs: bool, blind: int = 0) -> Day:
    return Day(
        on=date(2026, 1, 1) + timedelta(days=nth),
        signs=tuple(int(signs and h == 8) for h in range(24)),
        blind=tuple(h < blind for h in range(24)),
        first=8 * 60 if signs else None,
    )


def test_a_blind_day_is_hatched_and_a_silent_one_is_a_ring() -> None:
    lived, silent, blind = day(0, signs=True), day(1, signs=False), day(2, signs=False, blind=24)
    drawn = household_svg.year([lived, silent, blind, lived])
    assert drawn.count('class="miss"') == 1
    assert drawn.count('class="hz"') == 1
    assert "보았으나 신호가 없던 날 1일, 볼 수 없던 날 1일." in drawn
    only = household_svg.year([lived, blind, lived])
    assert 'class="miss"' not in only
    assert 'class="hz"' not in household_svg.year([lived, silent, lived])
    assert [said for _, said in household_svg.day_rows([silent, blind])] == [
        "볼 수 없음",
        "신호 없음",
    ]


def test_today_may_still_show_a_sign() -> None:
    assert 'class="miss"' not in household_svg.year([day(0, signs=True), day(1, signs=False)])
