"""Addresses of the login link and of one's own profile; signing in itself is at /accounts/."""

from __future__ import annotations

from django.urls import path

from shundan.ground.staff import views

app_name = "staff"
urlpatterns = [
    path("login/password/", views.choose_password, name="choose_password"),
    path("login/<str:token>/", views.login_link, name="login_link"),
    path("profile/", views.profile, name="profile"),
]
