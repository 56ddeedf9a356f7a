from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models import Field, ForeignObject


class FoundationConfig(AppConfig):
    name = "anbu.care.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let a new connection act for nobody yet, and let columns be asked `among` keys."""
        from .actions import begin_anew  # noqa: PLC0415  the tables are known only now
        from .queries.among import Among  # noqa: PLC0415

        connection_created.connect(begin_anew)
        for kind in (Field, ForeignObject):
            kind.register_lookup(Among)
