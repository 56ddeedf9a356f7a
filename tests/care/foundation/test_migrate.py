"""Who draws less while migrating has drawn the same in the end."""

from typing import Any

from django.apps.registry import Apps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from anbu.care.foundation.management.commands.migrate import drawing_less

UNTIL = ("alarms", "0009_mass_brake")


def test_who_draws_less_has_drawn_the_same() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    assert state.apps, "from here on every step draws"
    with drawing_less():
        for node in loader.graph.forwards_plan(UNTIL):
            loader.get_migration(*node).mutate_state(state, preserve=False)
    afresh = loader.project_state(UNTIL)
    assert state == afresh
    assert drawn(state.apps) == drawn(afresh.apps)
    assert len(drawn(state.apps)) > 20


def test_what_was_taken_from_django_is_given_back() -> None:
    usual = dict(vars(ProjectState))
    with drawing_less():
        assert dict(vars(ProjectState)) != usual
    assert dict(vars(ProjectState)) == usual


def drawn(apps: Apps) -> dict[str, Any]:
    """Return of every model what tables are made from, and who hangs together with it."""
    return {
        model._meta.label: (
            [
                (field.name, field.column, field.related_model and field.related_model._meta.label)
                for field in model._meta.fields
            ],
            sorted(pointing(model)),
            sorted(each.name for each in model._meta.indexes),
            sorted(each.name for each in model._meta.constraints),
        )
        for model in apps.get_models(include_auto_created=True)
    }


def pointing(model: Any) -> list[str]:
    """Return which fields of others point to a model."""
    hidden = model._meta.get_fields(include_hidden=True)
    return [
        f"{each.related_model._meta.label}.{each.field.name}"
        for each in hidden
        if each.auto_created and not each.concrete
    ]
