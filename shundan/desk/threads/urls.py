"""Pages of conversations."""

from __future__ import annotations

from django.urls import path

from shundan.desk.threads import views

app_name = "threads"
urlpatterns = [
    path("conversations/", views.threads, name="threads"),
    path("conversations/<int:key>/", views.thread, name="thread"),
    path("conversations/<int:key>/send/", views.send, name="send"),
    path("conversations/<int:key>/done/", views.mark_done, name="mark_done"),
    path("settings/templates/", views.templates, name="templates"),
    path("settings/templates/keep/", views.store_template, name="store_template"),
    path("settings/templates/<int:key>/retire/", views.retire_template, name="retire_template"),
]
