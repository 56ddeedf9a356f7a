"""Telephones put together: any order, any repetition, one state; two truths are asked about."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from anbu.care.rounds.rules.merge import Guarded, Told, missing, questions, united

HOME = UUID(int=1)
AT = datetime(2026, 11, 24, tzinfo=UTC)


def told(n: int, value: str, field: Guarded = Guarded.PHONE, home: UUID = HOME) -> Told:
    return Told(id=UUID(int=n), home=home, field=field, value=value, was="old", at=AT)


some_told = some.builds(
    told,
    some.integers(1, 50),
    some.sampled_from(["old", "a", "b"]),
    some.sampled_from(list(Guarded)),
    some.sampled_from([HOME, UUID(int=2)]),
)


@given(some.lists(some.frozensets(some_told), max_size=5), some.randoms(use_true_random=False))
def test_what_phones_tell_is_one_set_in_any_order_and_however_often(parts, dice):
    once = united(*parts)
    again = [*parts, *parts]
    dice.shuffle(again)
    assert united(*again) == once
    assert united(once, once) == once
    present = {(HOME, Guarded.PHONE): "old"}
    shuffled = list(once)
    dice.shuffle(shuffled)
    assert questions(shuffled, present) == questions(once, present)


@given(some.frozensets(some_told))
def test_no_value_that_somebody_told_is_lost(parts):
    asked = questions(parts, {})
    for one in parts:
        assert one.value in asked[one.home, one.field]


def test_two_different_values_are_both_kept_and_asked_about():
    present = {(HOME, Guarded.PHONE): "old"}
    two = [told(1, "010-0000-1111"), told(2, "010-0000-2222")]
    expected = ("old", "010-0000-1111", "010-0000-2222")
    assert questions(two, present) == {(HOME, Guarded.PHONE): expected}
    assert questions(reversed(two), present) == {(HOME, Guarded.PHONE): expected}
    assert questions([told(3, "old")], present) == {}  # as it stands already


def test_a_gap_in_a_telephones_count_is_seen():
    assert missing([1, 2, 5, 4], 6) == (3, 6)
    assert missing([], 2) == (1, 2)
    assert missing([1, 2, 2], 2) == ()
