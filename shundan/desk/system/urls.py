"""Addresses of the probes and of the System pages."""
from __future__ import annotations

from django.urls import path

from shundan.desk.system.views import probes

app_name = "system"
urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
]
