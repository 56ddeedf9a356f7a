from django.apps import AppConfig
from django.db.backends.signals import connection_created


class FoundationConfig(AppConfig):
    name = "anbu.care.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let each connection that is taken out of the pool act for nobody yet."""
        from .actions import begin_anew  # noqa: PLC0415  the tables are known only now
        from .queries import among  # noqa: F401, PLC0415  registers itself

        connection_created.connect(begin_anew)
