from django.urls import URLPattern, URLResolver, include, path

from anbu.config.metrics import metrics
from anbu.desks.api import receipts
from anbu.desks.api.http import api

api.add_router("", receipts.router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("anbu.desks.api.health")),
    path("", include("anbu.desks.entrance.urls")),
    path("", include("anbu.desks.control_room.urls")),
    path("me", include("anbu.desks.citizen.urls")),
    path("go", include("anbu.desks.field.urls")),
    path("round", include("anbu.desks.rounds.urls")),
    path("", include("anbu.desks.privacy.urls")),
    path("metrics", metrics),
    path("api/v1/", api.urls),
]
