from django.apps import AppConfig


class CitizenDeskConfig(AppConfig):
    name = "anbu.desks.citizen"
    label = "citizen_desk"
