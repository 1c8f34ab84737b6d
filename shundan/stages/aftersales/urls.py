"""Pages of after-sales."""

from __future__ import annotations

from django.urls import path

from shundan.stages.aftersales import views

app_name = "aftersales"
urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/bench/", views.bench, name="bench"),
    path("cases/open/", views.open_local, name="open_local"),
    path("cases/<str:shop>/<str:case_id>/", views.case, name="case"),
    path("cases/<str:shop>/<str:case_id>/answer/", views.answer, name="answer"),
    path("cases/<str:shop>/<str:case_id>/receive/", views.receive, name="receive"),
    path("cases/<str:shop>/<str:case_id>/inspect/", views.inspect, name="inspect"),
    path("cases/<str:shop>/<str:case_id>/close/", views.close, name="close"),
]
