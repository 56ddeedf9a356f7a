from django.apps import AppConfig


class RoundsDeskConfig(AppConfig):
    name = "anbu.desks.rounds"
    label = "rounds_desk"
