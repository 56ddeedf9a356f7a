"""The search for canaries finds what it looks for: plain, in an address, and nothing else."""

from tests.walks.canaries import found_in

WORDS = frozenset({"윤정례", "010-0000-4321"})


def test_a_name_is_found_plain_and_in_an_address():
    assert found_in("called 윤정례 at noon", WORDS) == ["윤정례"]
    assert found_in("/households?q=%EC%9C%A4%EC%A0%95%EB%A1%80", WORDS) == ["윤정례"]
    assert found_in("tel:010-0000-4321", WORDS) == ["010-0000-4321"]


def test_a_line_with_ids_alone_holds_nobody():
    assert found_in("/households/0199a3f0-7c1e-7d10-8000-000000000001?tab=signals", WORDS) == []
