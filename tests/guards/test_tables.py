"""What must be complete: states, roles, pages made from tables, and the ties between tables."""

import itertools
import runpy
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from anbu.care.alarms import rules
from anbu.config import city, reactions, roles, watch

ROOT = Path(__file__).resolve().parents[2]


def test_every_state_stands_in_the_table_and_can_be_reached_and_left() -> None:
    assert set(rules.NEXT) == set(rules.State)
    reached = set(itertools.chain.from_iterable(rules.NEXT.values())) | {rules.State.RAISED}
    assert reached == set(rules.State)
    assert {state for state, after in rules.NEXT.items() if not after} == {rules.State.CLOSED}


def test_every_outcome_stands_in_exactly_one_group() -> None:
    grouped = list(itertools.chain.from_iterable(rules.OUTCOME_GROUPS.values()))
    assert sorted([*grouped, *rules.BY_ITSELF]) == sorted(rules.Outcome)


def test_the_page_of_states_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "states.py"))["text"]()
    assert (ROOT / "docs" / "states.md").read_text() == made, "run: make states"


def test_the_page_of_rights_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "access.py"))["text"]()
    assert (ROOT / "docs" / "access.md").read_text() == made, "run: make access"


def test_the_page_of_retention_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "retention.py"))["text"]()
    assert (ROOT / "docs" / "retention.md").read_text() == made, "run: make retention"


def test_what_is_started_can_be_run_and_is_watched() -> None:
    assert set(city.ROLES) == set(roles.ROLES) - {"rehearsal"}
    assert set(city.ROLES) - {"watchdog"} <= set(watch.WATCHED)
    names = [each.name for each in reactions.REACTIONS]
    assert names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_nothing_about_a_person_vanishes_with_something_else(model: type[models.Model]) -> None:
    if not model.__module__.startswith("anbu."):
        return
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey | models.OneToOneField):
            assert field.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{field.name}"
