"""Addresses of review."""

from __future__ import annotations

from django.urls import path

from shundan.stages.review import views

app_name = "review"
urlpatterns = [
    path("settings/checks/", views.checks, name="checks"),
    path("settings/checks/<str:shop>/", views.keep, name="keep"),
]
