"""Pages of insight."""

from __future__ import annotations

from django.urls import path

from shundan.stages.insight import views

app_name = "insight"
urlpatterns = [
    path("insight/", views.overview, name="overview"),
    path("insight/products/", views.products, name="products"),
]
