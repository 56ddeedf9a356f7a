from django.apps import AppConfig


class FieldDeskConfig(AppConfig):
    name = "anbu.desks.field"
    label = "field_desk"
