from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class CitizensConfig(AppConfig):
    name = "anbu.care.citizens"
    label = "citizens"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Wall in what leads to a person, as people's own tables are."""
        post_migrate.connect(_build_walls, sender=self)


def _build_walls(sender: AppConfig, using: str, **_more: Any) -> None:
    from anbu.care.people.actions.walls import build_walls  # noqa: PLC0415  tables known only now

    build_walls(sender, connections[using])
