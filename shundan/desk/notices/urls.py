"""Addresses of the notices."""

from __future__ import annotations

from django.urls import path

from shundan.desk.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/count/", views.bell, name="count"),
    path("notices/seen/", views.mark_read, name="mark_read"),
]
