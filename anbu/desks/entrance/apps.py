from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "anbu.desks.entrance"
    label = "entrance"

    def ready(self) -> None:
        """Hear from the library which second factor was shown."""
        from . import second  # noqa: PLC0415 - its signals need the apps to be there

        second.listen()
