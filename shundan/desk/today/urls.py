"""The first page."""

from __future__ import annotations

from django.urls import path

from shundan.desk.today import views

app_name = "today"
urlpatterns = [path("", views.today, name="today")]
