from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "anbu.care.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Build the walls around whatever tables a migration leaves: none can be forgotten."""
        post_migrate.connect(_build_walls, dispatch_uid="anbu.walls")


def _build_walls(sender: AppConfig, using: str, **_more: Any) -> None:
    from .actions.walls import build_walls  # noqa: PLC0415  the tables are known only now
    from .rules.walls import WALLED_ROOMS  # noqa: PLC0415

    if sender.label in WALLED_ROOMS:
        build_walls(sender, connections[using])
