from django.urls import path
from django.views.generic import RedirectView

from . import shell, views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="round"), name="round_home"),
    path("/", shell.page, name="round"),
    path("/worker.js", shell.worker, name="round_worker"),
    path("/manifest.webmanifest", shell.manifest, name="round_manifest"),
    path("/unlock", views.unlock, name="round_unlock"),
    path("/pack", views.pack, name="round_pack"),
    path("/sync", views.sync, name="round_sync"),
    path("/help", views.call_help, name="round_help"),
    path("/pins", views.pins, name="round_pins"),
    path("/end", views.end, name="round_end"),
]
