"""Addresses of stock."""

from __future__ import annotations

from django.urls import path

from shundan.stages.stock import views

app_name = "stock"
urlpatterns = [
    path("stock/", views.items, name="items"),
    path("stock/make/", views.edit, name="make"),
    path("stock/listings/", views.listings, name="listings"),
    path("stock/listings/<str:shop>/<str:sku_id>/", views.listing, name="listing"),
    path("stock/listings/<str:shop>/<str:sku_id>/link/", views.link, name="link"),
    path("stock/warehouses/", views.places, name="places"),
    path("stock/warehouses/keep/", views.keep_place, name="keep_place"),
    # A SKU may hold slashes, so what is done to an item stands behind a word of its own.
    path("stock/items/<path:sku>/do/<str:act>/", views.change, name="change"),
    path("stock/items/<path:sku>/edit/", views.edit, name="edit"),
    path("stock/items/<path:sku>/", views.item, name="item"),
]
