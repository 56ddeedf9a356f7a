from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AssessConfig(AppConfig):
    name = "anbu.care.assess"
    label = "assess"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Wall the answers in as people's own tables are: they are data about health."""
        post_migrate.connect(_build_walls, sender=self)


def _build_walls(sender: AppConfig, using: str, **_more: Any) -> None:
    from anbu.care.people.actions.walls import build_walls  # noqa: PLC0415  tables known only now

    build_walls(sender, connections[using])
