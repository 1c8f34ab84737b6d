"""URLs."""

from __future__ import annotations

from django.urls import path

from shundan.edges.inbox import views

urlpatterns = [path("webhooks/tiktok", views.tiktok_webhook, name="tiktok_webhook")]
