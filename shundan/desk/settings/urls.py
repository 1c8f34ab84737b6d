"""Addresses of Settings."""

from __future__ import annotations

from django.urls import path

from shundan.desk.settings.views import history, shops, staff, tokens, warehouses

app_name = "settings"
urlpatterns = [
    path("settings/", shops.index, name="index"),
    path("settings/shops/", shops.list_shops, name="shops"),
    path("settings/shops/connect/", shops.connect, name="connect"),
    path("settings/shops/app/", shops.store_app, name="store_app"),
    path("settings/shops/choose/<int:key>/", shops.choose, name="choose"),
    path("settings/shops/history/", history.show_histories, name="histories"),
    path("settings/shops/<str:shop>/history/pause/", history.pause, name="pause_history"),
    path("settings/shops/<str:shop>/history/resume/", history.resume, name="resume_history"),
    path("settings/shops/<str:shop>/history/extend/", history.extend, name="extend_history"),
    path("settings/shops/<str:shop>/pause/", shops.pause, name="pause"),
    path("settings/shops/<str:shop>/resume/", shops.resume, name="resume"),
    path("settings/staff/", staff.list_people, name="staff"),
    path("settings/staff/add/", staff.add_person, name="add_person"),
    path("settings/staff/<int:key>/", staff.show_person, name="person"),
    path("settings/staff/<int:key>/login-link/", staff.issue_link, name="login_link"),
    path("settings/staff/<int:key>/second-factor/", staff.remove_second_factor, name="second_factor"),
    path("settings/staff/<int:key>/deactivate/", staff.deactivate, name="deactivate"),
    path("settings/staff/<int:key>/reactivate/", staff.reactivate, name="reactivate"),
    path("settings/tokens/", tokens.list_tokens, name="tokens"),
    path("settings/tokens/issue/", tokens.issue_token, name="issue_token"),
    path("settings/tokens/<int:key>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("settings/warehouses/", warehouses.list_warehouses, name="warehouses"),
    path("settings/warehouses/keep/", warehouses.keep_warehouse, name="keep_warehouse"),
    path("settings/warehouses/link/", warehouses.link_warehouse, name="link_warehouse"),
]
