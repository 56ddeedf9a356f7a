"""Who acts and what for: values that cannot be half."""

import pytest

from anbu.care.foundation.rules import KINDS_OF_PURPOSE, Purpose, Reach, machine


@pytest.mark.parametrize("kind", ["self", "homes", "dong", "district"])
def test_an_area_without_a_place_reaches_nobody(kind):
    assert Reach.of(kind) == Reach.of(kind, [None]) == Reach("nobody")


def test_a_reach_is_written_as_the_walls_read_it():
    assert str(Reach.of("dong", [18, 17, 17])) == "dong:17,18"
    assert str(Reach("city")) == "city"


def test_a_machine_reaches_every_home_and_says_so():
    assert (machine("clock").name, machine("clock").is_machine) == ("system:clock", True)


def test_only_known_purposes_can_be_named():
    with pytest.raises(ValueError, match="no such purpose"):
        Purpose("curiosity")  # type: ignore[arg-type]
    tasks = {kind for kind in KINDS_OF_PURPOSE if Purpose(kind).is_task}
    assert tasks == {"signal", "visit", "case", "call"}
    assert str(Purpose("signal", "7")) == "signal:7"
