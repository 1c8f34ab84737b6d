"""Addresses of the probes and of the System pages."""
from __future__ import annotations

from django.urls import path

from shundan.desk.system.views import pages, probes

app_name = "system"
urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("system/", pages.overview, name="overview"),
    path("system/sweeps/", pages.list_sweeps, name="sweeps"),
    path("system/arrivals/", pages.list_arrivals, name="arrivals"),
    path("system/arrivals/retry/", pages.retry_arrivals, name="retry_arrivals"),
    path("system/wants/", pages.list_wants, name="wants"),
    path("system/snags/", pages.list_snags, name="snags"),
    path("system/snags/retry/", pages.retry_snags, name="retry_snags"),
]
