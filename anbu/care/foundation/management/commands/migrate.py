"""Django's `migrate`, which need not draw every model anew at each of 670 steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    """Migrate as Django does; docs/decisions/0055 says what is left out and how it was proven."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date."""
        with drawing_less():
            super().handle(*args, **options)


@contextmanager
def drawing_less() -> Iterator[None]:
    """Let a new table, an index and a constraint leave the models around them as they are drawn.

    Django draws a model and all that hang together with it anew at each step, though a new model
    reaches its neighbours by itself, and an index or a constraint is nobody's neighbour. A step in
    Python gets all of them drawn afresh (`is_delayed`), as after any step that Django delays.
    """
    usual = {name: getattr(ProjectState, name) for name in QUICKER}
    for name, quicker in QUICKER.items():
        setattr(ProjectState, name, quicker)
    try:
        yield
    finally:
        for name, method in usual.items():
            setattr(ProjectState, name, method)


def _add_model(self: Any, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.apps.render_multiple([model_state])
        self.is_delayed = True


def _append_option(self: Any, app_label: str, model_name: str, option: str, new: Any) -> None:
    kept = self.models[app_label, model_name].options[option]
    _set_option(self, app_label, model_name, option, [*kept, new])


def _remove_option(self: Any, app_label: str, model_name: str, option: str, name: str) -> None:
    kept = self.models[app_label, model_name].options[option]
    _set_option(self, app_label, model_name, option, [each for each in kept if each.name != name])


def _set_option(state: Any, app_label: str, model_name: str, option: str, now: list[Any]) -> None:
    state.models[app_label, model_name].options[option] = now
    if "apps" in state.__dict__:
        setattr(state.apps.get_model(app_label, model_name)._meta, option, list(now))
        state.is_delayed = True


QUICKER = {
    "add_model": _add_model,
    "_append_option": _append_option,
    "_remove_option": _remove_option,
}
