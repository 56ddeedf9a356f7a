from django.urls import path

from . import views

urlpatterns = [
    path("/<slug:token>", views.job, name="go"),
    path("/<slug:token>/open", views.uncover, name="go_open"),
    path("/<slug:token>/way", views.way_in, name="go_way"),
    path("/<slug:token>/arrive", views.arrive, name="go_arrive"),
    path("/<slug:token>/report", views.report, name="go_report"),
]
