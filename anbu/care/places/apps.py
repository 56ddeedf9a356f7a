from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anbu.care.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
