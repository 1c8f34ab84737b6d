"""Addresses of the probes and of the System pages."""

from __future__ import annotations

from django.urls import path

from shundan.desk.system.views import calls, channel, pages, probes

app_name = "system"
urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("system/", pages.overview, name="overview"),
    path("system/sweeps/", pages.list_sweeps, name="sweeps"),
    path("system/channel/", channel.show_channel, name="channel"),
    path("system/channel/<str:shop>/newest/", channel.forget_versions, name="forget_versions"),
    path("system/arrivals/", pages.list_arrivals, name="arrivals"),
    path("system/arrivals/retry/", pages.retry_arrivals, name="retry_arrivals"),
    path("system/hours/", pages.list_hours, name="hours"),
    path("system/wants/", pages.list_wants, name="wants"),
    path("system/wants/retry/", pages.retry_wants, name="retry_wants"),
    path("system/snags/", pages.list_snags, name="snags"),
    path("system/snags/retry/", pages.retry_snags, name="retry_snags"),
    path("system/surprises/seen/", pages.see_surprise, name="see_surprise"),
    path("system/calls/", calls.list_calls, name="calls"),
    path("system/calls/repeat/", calls.repeat_calls, name="repeat_calls"),
    path("system/calls/confirm/", calls.confirm_calls, name="confirm_calls"),
    path("system/calls/drop/", calls.drop_calls, name="drop_calls"),
]
