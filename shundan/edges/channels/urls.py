"""URLs."""

from __future__ import annotations

from django.urls import path

from shundan.edges.channels import views

urlpatterns = [path("channels/tiktok/callback", views.tiktok_callback, name="tiktok_callback")]
