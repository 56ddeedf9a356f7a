from django.urls import path

from . import views

app_name = "privacy"
urlpatterns = [
    path("review", views.review, name="review"),
    path("review/waiting", views.waiting, name="review_waiting"),
    path("review/<int:year>-<int:month>", views.review, name="review_month"),
    path("review/<int:year>-<int:month>/close", views.close, name="review_close"),
    path("review/odd/<int:suspicion>", views.judge_suspicion, name="review_suspicion"),
    path("review/opening/<int:opening>", views.judge_opening, name="review_opening"),
    path("review/bait", views.place_bait, name="review_bait"),
    path("review/bait/<uuid:household>/remove", views.remove_bait, name="review_bait_remove"),
]
