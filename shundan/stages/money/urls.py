"""Pages of money."""

from __future__ import annotations

from django.urls import path

from shundan.stages.money import views

app_name = "money"
urlpatterns = [
    path("money/", views.statements, name="statements"),
    path("money/rates/", views.rates, name="rates"),
    path("money/rates/set/", views.set_rate, name="set_rate"),
    path("money/rates/import/", views.import_rates, name="import_rates"),
    path("money/<str:shop>/<str:statement_id>/", views.statement, name="statement"),
]
