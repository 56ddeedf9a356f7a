from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    name = "anbu.care.errands"
    label = "errands"
    default_auto_field = "django.db.models.BigAutoField"
