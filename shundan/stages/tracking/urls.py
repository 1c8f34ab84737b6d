"""Addresses of tracking."""

from __future__ import annotations

from django.urls import path

from shundan.stages.tracking import views

app_name = "tracking"
urlpatterns = [
    path("tracking/", views.followed, name="followed"),
    path("tracking/troubles/", views.troubles, name="troubles"),
    path("tracking/troubles/<int:key>/close/", views.close_trouble, name="close_trouble"),
    path("tracking/troubles/<int:key>/tell/", views.tell_buyer, name="tell_buyer"),
    path("parcels/<str:shop>/<str:parcel_id>/", views.parcel, name="parcel"),
    path("parcels/<str:shop>/<str:parcel_id>/move/", views.move_parcel, name="move"),
    path("parcels/<str:shop>/<str:parcel_id>/trouble/", views.note_trouble, name="note_trouble"),
]
