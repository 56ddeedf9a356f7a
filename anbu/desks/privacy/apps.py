from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "anbu.desks.privacy"
    label = "privacy"
