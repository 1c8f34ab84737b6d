"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from shundan.desk.imports import views

app_name = "imports"
_ONE = "imports/<int:key>/"
urlpatterns = [
    path("orders/new/", views.enter_order, name="enter"),
    path("imports/", views.list_imports, name="list"),
    path("imports/upload/", views.upload, name="upload"),
    path("imports/mappings/", views.list_mappings, name="mappings"),
    path("imports/mappings/<int:key>/forget/", views.forget_mapping, name="forget_mapping"),
    path("imports/rows/<slug:kind>/", views.list_rows, name="rows"),
    path("imports/rows/<slug:kind>/<int:key>/", views.show_row, name="row"),
    path(_ONE, views.show_import, name="import"),
    path(f"{_ONE}columns/", views.explain_columns, name="columns"),
    path(f"{_ONE}confirm/", views.confirm, name="confirm"),
    path(f"{_ONE}cancel/", views.cancel, name="cancel"),
    path(f"{_ONE}undo/", views.undo, name="undo"),
    path(f"{_ONE}refused.<slug:kind>", views.download_refused, name="refused"),
    path(f"{_ONE}left.<slug:kind>", views.download_left, name="left"),
    path("exports/", views.list_exports, name="exports"),
    path("exports/<int:key>/", views.show_export, name="export"),
    path("exports/<int:key>/file/", views.download_export, name="export_file"),
]
