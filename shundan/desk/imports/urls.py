"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from shundan.desk.imports import views

app_name = "imports"
urlpatterns = [
    path("orders/new/", views.enter_order, name="enter"),
    path("imports/", views.list_imports, name="list"),
    path("imports/upload/", views.upload, name="upload"),
    path("imports/<int:key>/", views.show_import, name="import"),
    path("imports/<int:key>/confirm/", views.confirm, name="confirm"),
    path("imports/<int:key>/cancel/", views.cancel, name="cancel"),
    path("imports/<int:key>/refused.csv", views.download_refused, name="refused"),
]
