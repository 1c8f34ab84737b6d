"""Addresses of the board of holds."""

from __future__ import annotations

from django.urls import path

from shundan.desk.holds import views

app_name = "holds"
urlpatterns = [
    path("holds/", views.board, name="board"),
    path("holds/<int:hold_key>/settle/", views.settle, name="settle"),
    path("holds/<int:hold_key>/message/", views.write, name="write"),
]
