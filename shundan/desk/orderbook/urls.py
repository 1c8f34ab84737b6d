"""Addresses of pages about orders."""

from __future__ import annotations

from django.urls import path

from shundan.desk.orderbook.views import acts, lists, order

app_name = "orderbook"
_ONE = "orders/<str:shop>/<str:order_id>/"
urlpatterns = [
    path("orders/", lists.list_orders, name="orders"),
    path("orders/export/", lists.export_orders, name="export"),
    path("orders/many/<str:act>/", lists.change_many, name="bulk"),
    path(_ONE, order.order, name="order"),
    path(f"{_ONE}look/", order.look, name="look"),
    path(f"{_ONE}hold/", acts.hold, name="hold"),
    path(f"{_ONE}unhold/", acts.unhold, name="unhold"),
    path(f"{_ONE}let-go/", acts.let_go, name="let_go"),
    path(f"{_ONE}waive/", acts.waive, name="waive"),
    path(f"{_ONE}look-again/", acts.look_again, name="look_again"),
    path(f"{_ONE}link-sku/", acts.link_sku, name="link_sku"),
    path(f"{_ONE}address/", acts.change_address, name="address"),
    path(f"{_ONE}cancel/", acts.cancel, name="cancel"),
    path(f"{_ONE}note/", acts.add_note, name="note"),
    path(f"{_ONE}message/", acts.write, name="write"),
    path(f"{_ONE}adopt/", acts.adopt, name="adopt"),
    path(f"{_ONE}block-buyer/", acts.block_buyer, name="block_buyer"),
]
