"""Addresses of the design system's own small forms."""

from __future__ import annotations

from django.urls import path

from shundan.ground.look import views

app_name = "look"
urlpatterns = [
    path("look/gallery/", views.gallery, name="gallery"),
    path("look/theme/", views.choose_theme, name="theme"),
    path("look/density/", views.choose_density, name="density"),
    path("look/shop/", views.choose_shop, name="shop"),
    path("look/views/<slug:page_key>/", views.save_view, name="save_view"),
    path("look/views/<int:view_id>/delete/", views.delete_view, name="delete_view"),
]
