from django.apps import AppConfig


class ControlRoomConfig(AppConfig):
    name = "anbu.desks.control_room"
    label = "control_room"
