from django.urls import path

from . import views

urlpatterns = [
    path("", views.door, name="me"),
    path("/in", views.go, name="me_in"),
    path("/back", views.back, name="me_back"),
    path("/practice", views.practice, name="me_practice"),
    path("/record", views.record, name="me_record"),
    path("/withdraw/<slug:kind>", views.withdraw, name="me_withdraw"),
    path("/correct", views.correct, name="me_correct"),
    path("/ask", views.ask, name="me_ask"),
    path("/leave", views.leave, name="me_leave"),
]
