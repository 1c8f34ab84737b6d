"""Pages of feedback."""

from __future__ import annotations

from django.urls import path

from shundan.stages.feedback import views

app_name = "feedback"
urlpatterns = [
    path("feedback/", views.ratings, name="ratings"),
    path("feedback/scores/", views.scores, name="scores"),
    path("feedback/problems/", views.problems, name="problems"),
    path("feedback/problems/note/", views.note_problem, name="note_problem"),
    path("feedback/problems/<int:key>/", views.problem, name="problem"),
    path("feedback/problems/<int:key>/improve/", views.improve, name="improve"),
    path("feedback/ratings/<int:key>/", views.rating, name="rating"),
    path("feedback/ratings/<int:key>/settle/", views.settle, name="settle"),
]
